"""A daily random share without replacement, and what a wave that is added to daily tells."""

from collections import Counter
from datetime import date, datetime, timedelta
from uuid import UUID

from services.survey.programmes import recurrence, rules
from services.survey.waves.scheduler import run_due
from tests.fixtures.services import Running
from tests.survey.programmes.plans import CONTINUOUS, PATCH, at, made, run_at, runs
from tests.survey.waves.test_scheduler import KEYS
from tests.survey.waves.world import World, make

FIRST = date(2031, 1, 1)
NL = recurrence.holidays_of("NL")


async def days(world: World, first: date, count: int) -> None:
    """Both schedulers, once a day."""
    for later in range(count):
        moment = at(first + timedelta(days=later))
        await run_at(world, moment)
        await run_due(world.service.database, KEYS, moment)


async def asked(world: World) -> Counter[UUID]:
    return Counter(row[0] for row in await world.rows("SELECT employee_id FROM contacts"))


async def test_everybody_is_asked_once_in_a_cycle_and_nobody_twice(survey: Running) -> None:
    world = await make(survey, north=60, south=41)
    admin = await world.client()
    programme = await made(admin, world, {**CONTINUOUS, "period": "month", "cycleDays": 28, "publicHolidays": "NL"})
    await days(world, FIRST, 14)
    halfway = await asked(world)
    assert set(halfway.values()) == {1}
    assert 35 < len(halfway) < 65, "about half"
    await days(world, FIRST + timedelta(days=14), 18)  # the first of January is none of its days
    whole = await asked(world)
    assert (len(whole), set(whole.values())) == (101, {1})
    dates = {row[0] for row in await world.rows("SELECT DISTINCT invited_date FROM contacts")}
    assert all(rules.is_working_day(day, NL) for day in dates)
    assert len(dates) == rules.working_days(FIRST, FIRST + timedelta(days=31), NL)
    sizes = [run["invited"] for run in await runs(admin, programme)]
    assert max(sizes) - min(sizes) <= 3
    await days(world, FIRST + timedelta(days=32), 27)  # the next month's wave, in which everybody has a turn again
    again = await asked(world)
    assert set(again.values()) == {1, 2}
    assert sum(again.values()) > 180


async def test_who_opted_out_or_is_on_leave_is_not_asked_and_holds_nobody_up(survey: Running) -> None:
    world = await make(survey, north=30, south=20)
    admin = await world.client()
    await made(admin, world, {**CONTINUOUS, "period": "month", "cycleDays": 28})
    await admin.patch("/v1/employees/external:north-0", headers=PATCH,
                      json={"leaveStartDate": "2031-01-01", "leaveEndDate": "2031-02-03"})  # fmt: skip
    await admin.patch("/v1/employees/external:north-1", headers=PATCH, json={"optedOut": True})
    await days(world, FIRST, 31)
    names = {world.employees[employee] for employee in await asked(world)}
    assert len(names) == 48
    assert not names & {"north-0", "north-1"}


async def test_portions_are_told_as_they_are_drawn_and_the_counts_at_the_end(survey: Running) -> None:
    world = await make(survey, north=60, south=41)
    admin = await world.client()
    await made(admin, world, {**CONTINUOUS, "period": "month", "cycleDays": 91}, reminders=[7], closesAfterDays=10)
    await days(world, FIRST, 1)
    opened = (await world.events("wave.opened"))[0].data
    drawn = await world.events("wave.drawn.v2")
    assert sum(unit["invited"] for unit in drawn[0].data["units"]) == 0
    await days(world, FIRST + timedelta(days=1), 30)
    issued = [number for event in await world.events("invitations.issued") for number in event.data["invitationIds"]]
    assert 28 <= len(issued) == len(set(issued)) <= 40, "a month of the quarter"
    wave = (await admin.get(f"/v1/waves/{opened['waveId']}")).json()
    assert (wave["status"], wave["closesAt"][:10]) == ("open", "2031-02-10")
    await days(world, FIRST + timedelta(days=31), 12)
    assert (await admin.get(f"/v1/waves/{opened['waveId']}")).json()["status"] == "closed"
    of_wave = [event.data for event in await world.events("wave.drawn.v2") if event.data["waveId"] == opened["waveId"]]
    told = {unit["unitId"]: unit["invited"] for data in of_wave for unit in data["units"]}
    assert sum(told.values()) == len(issued), "what was said last holds"
    reminded = [event.data for event in await world.events("reminder.due") if event.data["waveId"] == opened["waveId"]]
    assert sorted(number for data in reminded for number in data["invitationIds"]) == sorted(issued)
    assert {data["number"] for data in reminded} == {1}


