"""Asking about what was just used: who is drawn, of which service, and what is not kept."""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from scipy.stats import binomtest

from services.survey.waves.turnouts import Rated, Turnout, before_the_end, beside_raters, tellable
from tests.fixtures.services import Running
from tests.survey.programmes.plans import AFTER, PATCH, QUARTERLY, ZONE, at, made, run_at, runs
from tests.survey.waves.world import World, make

MONDAY = date(2031, 3, 3)
INSERT = """
    INSERT INTO interactions (organisation_id, id, external_id, service_id, employee_id, kind, channel, opened_at,
                              closed_at, duration_minutes)
    SELECT :organisation, gen_random_uuid(), gen_random_uuid()::text, :service, e.id, :kind, :channel,
           CAST(:closed AS timestamptz) - interval '1 hour', :closed, :minutes
    FROM employees e WHERE e.organisation_id = :organisation AND e.external_id LIKE :who
"""


async def used(world: World, who: str, service: str = "laptops", *, days_ago: float = 2, **more: Any) -> None:
    """By all whose externalId is like `who`; so long before nine on Monday."""
    await world.run(INSERT, organisation=world.organisation_id, service=world.services[service], who=who,
                    closed=at(MONDAY) - timedelta(days=days_ago),
                    **{"kind": "incident", "channel": "portal", "minutes": 60, **more})  # fmt: skip


async def asked(world: World) -> dict[str, list[UUID]]:
    rows = await world.rows("SELECT employee_id, service_ids FROM invitations")
    assert len({row[0] for row in rows}) == len(rows)
    return {world.employees[row[0]]: row[1] for row in rows}


async def test_who_used_a_service_is_asked_about_that_one(world: World) -> None:
    admin = await world.client()
    programme = await made(admin, world, AFTER, reminders=[3])
    await used(world, "north-%", "phones")
    await used(world, "south-%", "payroll")
    await used(world, "south-%", "phones")  # which nobody there uses, the matrix says
    await used(world, "remote-%", "laptops")
    await used(world, "it-0", "laptops", days_ago=0.5)  # too short ago
    await run_at(world, at(MONDAY))
    people = await asked(world)
    assert {name.split("-")[0] for name in people} == {"north", "south"}
    assert all(services == [world.services["phones" if name.startswith("north") else "payroll"]]
               for name, services in people.items())  # fmt: skip
    wave = (await admin.get(f"/v1/waves/{(await runs(admin, programme))[0]['waveId']}")).json()
    assert (wave["serviceChoice"], wave["maximumServices"], wave["status"]) == ("used", 1, "open")
    await run_at(world, at(MONDAY + timedelta(days=1)))
    assert len(await asked(world)) == 20, "once for one interaction"
    assert [run["invited"] for run in await runs(admin, programme)] == [20, 0]


async def test_nothing_kept_says_which_interaction_it_was(world: World) -> None:
    admin = await world.client()
    await made(admin, world, AFTER)
    await used(world, "north-%")
    await run_at(world, at(MONDAY))
    interactions = {str(row[0]) for row in await world.rows("SELECT id FROM interactions")}
    tables = [row[0] for row in await world.rows(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_name <> 'interactions'"
    )]  # fmt: skip
    assert {"invitations", "contacts", "outbox", "waves", "programme_runs"} <= set(tables)
    for table in tables:
        kept = str([tuple(row) for row in await world.rows(f"SELECT * FROM {table}")])
        assert not any(one in kept for one in interactions), table


@pytest.mark.parametrize(
    ("condition", "who"),
    [
        ({"kinds": ["request"]}, {"north-1"}),
        ({"channels": ["phone"]}, {"north-2"}),
        ({"minimumMinutes": 61}, {"north-3"}),
        ({"maximumMinutes": 59}, {"north-4"}),
        ({"serviceIds": ["external:network"]}, {"north-5"}),
        ({"kinds": ["request", "incident"], "channels": ["portal"], "minimumMinutes": 60, "maximumMinutes": 60},
         {"north-0", "north-1", "north-5"}),
        ({"kinds": ["order"]}, set()),
    ],
)  # fmt: skip
async def test_conditions(world: World, condition: dict[str, Any], who: set[str]) -> None:
    admin = await world.client()
    await world.run("UPDATE organisations SET minimum_group = 1")
    programme = await made(admin, world, {**AFTER, "condition": condition})
    await used(world, "north-0")
    await used(world, "north-1", kind="request")
    await used(world, "north-2", channel="phone")
    await used(world, "north-3", minutes=600)
    await used(world, "north-4", minutes=5)
    await used(world, "north-5", "network")
    await used(world, "north-6", minutes=None, kind="odd", channel="odd", days_ago=30)
    await run_at(world, at(MONDAY))
    assert set(await asked(world)) == who
    assert (await runs(admin, programme))[0]["invited"] == len(who)


async def test_a_share_of_the_interactions_is_asked_about_and_looking_again_asks_no_more(survey: Running) -> None:
    world = await make(survey, north=400, south=400)
    admin = await world.client()
    await made(admin, world, {**AFTER, "share": 0.3})
    await used(world, "%")
    for later in range(3):
        await run_at(world, at(MONDAY + timedelta(days=later)))
    people = await asked(world)
    assert binomtest(len(people), 800, 0.3).pvalue > 1e-4


async def test_a_second_use_in_one_period_asks_nobody_again_but_one_in_the_next_does(world: World) -> None:
    admin = await world.client()
    await made(admin, world, AFTER)
    await used(world, "north-%")
    await run_at(world, at(MONDAY))
    await used(world, "north-%", days_ago=-10)
    await run_at(world, at(date(2031, 3, 17)))
    assert len(await asked(world)) == 12
    await used(world, "north-%", days_ago=-27)
    await run_at(world, at(date(2031, 4, 1)))
    times = Counter(world.employees[row[0]] for row in await world.rows("SELECT employee_id FROM contacts"))
    assert times == {f"north-{number}": 2 for number in range(12)}


