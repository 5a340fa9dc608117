"""A continuous programme that begins, or begins again, shortly before its period's end."""

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta

import pytest

from services.survey.contact_policy.rules import Quiet
from services.survey.programmes import recurrence, rules
from tests.fixtures.services import Running
from tests.survey.programmes.plans import CONTINUOUS, PATCH, ZONE, made, runs
from tests.survey.programmes.test_continuous import days
from tests.survey.waves.world import World, make

NL = recurrence.holidays_of("NL")
WAVES = """SELECT last_day, count(invitations.number) FROM waves LEFT JOIN invitations ON invitations.wave_id = waves.id
    GROUP BY waves.id, last_day ORDER BY last_day"""


async def previewed(world: World, programme: str) -> int:
    answer = await (await world.client()).post(f"/v1/programmes/{programme}/sample-preview")
    assert answer.status_code == 200, answer.text
    return int(answer.json()["invited"])


async def test_a_few_days_before_a_period_s_end_no_wave_begins_that_could_have_no_figure(survey: Running) -> None:
    world = await make(survey, north=60, south=40)
    admin = await world.client()
    programme = await made(admin, world, {**CONTINUOUS, "startDate": "2031-03-28"})
    assert await previewed(world, programme) == 100, "of the next quarter"
    await days(world, date(2031, 3, 28), 35)
    found = [(run["ranAt"][:10], run["code"], run["waveId"] is None) for run in await runs(admin, programme)]
    assert found[:3] == [
        ("2031-03-28", "tooFewInvited", True), ("2031-03-31", "tooFewInvited", True), ("2031-04-01", None, False)
    ]  # fmt: skip
    ((last_day, invited),) = await world.rows(WAVES)
    assert last_day == date(2031, 6, 30)
    assert 30 < invited < 45


async def test_what_is_left_when_a_wave_was_closed_early_is_for_the_next(survey: Running) -> None:
    world = await make(survey, north=60, south=40)
    admin = await world.client()
    programme = await made(admin, world, CONTINUOUS)
    await days(world, date(2031, 1, 1), 86)
    wave = (await runs(admin, programme))[-1]["waveId"]
    assert (await admin.post(f"/v1/waves/{wave}/close")).status_code == 200
    await days(world, date(2031, 3, 28), 10)
    assert [run["code"] for run in await runs(admin, programme)][-6:] == ["tooFewInvited"] * 2 + [None] * 4
    assert [row[0] for row in await world.rows(WAVES)] == [date(2031, 3, 31), date(2031, 6, 30)]


async def test_a_preview_counts_the_days_that_are_left(survey: Running) -> None:
    world = await make(survey, north=60, south=40)
    admin = await world.client()
    programme = await made(admin, world, {**CONTINUOUS, "startDate": "2031-02-17"})
    assert await previewed(world, programme) == 48, "31 of 64 days"
    quiet = {"startDate": "2031-02-20", "endDate": "2031-03-24"}
    await admin.patch("/v1/contact-policy", json={"quietPeriods": [quiet]}, headers=PATCH)
    assert await previewed(world, programme) == 12, "8 of 64 days"
    await days(world, date(2031, 2, 17), 1)
    wave = await world.rows(WAVES)
    assert wave[0][0] == date(2031, 3, 31)
    this_quarter = rules.last_day_of(datetime.now(ZONE).date(), "quarter")
    await world.run("UPDATE waves SET last_day = :ends", ends=this_quarter)
    assert await previewed(world, programme) == 100, "of the quarter after the wave that is added to"


@pytest.mark.parametrize(
    ("day", "period", "quiet", "left"),
    [
        (date(2031, 1, 1), "quarter", [], 1),
        (date(2031, 3, 28), "quarter", [], 2 / 63),
        (date(2031, 3, 30), "quarter", [], 2 / 63),
        (date(2031, 3, 31), "month", [Quiet(date(2000, 1, 1), date(9999, 12, 31))], 1 / 21),
        (date(2031, 12, 22), "month", [Quiet(date(2031, 12, 24), date(2032, 1, 2))], 2 / 21),
    ],
)
def test_how_much_of_a_period_is_left(day: date, period: str, quiet: list[Quiet], left: float) -> None:
    """A day on which somebody is asked counts whatever it is."""
    assert rules.part_left(day, period, NL, quiet) == left