async def test_each_day_s_invited_are_reminded_so_many_days_after(world: World) -> None:
    admin = await world.client()
    await made(admin, world, {**CONTINUOUS, "period": "month", "cycleDays": 28}, reminders=[3, 5])
    first = date(2031, 1, 6)  # a Monday
    await days(world, first, 9)
    day_of = {str(number): first + timedelta(days=portion)
              for number, portion in await world.rows("SELECT number, portion FROM invitations")}  # fmt: skip
    for event in await world.events("reminder.due"):
        (invited_on,) = {day_of[number] for number in event.data["invitationIds"]}
        assert event.data["number"] in (1, 2)
        assert invited_on < first + timedelta(days=6)
    times = Counter(number for event in await world.events("reminder.due") for number in event.data["invitationIds"])
    expected = {number: (day <= first + timedelta(days=5)) + (day <= first + timedelta(days=3)) for number, day in day_of.items()}  # fmt: skip
    assert times == Counter({number: count for number, count in expected.items() if count})


async def test_an_outage_reminds_once_and_asks_the_rest_of_their_turns(survey: Running) -> None:
    world = await make(survey, north=60, south=41)
    admin = await world.client()
    await made(admin, world, {**CONTINUOUS, "period": "month", "cycleDays": 28}, reminders=[2, 4])
    await days(world, FIRST, 3)
    await days(world, FIRST + timedelta(days=13), 18)
    whole = await asked(world)
    assert (len(whole), set(whole.values())) == (101, {1})
    late = [event.data["number"] for event in await world.events("reminder.due")]
    portions = await world.rows("SELECT DISTINCT portion FROM invitations WHERE portion < 3")
    assert len(portions) == 3
    assert late[:4] == [1, 2, 2, 2], "of several that were missed the last"


async def test_today_s_portion_by_hand_is_invited_once(survey: Running) -> None:
    world = await make(survey, north=300, south=205)  # enough for a figure on the last day of a quarter
    admin = await world.client()
    programme = await made(admin, world, {**CONTINUOUS, "startDate": "2020-01-01"})
    first = await admin.post(f"/v1/programmes/{programme}/run")
    assert (first.status_code, first.json()["status"]) == (202, "open")
    second = await admin.post(f"/v1/programmes/{programme}/run")
    assert (second.status_code, second.json()["code"]) == (409, "alreadyRanToday")
    preview = (await admin.post(f"/v1/programmes/{programme}/sample-preview")).json()
    assert (preview["audience"], preview["invited"]) == (505, 505), "of the wave after this one"


async def test_people_who_come_in_the_course_of_a_wave_are_counted_at_its_end(world: World) -> None:
    """More answers than people would be a share above one."""
    admin = await world.client()
    await world.run("UPDATE employees SET active = false WHERE unit_id = :south", south=world.units["south"])
    await made(admin, world, {**CONTINUOUS, "period": "month", "cycleDays": 28})
    await days(world, FIRST, 2)
    await world.run("UPDATE employees SET active = true")
    await days(world, FIRST + timedelta(days=2), 29)
    assert len(await asked(world)) == 20
    wave = (await world.rows("SELECT id FROM waves"))[0][0]
    assert (await admin.post(f"/v1/waves/{wave}/close")).status_code == 200
    units = [unit for event in await world.events("wave.drawn.v2") for unit in event.data["units"]]
    south = [unit for unit in units if unit["unitId"] == str(world.units["south"])]
    assert [(unit["population"], unit["invited"]) for unit in south] == [(0, 0), (8, 8)]
    assert datetime.fromisoformat((await admin.get(f"/v1/waves/{wave}")).json()["closesAt"])


async def test_units_and_uses_that_come_in_the_course_of_a_wave_wait_for_the_next(world: World) -> None:
    """The wave's tree and matrix are those of its opening: what is counted is who could be asked."""
    admin = await world.client()
    await made(admin, world, {**CONTINUOUS, "period": "month", "cycleDays": 28})
    await days(world, FIRST, 2)
    new = (await admin.post("/v1/units", json={"externalId": "new", "name": "new", "parentId": "external:line"})).json()
    await world.run("UPDATE employees SET unit_id = :new WHERE external_id = 'south-7'", new=UUID(new["id"]))
    await world.run("INSERT INTO audience_units SELECT organisation_id, :service, id FROM units WHERE external_id = 'remote'",
                    service=world.services["laptops"])  # fmt: skip
    await days(world, FIRST + timedelta(days=2), 29)
    names = {world.employees[employee] for employee in await asked(world)}
    assert not any(name.startswith("remote") for name in names)
    units = await world.rows("SELECT DISTINCT unit_id FROM invitations")
    assert {unit for (unit,) in units} <= {world.units["north"], world.units["south"]}
