"""How evenly a continuous programme asks everybody over a year, whatever day it began on and whoever comes meanwhile."""

from datetime import date, timedelta
from itertools import pairwise
from random import Random
from typing import Any

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


def years(
    period: str, length: int, first: date, count: int = 2 * YEAR, *, off: tuple[date, date] | None = None,
    kept: tuple[date, date] | None = None, then: tuple[date, int] | None = None,
) -> list[int]:  # fmt: skip
    """How many of a thousand people each day of a programme asks. `off`: days without runs; `kept`: on which
    everybody is left to another programme; `then`: from when on a cycle has another length."""
    cycle, last, sizes, chance = Cycle(first, length, period, NL), [date.min] * 1000, [], Random(1)
    ends = date.min
    for day in (first + timedelta(days=later) for later in range(count)):
        if not rules.is_working_day(day, NL) or (off and off[0] <= day <= off[1]):
            continue
        if day > ends:
            opened, ends = day, rules.last_day_of(day, period)
        cycle = cycle._replace(days=then[1] if then and day >= then[0] else length)
        for _ in range(2):
            waiting = [person for person, turn in enumerate(last) if turn < cycle.first]
            blocked = kept is not None and kept[0] <= day <= kept[1]
            free = [person for person in waiting if not blocked and (day - last[person]).days >= cycle.apart]
            if not cycle.is_over(day, len(free), len(last)):
                break
            cycle = cycle._replace(first=day)
        in_wave = [person for person in waiting if last[person] < opened]
        pace = cycle.pace(day, len(waiting), len(last), len(in_wave))
        may = [person for person in free if last[person] < opened]
        chosen = chance.sample(may, min(len(may), rules.portion(*pace, rules.seed_of(3, opened), cycle.nth(day))))
        for person in chosen:
            last[person] = day
        sizes.append(len(chosen))
    return sizes


@pytest.mark.parametrize(("period", "length"), [("month", 28), ("month", 91), ("quarter", 91), ("quarter", 183)])
@pytest.mark.parametrize("begins", [0, 5, 31, 45, 77, 89])
def test_the_pace_is_even_whatever_the_day_that_it_begins_on(period: str, length: int, begins: int) -> None:
    sizes = years(period, length, date(2031, 1, 1) + timedelta(days=begins))
    mean = sum(sizes) / len(sizes)
    uneven = [size for size in sizes if not mean / 1.5 - 1 <= size <= mean * 1.5 + 1]
    assert len(uneven) <= (length < rules.LONGEST["month"]), "a day may be lost where two months and a holiday meet"


@pytest.mark.parametrize(
    ("period", "length", "first", "more"),
    [
        ("month", 31, date(2031, 12, 3), {"off": (date(2031, 12, 15), date(2032, 1, 1))}),
        ("quarter", 91, date(2031, 6, 1), {"off": (date(2031, 7, 14), date(2031, 8, 24))}),
        ("quarter", 91, date(2031, 1, 1), {"off": (date(2031, 2, 28), date(2031, 3, 31))}),
        ("quarter", 91, date(2031, 1, 1), {"off": (date(2031, 1, 20), date(2031, 3, 28))}),
        ("quarter", 91, date(2031, 1, 1), {"kept": (date(2031, 3, 10), date(2031, 3, 30))}),
        ("quarter", 183, date(2031, 1, 1), {"then": (date(2031, 3, 27), 91)}),
    ],
    ids=["christmas", "summer", "outage", "pause", "another department", "shorter"],
)
def test_what_holds_people_back_near_a_cycle_s_end_is_made_up_for_without_a_burst(
    period: str, length: int, first: date, more: dict[str, Any]
) -> None:
    """Nor does it come back in each cycle after that."""
    sizes = years(period, length, first, **more)
    normal = sorted(sizes)[len(sizes) // 2]
    assert max(sizes) <= 2.5 * normal
    assert max(sizes[-YEAR // 2:]) <= 1.5 * normal  # fmt: skip


def test_a_cycle_ends_once_less_than_a_day_s_portion_is_left_or_a_fortnight_later() -> None:
    cycle = Cycle(date(2031, 1, 1), 28, "month", frozenset())
    assert cycle.last == date(2031, 1, 31)
    assert not cycle.is_over(date(2031, 1, 31), 0, 230)
    assert cycle.is_over(date(2031, 2, 3), 10, 230), "ten is what each of its 23 days asked"
    assert not cycle.is_over(date(2031, 2, 14), 11, 230)
    assert cycle.is_over(date(2031, 2, 17), 11, 230)


async def test_two_turns_of_one_person_lie_two_thirds_of_a_cycle_apart(survey: Running) -> None:
    """A wave that it opened while it was of another kind is forgotten."""
    world = await make(survey, north=60, south=41)
    admin = await world.client()
    programme = await made(admin, world, {"kind": "once", "startsAt": "2030-12-31T09:00:00+01:00"})
    await run_at(world, at(FIRST - timedelta(days=1)))
    await admin.patch(f"/v1/programmes/{programme}", json={"schedule": {**CONTINUOUS, "period": "month", "cycleDays": 28}},
                      headers=PATCH)  # fmt: skip
    await world.run("UPDATE waves SET status = 'closed'")
    await days(world, FIRST, 200)
    rows = await world.rows("SELECT employee_id, invited_date FROM contacts WHERE invited_date >= :first ORDER BY 1, 2",
                            first=FIRST)  # fmt: skip
    gaps = [(later[1] - before[1]).days for before, later in pairwise(rows) if before[0] == later[0]]
    assert min(gaps) == 20
    assert len({day for _, day in rows}) > 135, "from the first day on, and on each"
