"""Uses that wait to be asked about: for others, for other draws, or too long."""

from datetime import timedelta

from tests.fixtures.services import Running
from tests.survey.programmes.plans import AFTER, PATCH, QUARTERLY, at, made, run_at, runs
from tests.survey.programmes.test_after_interaction import MONDAY, asked, used
from tests.survey.waves.world import World, make


async def test_a_programme_that_fails_each_time_loses_its_precedence(world: World) -> None:
    admin = await world.client()
    await made(admin, world, QUARTERLY)
    transactional = await made(admin, world, AFTER)
    await used(world, "north-%")
    await world.run(
        "UPDATE programmes SET schedule = schedule || '{\"rrule\": \"FREQ=NEVER\"}' WHERE schedule ? 'rrule'"
    )
    await run_at(world, at(MONDAY, 9, 1))
    await run_at(world, at(MONDAY, 9, 59))
    assert await runs(admin, transactional) == []
    await run_at(world, at(MONDAY, 10, 2))
    assert [run["invited"] for run in await runs(admin, transactional)] == [12]


async def test_days_of_a_quiet_period_do_not_count(world: World) -> None:
    admin = await world.client()
    programme = await made(admin, world, AFTER)
    quiet = {"startDate": "2031-02-05", "endDate": "2031-03-02"}
    await admin.patch("/v1/contact-policy", json={"quietPeriods": [quiet]}, headers=PATCH)
    await used(world, "north-%", days_ago=33)
    await run_at(world, at(MONDAY))
    assert [(run["invited"], run["skipped"]) for run in await runs(admin, programme)] == [(12, {})]


async def test_what_is_pushed_late_is_asked_about_or_counted(world: World) -> None:
    admin = await world.client()
    programme = await made(admin, world, AFTER)
    await used(world, "south-%")
    await run_at(world, at(MONDAY))
    arrived = "UPDATE interactions SET updated_at = :at WHERE employee_id IN (SELECT id FROM employees WHERE external_id LIKE 'north-%')"  # fmt: skip
    await used(world, "north-1%", days_ago=8)
    await used(world, "north-2", days_ago=10)
    await used(world, "north-3", days_ago=10)
    await used(world, "north-4", days_ago=20)
    await world.run(arrived, at=at(MONDAY, 12))
    for later in (1, 2):
        await run_at(world, at(MONDAY + timedelta(days=later)))
    told = [(run["invited"], run["skipped"]) for run in await runs(admin, programme)]
    assert told == [(8, {}), (5, {"tooLate": 1}), (0, {})], "once"
    wave = (await world.rows("SELECT id FROM waves"))[0][0]
    assert (await admin.get(f"/v1/waves/{wave}")).json()["skipped"] == {"tooLate": 1}, "of all its runs"


async def test_what_an_outage_makes_too_late_is_counted(world: World) -> None:
    admin = await world.client()
    programme = await made(admin, world, AFTER)
    await used(world, "south-%")
    await run_at(world, at(MONDAY))
    await used(world, "north-%", days_ago=-1)
    await run_at(world, at(MONDAY + timedelta(days=21)))
    assert (await runs(admin, programme))[1]["skipped"] == {"tooLate": 12}


async def test_a_wave_begins_with_as_many_as_its_minimum(world: World) -> None:
    """Or a condition that one person meets would tell whether they may be asked."""
    admin = await world.client()
    programme = await made(admin, world, AFTER)
    await used(world, "north-0")
    await used(world, "south-1")
    await admin.patch("/v1/employees/external:north-0", json={"optedOut": True}, headers=PATCH)
    await run_at(world, at(MONDAY))
    first = (await runs(admin, programme))[0]
    assert (first["invited"], first["waveId"], first["skipped"], first["code"]) == (0, None, {}, "tooFewInvited")
    assert await world.rows("SELECT 1 FROM waves") == []
    for number in range(1, 4):
        await used(world, f"north-{number}")
    await run_at(world, at(MONDAY + timedelta(days=1)))
    assert await asked(world) == {}, "five matched, and four of them may be asked"
    await used(world, "north-4")
    await run_at(world, at(MONDAY + timedelta(days=2)))
    begun = {"north-1", "north-2", "north-3", "north-4", "south-1"}
    assert set(await asked(world)) == begun
    await used(world, "north-5", days_ago=-1)
    await run_at(world, at(MONDAY + timedelta(days=3)))
    assert set(await asked(world)) == begun, "of later days too"
    for number in range(6, 10):
        await used(world, f"north-{number}", days_ago=-2)
    await run_at(world, at(MONDAY + timedelta(days=4)))
    assert set(await asked(world)) == begun | {f"north-{number}" for number in range(5, 10)}
    assert [run["code"] for run in await runs(admin, programme)] == [
        "tooFewInvited",
        "tooFewInvited",
        None,
        "tooFewInvited",
        None,
    ]


async def test_whom_the_policy_leaves_out_is_told_at_the_end_of_a_wave(survey: Running) -> None:
    """Each once, though they wait from run to run, and of each day they are too few."""
    world = await make(survey, north=40, south=40)
    admin = await world.client()
    programme = await made(admin, world, AFTER)
    await world.run("UPDATE employees SET opted_out = true WHERE external_id LIKE 'north-%'")
    for day in (1, 2, 3):
        await used(world, f"north-{day}%", days_ago=1.5 - day)
        await used(world, f"south-{day}%", days_ago=1.5 - day)
        await run_at(world, at(MONDAY + timedelta(days=day)))
    wave = (await world.rows("SELECT id FROM waves"))[0][0]
    shown = (await admin.get(f"/v1/waves/{wave}")).json()
    assert shown["skipped"] == {}, "while it goes on"
    assert [run["skipped"] for run in await runs(admin, programme)] == [{}] * 3
    assert (await admin.post(f"/v1/waves/{wave}/close")).json()["skipped"] == {"contactPolicy": 36}
    assert await world.rows("SELECT skipped FROM waves") == [({"contactPolicy": 36},)]
