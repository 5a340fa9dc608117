"""Programmes whose audience or units are others than those of the wave that is open."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from services.survey.programmes import rules
from tests.fixtures.services import Running
from tests.survey.programmes.plans import AFTER, CONTINUOUS, PATCH, ZONE, at, made, run_at, runs
from tests.survey.programmes.test_after_interaction import INSERT, MONDAY, used
from tests.survey.programmes.test_continuous import days
from tests.survey.waves.world import World, make

INVITED = "SELECT external_id, count(*) FROM invitations JOIN units ON units.id = unit_id GROUP BY external_id"


def of_units(world: World, *names: str) -> dict[str, Any]:
    return {"audience": {"unitIds": [str(world.units[name]) for name in names]}}


async def used_lately(world: World, who: str, days_ago: int) -> None:
    closed = datetime.now(UTC) - timedelta(days=days_ago)
    await world.run(INSERT, organisation=world.organisation_id, service=world.services["laptops"], who=who,
                    closed=closed, kind="incident", channel="portal", minutes=1)  # fmt: skip


async def run_due_at(world: World, moment: datetime) -> None:
    await world.run("UPDATE programmes SET planned_at = :at, due_at = :at", at=moment)
    await run_at(world, moment)


async def east_of(world: World, who: str) -> None:
    """A unit that is new, and those who are in it now."""
    made = await (await world.client()).post(
        "/v1/units", json={"externalId": "east", "name": "east", "parentId": str(world.units["line"])}
    )
    await world.run(
        "UPDATE employees SET unit_id = :east WHERE external_id LIKE :who", east=UUID(made.json()["id"]), who=who
    )


async def test_uses_of_a_wider_audience_are_asked_about_as_the_preview_says(survey: Running) -> None:
    world = await make(survey, north=60, south=60)
    admin = await world.client()
    schedule = {**AFTER, "startDate": "2020-01-01"}
    programme = await made(admin, world, schedule, "laptops", **of_units(world, "north"))
    await world.run("UPDATE programmes SET created_at = '2020-01-01'")
    await used_lately(world, "north-%", 3)
    assert (await admin.post(f"/v1/programmes/{programme}/run")).status_code == 202
    wider = await admin.patch(f"/v1/programmes/{programme}", json=of_units(world, "line"), headers=PATCH)
    assert wider.status_code == 200
    await used_lately(world, "south-%", 2)
    assert (await admin.post(f"/v1/programmes/{programme}/sample-preview")).json()["invited"] == 60
    await run_due_at(world, at(rules.next_working_day(datetime.now(ZONE).date() + timedelta(days=1), ())))
    assert [(run["invited"], run["code"]) for run in await runs(admin, programme)] == [(60, None), (60, None)]


async def test_uses_in_a_unit_that_is_newer_than_the_wave_are_counted_once(survey: Running) -> None:
    """Whom the contact policy left out in all of that time is not: this would be told exactly."""
    world = await make(survey, north=60, south=60)
    admin = await world.client()
    programme = await made(admin, world, {**AFTER, "period": "quarter"}, "laptops")
    await admin.patch("/v1/employees/external:north-0", json={"optedOut": True}, headers=PATCH)
    await used(world, "north-%", days_ago=27)  # on the fourth of February
    first = date(2031, 2, 5)
    await run_due_at(world, at(first))
    await east_of(world, "south-%")
    await used(world, "south-%", days_ago=25)
    for later in range(1, 25):
        await run_at(world, at(first + timedelta(days=later)))
    told = [(run["invited"], run["skipped"]) for run in await runs(admin, programme)]
    assert [one for one in told if one[0] or one[1]] == [(59, {}), (0, {"tooLate": 60})]


async def test_a_preview_counts_what_the_open_wave_asks_about(survey: Running) -> None:
    world = await make(survey, north=60, south=60)
    admin = await world.client()
    programme = await made(admin, world, {**AFTER, "startDate": "2020-01-01", "delayDays": 0}, "laptops")
    await world.run("UPDATE programmes SET created_at = '2020-01-01'")
    await used_lately(world, "north-1%", 3)
    assert (await admin.post(f"/v1/programmes/{programme}/run")).status_code == 202
    await east_of(world, "south-%")
    await used_lately(world, "%", 0)
    preview = (await admin.post(f"/v1/programmes/{programme}/sample-preview")).json()
    assert preview["invited"] == 49, "neither the newer unit nor who was asked in this month"


async def test_nobody_is_asked_twice_in_a_month_because_a_service_is_named_later(survey: Running) -> None:
    """What is asked in it is one wave, though what is named later begins another."""
    world = await make(survey, north=60, south=60)
    it = await world.client("provider-manager", "it")
    programme = await made(it, world, AFTER, "network")
    await used(world, "north-%", "network")
    await run_at(world, at(MONDAY))
    named = {"serviceIds": ["external:network", "external:laptops"]}
    assert (await it.patch(f"/v1/programmes/{programme}", json=named, headers=PATCH)).status_code == 200
    await used(world, "north-%", "network", days_ago=-1.5)
    await used(world, "south-%", "laptops", days_ago=-1.5)
    await run_at(world, at(MONDAY + timedelta(days=3)))
    rows = await world.rows("SELECT count(*), count(DISTINCT employee_id), count(DISTINCT wave_id) FROM contacts")
    assert rows == [(120, 120, 2)]


async def test_whom_a_narrower_audience_leaves_out_is_asked_in_turn_no_more(survey: Running) -> None:
    world = await make(survey, north=60, south=60)
    admin = await world.client()
    programme = await made(admin, world, CONTINUOUS, "laptops", **of_units(world, "north", "south"))
    await days(world, date(2031, 1, 1), 10)
    patched = await admin.patch(f"/v1/programmes/{programme}", json=of_units(world, "south", "north"), headers=PATCH)
    assert patched.status_code == 200
    await days(world, date(2031, 1, 11), 4)
    assert len(await world.rows("SELECT 1 FROM waves")) == 1, "the same, in another order"
    before = dict(map(tuple, await world.rows(INVITED)))
    await admin.patch(f"/v1/programmes/{programme}", json=of_units(world, "south"), headers=PATCH)
    await days(world, date(2031, 1, 15), 75)
    after = dict(map(tuple, await world.rows(INVITED)))
    assert after["north"] == before["north"]
    assert after["south"] > 50
    assert [len(row[0]) for row in await world.rows("SELECT audience FROM waves ORDER BY id")] == [2, 1]
