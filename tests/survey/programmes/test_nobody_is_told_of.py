"""Whoever makes programmes, audiences and conditions at will and compares what is told learns of nobody whether they opted
out, are on leave, or were asked by another department."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from tests.fixtures.services import Running
from tests.survey.programmes.plans import AFTER, PATCH, QUARTERLY, ZONE, made
from tests.survey.programmes.test_after_interaction import INSERT
from tests.survey.waves.world import World, make

EVERYBODY = ("laptops", "network", "phones")
STATES: dict[str, dict[str, Any]] = {
    "asked": {}, "optedOut": {"optedOut": True}, "onLeave": {"leaveStartDate": "2020-01-01"}, "invited": {},
}  # fmt: skip
ONE = {"minimumMinutes": 171, "maximumMinutes": 171}


async def organisation(survey: Running) -> World:
    """North and a team of one person in it."""
    world = await make(survey, north=60, south=30)
    admin = await world.client()
    solo = (
        await admin.post("/v1/units", json={"externalId": "solo", "name": "solo", "parentId": "external:north"})
    ).json()
    await world.run("UPDATE employees SET unit_id = :unit WHERE external_id = 'north-0'", unit=UUID(solo["id"]))
    world.units["solo"] = UUID(solo["id"])
    for who, minutes in (("%-1%", 60), ("north-0", 171)):
        await world.run(INSERT, organisation=world.organisation_id, service=world.services["laptops"], who=who,
                        closed=datetime.now(UTC) - timedelta(days=2), kind="incident", channel="portal",
                        minutes=minutes)  # fmt: skip
    return world


async def put(world: World, state: str) -> None:
    """The person who is alone in their team into this state."""
    admin = await world.client()
    whole = {"optedOut": False, "leaveStartDate": None, **STATES[state]}
    answer = await admin.patch("/v1/employees/external:north-0", json=whole, headers=PATCH)
    assert answer.status_code == 200, answer.text
    await world.run("DELETE FROM contacts")
    if state == "invited":
        await world.run("INSERT INTO contacts (organisation_id, employee_id, wave_id, invited_date) SELECT organisation_id,"
                        " id, :wave, :day FROM employees WHERE external_id = 'north-0'",
                        wave=uuid4(), day=datetime.now(ZONE).date())  # fmt: skip


async def preview(client: httpx.AsyncClient, programme: str) -> dict[str, Any]:
    answer = await client.post(f"/v1/programmes/{programme}/sample-preview")
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = answer.json()
    return {name: shown[name] for name in ("audience", "invited", "marginOfError", "skipped")} | {
        "units": [{**unit, "unitId": None} for unit in shown["units"]]
    }


async def all_told(world: World, state: str) -> list[Any]:
    await put(world, state)
    manager = await world.client("provider-manager", "it")
    rules = {"contactRules": {"minimumDaysBetween": 1}}
    told: list[Any] = []
    for units in (["solo"], ["north"], ["solo", "south"], ["south"], ["line"]):
        audience = {"unitIds": [f"external:{unit}" for unit in units]}
        for sample in ({"kind": "all"}, {"kind": "share", "share": 0.4}):
            programme = await made(manager, world, QUARTERLY, *EVERYBODY, audience=audience,
                                   sample={**sample, "seed": 1}, **rules)  # fmt: skip
            told.append(await preview(manager, programme))
    for condition in (ONE, {"maximumMinutes": 171}, {"maximumMinutes": 170}):
        plan = {**AFTER, "startDate": "2020-01-01", "condition": condition}
        programme = await made(manager, world, plan, *EVERYBODY, **rules)
        told.append(await preview(manager, programme))
        if condition is ONE:
            answer = await manager.post(f"/v1/programmes/{programme}/run")
            told.append((answer.status_code, answer.json()["code"], answer.json()["detail"]))
    return told


async def test_what_is_told_is_the_same_whatever_holds_of_one_person(survey: Running) -> None:
    world = await organisation(survey)
    free = await all_told(world, "asked")
    assert [row["audience"] for row in free[:10:2]] == [1, 60, 31, 30, 90]
    assert (free[10]["invited"], free[10]["units"], free[11][:2]) == (None, [], (409, "tooFewInvited"))
    for state in ("optedOut", "onLeave", "invited"):
        assert await all_told(world, state) == free, state


async def test_an_audience_of_one_has_a_preview(survey: Running) -> None:
    world = await organisation(survey)
    manager = await world.client("provider-manager", "it")
    sample = {"kind": "marginOfError", "marginOfError": 0.1, "expectedResponse": 0.5}
    audience = {"unitIds": ["external:solo"]}
    shown = await preview(manager, await made(manager, world, QUARTERLY, *EVERYBODY, audience=audience, sample=sample))
    assert (shown["audience"], shown["marginOfError"]) == (1, None)


async def test_how_many_are_left_out_is_told_of_enough_people_and_roughly(survey: Running) -> None:
    world = await make(survey, north=60, south=30)
    admin = await world.client()
    await world.run("UPDATE employees SET opted_out = true WHERE external_id LIKE 'north-1%'")  # eleven of sixty
    programme = await made(admin, world, QUARTERLY, sample={"kind": "all"})
    shown = await preview(admin, programme)
    assert (shown["audience"], shown["invited"], shown["skipped"]) == (90, 90, {"contactPolicy": 12})
    wave = (await admin.post(f"/v1/programmes/{programme}/run")).json()
    assert wave["skipped"] == {"contactPolicy": 12}
    (run,) = (await admin.get(f"/v1/programmes/{programme}/runs")).json()["items"]
    assert (run["invited"], run["skipped"]) == (79, {"contactPolicy": 12})
    south = await made(admin, world, QUARTERLY, audience={"unitIds": ["external:south"]})
    assert (await preview(admin, south))["skipped"] == {}


@pytest.mark.parametrize("state", ["asked", "optedOut"])
async def test_a_refusal_that_costs_no_mail_tells_nothing(survey: Running, state: str) -> None:
    """A number above the audience is refused whoever is left out; so is what waits for its time let wait."""
    world = await organisation(survey)
    await put(world, state)
    manager = await world.client("provider-manager", "it")
    many = await world.draft(manager, *EVERYBODY, minimumGroup=90, sample={"kind": "number", "number": 91})
    refused = await manager.post(f"/v1/waves/{many}/open")
    assert (refused.status_code, refused.json()["code"]) == (409, "sampleLargerThanAudience")
    later = (datetime.now(UTC) + timedelta(days=2)).isoformat()
    waits = await world.draft(manager, *EVERYBODY, minimumGroup=90, opensAt=later)
    assert (await manager.post(f"/v1/waves/{waits}/open")).json()["scheduled"] is True


async def asked_lately(world: World, who: str, *days_ago: int) -> None:
    """The ledger of some wave of the manager's own, whose invitations they can list."""
    for back in days_ago:
        await world.run("INSERT INTO contacts (organisation_id, employee_id, wave_id, invited_date) SELECT organisation_id,"
                        " id, :wave, :day FROM employees WHERE external_id LIKE :who", who=who, wave=uuid4(),
                        day=datetime.now(ZONE).date() - timedelta(days=back))  # fmt: skip


