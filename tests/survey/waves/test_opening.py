"""The draw through the API: who is invited, what is counted, what is told."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from scipy.stats import chisquare

from tests.fixtures.services import Running
from tests.survey.waves.world import World, make

INVITED = "SELECT employee_id, unit_id, service_ids, number, burned, delivery_state FROM invitations WHERE wave_id = :w"


async def drawn(world: World, wave: str) -> list[Any]:
    return list(await world.rows(INVITED, w=UUID(wave)))


async def test_active_users_are_invited_to_the_services_they_use(world: World) -> None:
    await world.run("UPDATE employees SET active = false WHERE external_id = 'north-0'")
    admin = await world.client()
    wave = await world.opened(admin)
    rows = await drawn(world, wave)
    used = {name: world.services[name] for name in ("laptops", "network", "payroll")}
    assert len(rows) == 11 + 8
    for row in rows:
        expected = set(used.values()) | ({world.services["phones"]} if row.unit_id == world.units["north"] else set())
        assert row.unit_id in (world.units["north"], world.units["south"])
        assert set(row.service_ids) == expected
        assert (row.burned, row.delivery_state) == (False, None)
    assert len({row.number for row in rows}) == 19
    assert max(abs(row.number) for row in rows) > 2**55, "eight random bytes"
    opened = (await admin.get(f"/v1/waves/{wave}")).json()
    assert (opened["status"], opened["maximumServices"]) == ("open", 2)
    assert abs(datetime.fromisoformat(opened["opensAt"]) - datetime.now(UTC)) < timedelta(minutes=1)


async def test_what_is_told_counts_people_and_names_none(world: World) -> None:
    wave = await world.opened(await world.client(), sample={"kind": "number", "number": 10})
    events = await world.events()
    assert [event.type for event in events] == ["wave.drawn.v2", "wave.opened", "invitations.issued"]
    units = {row["unitId"]: row for row in events[0].data["units"]}
    north, south, line = (str(world.units[name]) for name in ("north", "south", "line"))
    network, laptops, payroll, phones = (str(world.services[n]) for n in ("network", "laptops", "payroll", "phones"))
    providers = sorted(str(world.units[name]) for name in ("it", "hr"))
    assert units[north] == {"unitId": north, "parentId": line, "population": 12, "invited": 6, "providerIds": providers,
                            "serviceIds": sorted([laptops, network, payroll, phones])}  # fmt: skip
    assert units[south] == {"unitId": south, "parentId": line, "population": 8, "invited": 4, "providerIds": providers,
                            "serviceIds": sorted([laptops, network, payroll])}  # fmt: skip
    remote = units[str(world.units["remote"])]
    assert (remote["population"], remote["serviceIds"], remote["providerIds"]) == (5, [], [])
    assert len(units) == 7
    numbers = {str(row.number) for row in await drawn(world, wave)}
    assert set(events[2].data["invitationIds"]) == numbers
    told = str([event.data for event in events])
    assert not any(str(employee) in told or name in told for employee, name in world.employees.items())


async def test_a_seed_draws_the_same_people_again(world: World) -> None:
    admin = await world.client()

    async def people(seed: int) -> frozenset[UUID]:
        wave = await world.opened(admin, sample={"kind": "share", "share": 0.5, "seed": seed})
        return frozenset(row.employee_id for row in await drawn(world, wave))

    assert await people(1) == await people(1)
    assert len({await people(seed) for seed in range(5)}) > 2


async def test_everyone_has_the_same_chance(world: World) -> None:
    admin = await world.client()
    chosen: Counter[UUID] = Counter()
    for seed in range(120):
        wave = await world.opened(admin, sample={"kind": "number", "number": 7, "seed": seed})
        chosen.update(row.employee_id for row in await drawn(world, wave))
    assert sum(chosen.values()) == 120 * 7
    users = [key for key, name in world.employees.items() if name.startswith(("north", "south"))]
    assert chisquare([chosen[key] for key in users]).pvalue > 1e-4


async def test_chance_chooses_as_many_services_as_one_may_rate(world: World) -> None:
    admin = await world.client()
    body: dict[str, Any] = {"serviceChoice": "random", "sample": {"kind": "all", "seed": 4}}
    first, again = [await drawn(world, await world.opened(admin, **body)) for _ in range(2)]
    assert {len(row.service_ids) for row in first} == {2}
    by_chance = [{row.employee_id: row.service_ids for row in each} for each in (first, again)]
    assert by_chance[0] != by_chance[1]  # whoever chooses the seed cannot choose who is asked about what
    south = [row for row in first if row.unit_id == world.units["south"]]
    assert all(world.services["phones"] not in row.service_ids for row in south)
    assert len({tuple(row.service_ids) for row in first}) > 2


async def test_the_preview_says_what_opening_does(world: World) -> None:
    admin = await world.client()
    wave = await world.draft(admin, sample={"kind": "number", "number": 10})
    preview = (await admin.post(f"/v1/waves/{wave}/sample-preview")).json()
    assert (preview["population"], preview["audience"], preview["invited"]) == (28, 20, 10)
    shown = {row["unitId"]: (row["audience"], row["invited"]) for row in preview["units"]}
    assert shown == {str(world.units[name]): counts for name, counts in
                     {"root": (20, 10), "line": (20, 10), "north": (12, 6)}.items()}  # fmt: skip
    await admin.post(f"/v1/waves/{wave}/open")
    assert Counter(row.unit_id for row in await drawn(world, wave)) == {
        world.units["north"]: 6,
        world.units["south"]: 4,
    }


async def test_opening_twice_at_the_same_time_draws_once(world: World) -> None:
    admin = await world.client()
    wave = await world.draft(admin)
    answers = await asyncio.gather(*(admin.post(f"/v1/waves/{wave}/open") for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    assert {answer.json().get("code") for answer in answers} == {None, "alreadyOpen"}
    assert len(await drawn(world, wave)) == 20
    assert len(await world.events("wave.opened")) == 1


async def test_what_cannot_open_says_why(world: World, survey: Running) -> None:
    admin = await world.client()

    async def code(wave: str) -> str:
        answer = await admin.post(f"/v1/waves/{wave}/open")
        assert answer.status_code == 409
        return str(answer.json()["code"])

    assert await code(await world.draft(admin, sample={"kind": "number", "number": 4})) == "tooFewInvited"
    late = await world.draft(admin)
    await world.run("UPDATE waves SET closes_at = now() - interval '1 minute' WHERE id = :w", w=UUID(late))
    assert await code(late) == "closesInThePast"
    wave = await world.draft(admin)
    await world.run("DELETE FROM audience_units")
    assert await code(wave) == "emptyAudience"
    assert (await admin.post(f"/v1/waves/{wave}/close")).json()["code"] == "notOpen"
    unpublished = await make(survey, published=False)
    other = await unpublished.client()
    draft = await other.post("/v1/waves", json=unpublished.body())
    assert draft.json()["version"] is None
    assert (await other.post(f"/v1/waves/{draft.json()['id']}/open")).json()["code"] == "surveyNotPublished"


async def test_closed_is_closed(world: World) -> None:
    admin = await world.client()
    wave = await world.opened(admin)
    closed = await admin.post(f"/v1/waves/{wave}/close")
    assert closed.json()["status"] == "closed"
    assert datetime.fromisoformat(closed.json()["closesAt"]) <= datetime.now(UTC)
    assert [event.data["waveId"] for event in await world.events("wave.closed")] == [wave]
    assert (await admin.post(f"/v1/waves/{wave}/close")).json()["code"] == "alreadyClosed"
    again = await admin.post(f"/v1/waves/{wave}/open")
    assert (again.status_code, again.json()["code"]) == (409, "waveClosed")
    assert again.json()["detail"] == "A closed wave is not opened again: its ballots are taken out, all at once."
    headers = {"If-Match": "*", "Content-Type": "application/merge-patch+json"}
    later = {"closesAt": (datetime.now(UTC) + timedelta(days=40)).isoformat()}
    changed = await admin.patch(f"/v1/waves/{wave}", json=later, headers=headers)
    assert (changed.status_code, changed.json()["code"]) == (409, "waveFrozen")
    assert "nor opens again: its ballots are taken out" in changed.json()["detail"]


async def test_minimums_that_the_organisation_raised_meanwhile_hold(world: World) -> None:
    admin = await world.client()
    wave = await world.draft(admin)
    await world.run("UPDATE organisations SET minimum_group = 7, comment_minimum_group = 12")
    opened = (await admin.post(f"/v1/waves/{wave}/open")).json()
    assert (opened["minimumGroup"], opened["commentMinimumGroup"]) == (7, 12)


@pytest.mark.proof
async def test_twenty_thousand_open_within_seconds(survey: Running) -> None:
    world = await make(survey)
    await world.run(
        "INSERT INTO employees (organisation_id, id, given_name, family_name, unit_id, attributes)"
        " SELECT :o, gen_random_uuid(), 'Sam', 'Jansen', :unit, '{}' FROM generate_series(1, 20000)",
        o=world.organisation_id, unit=world.units["north"],
    )  # fmt: skip
    began = datetime.now(UTC)
    wave = await world.opened(await world.client())
    assert datetime.now(UTC) - began < timedelta(seconds=10)
    assert len(await drawn(world, wave)) == 20_020
    assert {len(event.data["invitationIds"]) for event in await world.events("invitations.issued")} == {500, 20}
