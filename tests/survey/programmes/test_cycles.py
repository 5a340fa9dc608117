"""How evenly a continuous programme asks everybody over a year, whatever day it began on and whoever comes meanwhile."""

from collections import Counter
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
    kept: tuple[date, date] | None = None, then: tuple[date, int] | None = None, seed: int = 3, apart: int = 0,
) -> dict[date, list[int]]:  # fmt: skip
    """Whom of a thousand people each day of a programme asks. `off`: days without runs; `kept`: on which everybody is
    left to another programme; `then`: from when on a cycle has another length; `apart`: days that the contact policy
    has between two turns."""
    cycle = Cycle(first, rules.cycle_length(rules.planned_length(length, apart), period), period, NL)
    last, asked, chance = [date.min] * 1000, dict[date, list[int]](), Random(1)
    ends = date.min
    for day in (first + timedelta(days=later) for later in range(count)):
        if not rules.is_working_day(day, NL) or (off and off[0] <= day <= off[1]):
            continue
        if day > ends:
            opened, ends = day, rules.last_day_of(day, period)
        if then and day >= then[0] and cycle.days != then[1]:
            cycle = cycle.of_length(then[1], day)
        for _ in range(2):
            waiting = [person for person, turn in enumerate(last) if turn < cycle.first]
            blocked = kept is not None and kept[0] <= day <= kept[1]
            rested = max(cycle.apart(day), apart)
            free = [person for person in waiting if not blocked and (day - last[person]).days >= rested]
            if not cycle.is_over(day, len(free), len(last)):
                break
            cycle = cycle.following(day)
        in_wave = [person for person in waiting if last[person] < opened]
        pace = cycle.pace(day, len(waiting), len(last), len(in_wave))
        may = [person for person in free if last[person] < opened]
        size = rules.portion(*pace, rules.seed_of(seed, rules.first_day_of(day, period)), cycle.nth(day))
        asked[day] = chance.sample(may, min(len(may), size))
        for person in asked[day]:
            last[person] = day
    return asked


def sizes_of(asked: dict[date, list[int]]) -> list[int]:
    return [len(people) for people in asked.values()]


@pytest.mark.parametrize(("period", "length"), [("month", 28), ("month", 91), ("quarter", 91), ("quarter", 183)])
@pytest.mark.parametrize(
    ("begins", "seed"), [*((begins, 3) for begins in (0, 5, 31, 45, 77, 89)), *((0, seed) for seed in (1, 2, 4, 5, 8))]
)
def test_the_pace_is_even_whatever_the_day_that_it_begins_on(period: str, length: int, begins: int, seed: int) -> None:
    """To two thirds more at the most, where what a period held back is asked on the days before a cycle's end; but that
    of a cycle of one month a day may be lost where two of them and a holiday meet, which the next one makes up for."""
    sizes = sizes_of(years(period, length, date(2031, 1, 1) + timedelta(days=begins), seed=seed))
    mean = sum(sizes) / len(sizes)
    uneven = [size for size in sizes if not mean / 1.5 - 1 <= size <= mean * 1.65]
    assert len(uneven) <= (length < rules.LONGEST["month"])
    assert max(sizes) <= rules.FASTEST * mean * 1.05


@pytest.mark.parametrize(
    ("period", "apart", "pause"),
    [
        ("month", 90, (date(2031, 4, 10), date(2031, 5, 25))),
        ("month", 120, (date(2031, 4, 10), date(2031, 5, 25))),
        ("quarter", 365, (date(2031, 7, 1), date(2031, 9, 30))),
    ],
)
def test_a_pause_does_not_come_back_where_the_contact_policy_sets_the_pace(
    period: str, apart: int, pause: tuple[date, date]
) -> None:
    asked = years(period, 91, date(2031, 1, 1), 5 * YEAR, off=pause, apart=apart)
    waves = Counter[date]()
    for day, people in asked.items():
        waves[rules.last_day_of(day, period)] += len(people)
    later = [size for ends, size in waves.items() if date(2034, 1, 1) < ends < date(2035, 12, 1)]
    mean = sum(later) / len(later)
    assert all(0.6 * mean < size < 1.4 * mean for size in later), later


@pytest.mark.parametrize(
    ("period", "length", "longer", "changed"),
    [
        ("quarter", 92, 365, date(2031, 5, 16)),
        ("quarter", 92, 365, date(2031, 6, 27)),
        ("quarter", 92, 183, date(2031, 6, 20)),
        ("quarter", 183, 366, date(2031, 6, 20)),
        ("month", 31, 91, date(2031, 1, 28)),
        ("month", 31, 365, date(2031, 5, 12)),
    ],
)
def test_a_longer_cycle_asks_fewer_from_its_first_day_on_and_leaves_no_gap(
    period: str, length: int, longer: int, changed: date
) -> None:
    asked = years(period, length, date(2031, 1, 1), 3 * YEAR, then=(changed, longer))
    waves, turns = Counter[date](), dict[int, list[date]]()
    for day, people in asked.items():
        waves[rules.last_day_of(day, period)] += len(people)
        for person in people:
            turns.setdefault(person, []).append(day)
    normal = 1000 * rules.MONTHS[period] * 365 / 12 / longer
    whole = {ends: size for ends, size in waves.items() if ends > rules.last_day_of(changed, period)}
    assert all(0.8 * normal < size < 1.2 * normal for size in whole.values()), whole
    assert all(len(people) < 2 * 1000 / longer * 7 / 5 + 1 for day, people in asked.items() if day > changed)
    gaps = [[(later - before).days for before, later in pairwise(days) if later >= changed] for days in turns.values()]
    assert min(map(min, gaps)) >= length * 2 // 3, "as was promised"
    assert max(map(max, gaps)) < 2 * longer
    again = [gap for person in gaps for gap in person[-1:] if len(person) > 2]
    assert min(again, default=longer) >= longer * 2 // 3


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
    sizes = sizes_of(years(period, length, first, **more))
    normal = sorted(sizes)[len(sizes) // 2]
    assert max(sizes) <= 2.5 * normal
    assert max(sizes[-YEAR // 2:]) <= 1.5 * normal  # fmt: skip


def test_a_cycle_ends_once_less_than_a_day_s_portion_is_left_or_a_fortnight_later() -> None:
    cycle = Cycle(date(2031, 1, 1), 31, "month", frozenset())
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