async def test_a_programme_s_own_rules_do_not_move_the_number(survey: Running) -> None:
    """Or each number of days would shift it by those whom its maker knows to have invited since, and its edges tell."""
    world = await make(survey, north=60, south=30)
    admin = await world.client()
    manager = await world.client("provider-manager", "it")
    await world.run("UPDATE employees SET opted_out = true WHERE external_id LIKE 'north-1_'")  # ten of sixty
    for unit in range(2, 6):
        await asked_lately(world, f"north-{unit}_", 7 * unit)
    where = {"audience": {"unitIds": ["external:north"]}}
    told = []
    for between in (None, 1, 15, 22, 29, 36, 60):
        rules = {"contactRules": {"minimumDaysBetween": between}}
        told.append(
            (await preview(manager, await made(manager, world, QUARTERLY, *EVERYBODY, **where, **rules)))["skipped"]
        )
    assert told == [{"contactPolicy": 12}] * 7
    await admin.patch("/v1/contact-policy", json={"minimumDaysBetween": 22}, headers=PATCH)
    programme = await made(manager, world, QUARTERLY, *EVERYBODY, **where)
    assert (await preview(manager, programme))["skipped"] == {"contactPolicy": 30}
    wave = await manager.post(f"/v1/programmes/{programme}/run")
    assert (wave.status_code, wave.json()["skipped"]) == (202, {"contactPolicy": 30})
    assert (await preview(manager, programme))["skipped"] == {"contactPolicy": 30}, "one number a day"


