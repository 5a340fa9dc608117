"""How evenly a continuous programme asks everybody over a year, whatever day it began on and whoever comes meanwhile."""

from datetime import date, timedelta

import pytest

from services.survey.programmes import recurrence, rules
from services.survey.programmes.rules import Cycle
from tests.fixtures.services import Running
from tests.survey.programmes.plans import CONTINUOUS, PATCH, QUARTERLY, at, made, run_at, runs
from tests.survey.programmes.test_continuous import FIRST, asked, days
from tests.survey.waves.world import World, _employee, make

YEAR = 365
NL = recurrence.holidays_of("NL")


async def hire(world: World, number: int) -> None:
    async with world.service.database.transaction(world.organisation_id) as session:
        session.add(_employee(world, "south", 1000 + number))


async def test_who_comes_in_each_day_keeps_nobody_from_their_next_turn(survey: Running) -> None:
    world = await make(survey, north=60, south=41)
    there = [person for person, name in world.employees.items() if name.startswith(("north", "south"))]
    await made(await world.client(), world, {**CONTINUOUS, "period": "month", "cycleDays": 28})
    for later in range(4 * 31):
        await hire(world, later)
        await run_at(world, at(FIRST + timedelta(days=later)))
    times = await asked(world)
    assert {times[person] for person in there} <= {3, 4, 5}


async def test_the_daily_share_is_even_from_the_middle_of_a_quarter_on(survey: Running) -> None:
    world = await make(survey, north=300, south=205)
    admin = await world.client()
    first = date(2031, 2, 15)
    await made(admin, world, {**CONTINUOUS, "startDate": first.isoformat()})
    await world.run("UPDATE employees SET leave_start_date = '2031-01-01' WHERE external_id LIKE 'north-1_'")
    for later in range(YEAR):
        await run_at(world, at(first + timedelta(days=later)))
    sizes = [row[0] for row in await world.rows("SELECT invited FROM programme_runs")]
    mean = sum(sizes) / len(sizes)
    assert mean / 1.5 < min(sizes) <= max(sizes) < mean * 1.5
    times = await asked(world)
    assert len(times) == 495
    assert set(times.values()) <= {3, 4}


async def test_another_schedule_forgets_nobody_who_was_asked(survey: Running) -> None:
    world = await make(survey, north=60, south=41)
    admin = await world.client()
    programme = await made(admin, world, {**CONTINUOUS, "period": "month"})
    await days(world, FIRST, 33)
    for schedule in ({"startTime": "08:30"}, {"cycleDays": 92}):
        answer = await admin.patch(f"/v1/programmes/{programme}", json={"schedule": schedule}, headers=PATCH)
        assert answer.status_code == 200, answer.text
    await days(world, FIRST + timedelta(days=33), 58)
    assert set((await asked(world)).values()) == {1}
    await admin.patch(f"/v1/programmes/{programme}", json={"schedule": QUARTERLY}, headers=PATCH)
    assert await world.rows("SELECT cycle_date FROM programmes") == [(None,)]


async def test_what_an_outage_at_its_end_left_is_asked_at_the_pace_of_before(survey: Running) -> None:
    world = await make(survey, north=60, south=41)
    admin = await world.client()
    programme = await made(admin, world, {**CONTINUOUS, "period": "month", "cycleDays": 28})
    await days(world, FIRST, 26)
    await days(world, FIRST + timedelta(days=31), 14)
    whole = await asked(world)
    assert len(whole) >= 96, "all but a day's portion, who have a turn in the next"
    assert max(whole.values()) == 2
    assert max(run["invited"] for run in await runs(admin, programme)) <= 7


@pytest.mark.parametrize(("period", "length"), [("month", 28), ("month", 91), ("quarter", 91), ("quarter", 183)])
@pytest.mark.parametrize("begins", [0, 5, 31, 45, 77, 89])
def test_the_pace_is_even_whatever_the_day_that_it_begins_on(period: str, length: int, begins: int) -> None:
    """Over two years, of a thousand people in the order of their last turn."""
    first = date(2031, 1, 1) + timedelta(days=begins)
    cycle, last, sizes = Cycle(first, length, period, NL), [date.min] * 1000, []
    for day in (first + timedelta(days=later) for later in range(2 * YEAR)):
        if not rules.is_working_day(day, NL):
            continue
        if cycle.is_over(day, sum(asked < cycle.first for asked in last), 1000):
            cycle = Cycle(day, length, period, NL)
        opened = rules.last_day_of(day, period).replace(day=1) - timedelta(days=59 if period == "quarter" else 0)
        opened = opened.replace(day=1)
        waiting = sum(asked < cycle.first for asked in last)
        in_wave = sum(asked < min(cycle.first, opened) for asked in last)
        pace = cycle.pace(day, waiting, 1000, in_wave)
        size = min(in_wave, rules.portion(*pace, rules.seed_of(1, day)))
        last = sorted(last)
        last[:size] = [day] * size
        sizes.append(size)
    mean = sum(sizes) / len(sizes)
    uneven = [size for size in sizes if not mean / 1.5 - 1 <= size <= mean * 1.5 + 1]
    assert len(uneven) <= (length < rules.LONGEST["month"]), "a day may be lost where two months and a holiday meet"


def test_a_cycle_ends_once_less_than_a_day_s_portion_is_left_or_a_fortnight_later() -> None:
    cycle = Cycle(date(2031, 1, 1), 28, "month", frozenset())
    assert cycle.last == date(2031, 1, 31)
    assert not cycle.is_over(date(2031, 1, 31), 0, 230)
    assert cycle.is_over(date(2031, 2, 3), 10, 230), "ten is what each of its 23 days asked"
    assert not cycle.is_over(date(2031, 2, 14), 11, 230)
    assert cycle.is_over(date(2031, 2, 17), 11, 230)