@pytest.mark.parametrize(
    ("people", "length", "period"),
    [(20, 365, "quarter"), (24, 365, "quarter"), (90, 365, "month"), (1_000, 365, "quarter"), (10_000, 365, "month")],
)
def test_a_wave_is_as_large_as_its_working_days_ask_to_two(people: int, length: int, period: str) -> None:
    """So that a small one of which a figure is foreseen is not much smaller by chance."""
    for seed in range(10):
        waiting, sizes, even = people, Counter[date](), defaultdict[date, float](float)
        cycle = rules.Cycle(date(2031, 1, 1), length, period, NL)
        a_day = people / rules.working_days(cycle.first, cycle.last, NL)
        for day in (date(2031, 1, 1) + timedelta(days=later) for later in range(length)):
            if rules.is_working_day(day, NL):
                start = rules.seed_of(seed, rules.first_day_of(day, period))
                size = rules.portion(*cycle.pace(day, waiting, people, waiting), start, cycle.nth(day))
                waiting -= size
                sizes[rules.last_day_of(day, period)] += size
                even[rules.last_day_of(day, period)] += a_day
        assert waiting <= 1, "who is left is asked in overtime"
        assert all(abs(size - even[ends]) <= 2 for ends, size in sizes.items()), (sizes, even)


async def test_a_shorter_period_begins_with_its_next_wave(survey: Running) -> None:
    """The quarter's wave has asked everybody that it can; the month's need not wait for its end."""
    world = await make(survey, north=60, south=40)
    admin = await world.client()
    programme = await made(admin, world, CONTINUOUS)
    await days(world, date(2031, 1, 1), 6)
    shorter = {"schedule": {**CONTINUOUS, "period": "month", "cycleDays": 91}}
    assert (await admin.patch(f"/v1/programmes/{programme}", json=shorter, headers=PATCH)).status_code == 200
    await world.run("UPDATE programmes SET planned_at = '2031-01-07T08:00Z', due_at = '2031-01-07T08:00Z'")
    await days(world, date(2031, 1, 7), 40)
    assert [row[0] for row in await world.rows(WAVES)] == [date(2031, 1, 31), date(2031, 2, 28), date(2031, 3, 31)]


@pytest.mark.parametrize(
    ("own", "policy"),
    [(92, {}), (None, {"minimumDaysBetween": 92}), (None, {"maximumInvitations": 2, "withinDays": 183})],
)
async def test_a_cycle_is_as_long_as_lets_everybody_be_asked(
    survey: Running, own: int | None, policy: dict[str, int]
) -> None:
    """Of a shorter one a wave would ask all, and the two after it nobody."""
    world = await make(survey, north=40, south=20)
    admin = await world.client()
    await admin.patch("/v1/contact-policy", json=policy, headers=PATCH)
    schedule = {**CONTINUOUS, "period": "month", "cycleDays": 31}
    programme = await made(admin, world, schedule, contactRules={"minimumDaysBetween": own})
    now = await previewed(world, programme)
    await days(world, date(2031, 1, 1), 181)
    assert now == 16, "60 people in 115 days"
    sizes = [row[1] for row in await world.rows(WAVES)]
    assert len(sizes) == 6
    assert min(sizes) >= now - 3
    assert max(sizes) <= now + 3


async def test_what_a_rule_of_its_own_leaves_of_a_programme_must_be_enough_for_a_figure(survey: Running) -> None:
    world = await make(survey, north=20, south=20)
    admin = await world.client()
    programme = await made(admin, world, {**CONTINUOUS, "period": "month", "cycleDays": 31})
    rule = {"contactRules": {"minimumDaysBetween": 365}}
    refused = await admin.patch(f"/v1/programmes/{programme}", json=rule, headers=PATCH)
    assert [(error["pointer"], error["code"]) for error in refused.json()["errors"]] == [
        ("/schedule/period", "tooFewInvited")
    ]


async def test_a_longer_cycle_begins_at_once_and_asks_as_many_as_is_foreseen(survey: Running) -> None:
    """Not the last few of the shorter one over all of its days, and nobody else until it ends."""
    world = await make(survey, north=40, south=20)
    admin = await world.client()
    programme = await made(admin, world, CONTINUOUS)
    await days(world, date(2031, 1, 1), 86)
    longer = {"schedule": {"cycleDays": 183}}
    assert (await admin.patch(f"/v1/programmes/{programme}", json=longer, headers=PATCH)).status_code == 200
    await world.run("UPDATE programmes SET planned_at = '2031-03-28T08:00Z', due_at = '2031-03-28T08:00Z'")
    assert await previewed(world, programme) == 30
    await days(world, date(2031, 3, 28), 95)
    sizes = [row[1] for row in await world.rows(WAVES)]
    assert sizes[0] > 50
    assert 26 <= sizes[1] <= 34
    rows = await world.rows(
        "SELECT employee_id, array_agg(invited_date ORDER BY invited_date) FROM contacts GROUP BY 1"
    )
    assert len(rows) == 60, "whom the shorter one left come first"
    assert min((dates[1] - dates[0]).days for _, dates in rows if len(dates) > 1) >= 61