@pytest.mark.parametrize("state", ["asked", "optedOut"])
async def test_a_minimum_of_the_caller_s_is_set_against_the_plan(survey: Running, state: str) -> None:
    world = await organisation(survey)
    await put(world, state)
    manager = await world.client("provider-manager", "it")
    wave = await world.draft(manager, *EVERYBODY, minimumGroup=90)
    assert (await manager.post(f"/v1/waves/{wave}/open")).status_code == 200
    await world.run("DELETE FROM contacts")
    programme = await made(manager, world, QUARTERLY, *EVERYBODY, minimumGroup=90)
    assert (await manager.post(f"/v1/programmes/{programme}/run")).status_code == 202
    await world.run("UPDATE employees SET active = false WHERE external_id = 'south-1'")
    assert (
        await manager.post(f"/v1/waves/{await world.draft(manager, *EVERYBODY, minimumGroup=90)}/open")
    ).status_code == 409


@pytest.mark.parametrize("state", ["asked", "optedOut", "invited"])
async def test_a_run_of_one_after_a_run_of_many_asks_nobody(survey: Running, state: str) -> None:
    """By a condition that is changed once the wave has begun."""
    world = await organisation(survey)
    await put(world, state)
    manager = await world.client("provider-manager", "it")
    plan = {**AFTER, "startDate": "2020-01-01", "condition": {"maximumMinutes": 170}}
    programme = await made(manager, world, plan, *EVERYBODY)
    assert (await manager.post(f"/v1/programmes/{programme}/run")).status_code == 202
    await world.run("UPDATE programme_runs SET ran_at = ran_at - interval '1 day'")
    await world.run("UPDATE contacts SET invited_date = invited_date - 1")
    changed = await manager.patch(f"/v1/programmes/{programme}", json={"schedule": {"condition": ONE}}, headers=PATCH)
    assert changed.status_code == 200, changed.text
    before = await world.rows("SELECT count(*) FROM invitations")
    answer = await manager.post(f"/v1/programmes/{programme}/run")
    assert (answer.status_code, answer.json()["code"]) == (409, "tooFewInvited")
    assert await world.rows("SELECT count(*) FROM invitations") == before


@pytest.mark.parametrize("state", ["asked", "optedOut", "invited"])
async def test_those_who_were_asked_today_do_not_make_a_wave_of_one(survey: Running, state: str) -> None:
    world = await organisation(survey)
    await put(world, state)
    manager = await world.client("provider-manager", "it")
    await asked_lately(world, "north-1%", 0)
    programme = await made(manager, world, {**AFTER, "startDate": "2020-01-01"}, *EVERYBODY)
    await world.run(
        "DELETE FROM interactions WHERE employee_id IN (SELECT id FROM employees WHERE external_id LIKE 'south-%')"
    )
    answer = await manager.post(f"/v1/programmes/{programme}/run")
    assert (answer.status_code, answer.json()["code"]) == (409, "tooFewInvited")
    assert await world.rows("SELECT id FROM waves") == []