async def test_it_leaves_people_to_the_day_s_other_programmes(world: World) -> None:
    """Though it is due first, and no limit is set."""
    admin = await world.client()
    transactional = await made(admin, world, {**AFTER, "startTime": "07:00"})
    plan = {**QUARTERLY, "startTime": "15:00"}
    periodic = await made(admin, world, plan, sample={"kind": "number", "number": 15})
    await used(world, "north-%")
    await used(world, "south-%")
    assert await run_at(world, at(MONDAY, 7)) == 1
    assert await runs(admin, transactional) == []
    await run_at(world, at(MONDAY, 15))
    await run_at(world, at(MONDAY, 15, 10))
    assert (await runs(admin, periodic))[0]["invited"] == 15
    late = (await runs(admin, transactional))[0]
    assert (late["invited"], late["skipped"]) == (5, {})
    await run_at(world, at(MONDAY + timedelta(days=1)))
    assert len(await world.rows("SELECT 1 FROM contacts")) == 35, "they are asked the day after"


async def test_what_was_open_for_years_is_asked_about_when_it_ends(world: World) -> None:
    admin = await world.client()
    programme = await made(admin, world, AFTER)
    await used(world, "north-%")
    await world.run("UPDATE interactions SET opened_at = opened_at - interval '3 years'")
    await run_at(world, at(MONDAY))
    assert [run["invited"] for run in await runs(admin, programme)] == [12]


async def test_run_by_hand_it_leaves_them_to_these_too(world: World) -> None:
    admin = await world.client()
    once = await made(admin, world, {"kind": "once", "startsAt": "2031-03-03T09:00:00+01:00"})
    transactional = f"/v1/programmes/{await made(admin, world, {**AFTER, 'startDate': '2020-01-01'})}/run"
    now = datetime.now(ZONE)
    await world.run(INSERT, organisation=world.organisation_id, service=world.services["laptops"], who="north-%",
                    closed=now - timedelta(days=2), kind="incident", channel="portal", minutes=1)  # fmt: skip
    due = now - timedelta(minutes=3)
    await world.run("UPDATE programmes SET planned_at = :at, due_at = :at WHERE id = :id", at=due, id=UUID(once))
    refused = await admin.post(transactional)
    assert (refused.status_code, refused.json()["code"]) == (409, "othersDueToday")
    assert f"{due:%Y-%m-%d at %H:%M}" in refused.json()["detail"]
    await admin.post(f"/v1/programmes/{once}/pause")
    assert (await admin.post(transactional)).status_code == 202


async def test_the_contact_policy_holds_for_it_too(world: World) -> None:
    admin = await world.client()
    await admin.patch("/v1/contact-policy", json={"minimumDaysBetween": 60}, headers=PATCH)
    programme = await made(admin, world, AFTER)
    await used(world, "north-%")
    await world.run("INSERT INTO contacts SELECT organisation_id, id, :wave, :day FROM employees"
                    " WHERE external_id IN ('north-1', 'north-2')", wave=uuid4(), day=date(2031, 2, 1))  # fmt: skip
    await admin.patch("/v1/employees/external:north-3", json={"optedOut": True}, headers=PATCH)
    await run_at(world, at(MONDAY))
    run = (await runs(admin, programme))[0]
    assert (run["invited"], run["skipped"]) == (9, {})


async def test_the_preview_counts_today_s_portion(world: World) -> None:
    admin = await world.client()
    programme = await made(admin, world, {**AFTER, "delayDays": 0})
    await world.run(INSERT, organisation=world.organisation_id, service=world.services["laptops"], who="north-%",
                    closed=at(datetime.now(ZONE).date()) - timedelta(days=3), kind="incident", channel="portal", minutes=1)  # fmt: skip
    await admin.patch("/v1/employees/external:north-0", json={"optedOut": True}, headers=PATCH)
    preview = (await admin.post(f"/v1/programmes/{programme}/sample-preview")).json()
    assert (preview["audience"], preview["invited"], preview["skipped"]) == (20, 12, {})
    assert preview["marginOfError"] is None
    assert {unit["marginOfError"] for unit in preview["units"]} == {None}
    assert await world.rows("SELECT 1 FROM invitations") == []


def test_who_was_not_asked_about_a_service_is_hidden_among_enough() -> None:
    """Whoever sees who used what knows who alone was asked about another service."""
    unit, laptops, phones = UUID(int=1), UUID(int=2), UUID(int=3)
    parents: dict[UUID, UUID | None] = {unit: None}
    own = {unit: Turnout(invited=12, answered=9)}
    used_by = {laptops: [unit], phones: [unit]}
    rated = [Rated(frozenset([laptops]), {unit: 8})]
    assert unit in tellable(parents, beside_raters(own, used_by, rated), 5), "where all are asked about all"
    alone = {laptops: {unit: Turnout(11, 0, 8)}, phones: {unit: Turnout(1, 0, 1)}}
    assert tellable(parents, beside_raters(own, used_by, rated, alone), 5) == {}
    assert tellable(parents, before_the_end(own, used_by, 5, alone), 5) == {}
    enough = {laptops: {unit: Turnout(6, 0, 5)}, phones: {unit: Turnout(6, 0, 5)}}
    half = [Rated(frozenset([laptops]), {unit: 5}), Rated(frozenset([laptops, phones]), {unit: 10})]
    many = {unit: Turnout(invited=12, answered=10)}
    assert unit in tellable(parents, beside_raters(many, used_by, half, enough), 5)
    assert unit in tellable(parents, before_the_end(many, used_by, 5, enough), 5)
