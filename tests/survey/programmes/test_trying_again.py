"""Surveys at set times that find too few people try again on the working days after."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.fixtures.services import Running
from tests.survey.programmes.plans import PATCH, made, runs
from tests.survey.programmes.test_continuous import days
from tests.survey.waves.world import make


@pytest.mark.parametrize("schedule", [
    {"kind": "periodic", "startDate": "2031-03-03", "rrule": "FREQ=YEARLY;BYMONTH=3;BYDAY=1MO"},
    {"kind": "once", "startsAt": "2031-03-03T09:00:00+01:00"},
])  # fmt: skip
@pytest.mark.parametrize("quiet", [("2031-02-20", "2031-03-23"), ("2031-03-05", "2031-03-23")])
async def test_it_tries_again_after_a_long_quiet_period_too(
    survey: Running, schedule: dict[str, Any], quiet: tuple[str, str]
) -> None:
    world = await make(survey, north=60, south=40)
    admin = await world.client()
    programme = await made(admin, world, schedule)
    policy = {"minimumDaysBetween": 60, "quietPeriods": [{"startDate": quiet[0], "endDate": quiet[1]}]}
    await admin.patch("/v1/contact-policy", json=policy, headers=PATCH)
    free = date(2031, 3, 26)
    await world.run(
        "INSERT INTO contacts SELECT organisation_id, id, gen_random_uuid(), :day FROM employees",
        day=free - timedelta(days=60),
    )
    await days(world, date(2031, 3, 3), 30)
    assert [run["ranAt"][:10] for run in await runs(admin, programme) if run["invited"]] == [free.isoformat()]


async def test_a_yearly_survey_that_finds_too_few_tries_again(survey: Running) -> None:
    """Everybody was asked 364 days ago."""
    world = await make(survey, north=60, south=40)
    admin = await world.client()
    await admin.patch("/v1/contact-policy", json={"maximumInvitations": 1, "withinDays": 365}, headers=PATCH)
    yearly = {"kind": "periodic", "startDate": "2031-03-03", "rrule": "FREQ=YEARLY;BYMONTH=3;BYDAY=1MO"}
    programme = await made(admin, world, yearly)
    await days(world, date(2031, 3, 3), 1)
    await days(world, date(2032, 3, 1), 14)
    found = [(run["plannedAt"][:10], run["invited"], run["code"]) for run in await runs(admin, programme)]
    assert found == [("2031-03-03", 100, None), ("2032-03-01", 0, "tooFewInvited"), ("2032-03-02", 100, None)]
    assert (await admin.get(f"/v1/programmes/{programme}")).json()["nextRunAt"][:10] == "2033-03-07"


@pytest.mark.parametrize(
    ("rule", "tried"),
    [
        ("FREQ=YEARLY;BYMONTH=3;BYDAY=1MO", [3, 4, 5, 6, 7, 10, 11]),
        ("FREQ=WEEKLY;COUNT=3", [3, 10, 17, 18, 19, 20, 21, 24]),
    ],
)
async def test_it_gives_up_after_seven_tries_and_where_its_next_run_is_soon(
    survey: Running, rule: str, tried: list[int]
) -> None:
    world = await make(survey, north=60, south=40)
    admin = await world.client()
    programme = await made(admin, world, {"kind": "periodic", "startDate": "2031-03-03", "rrule": rule})
    await admin.patch("/v1/contact-policy", json={"minimumDaysBetween": 60}, headers=PATCH)
    await world.run(
        "INSERT INTO contacts SELECT organisation_id, id, gen_random_uuid(), :day FROM employees", day=date(2031, 3, 1)
    )
    await days(world, date(2031, 3, 3), 28)
    assert [int(run["ranAt"][8:10]) for run in await runs(admin, programme)] == tried
    assert {run["code"] for run in await runs(admin, programme)} == {"tooFewInvited"}
