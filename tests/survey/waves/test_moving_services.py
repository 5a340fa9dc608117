"""Services that go, or move to another provider, while waves over them are made, scheduled or open."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from services.survey.waves.scheduler import run_due
from tests.fixtures.services import Running
from tests.survey.waves.world import World, waiting

KEYS = [b"0" * 32]
PATCH = {"If-Match": "*", "Content-Type": "application/merge-patch+json"}


def after(days: float) -> datetime:
    return datetime.now(UTC) + timedelta(days=days)


async def moves(admin: httpx.AsyncClient) -> None:
    answer = await admin.patch("/v1/services/external:network", json={"providerId": "external:hr"}, headers=PATCH)
    assert answer.status_code == 200, answer.text


async def moves_with_its_unit(admin: httpx.AsyncClient) -> None:
    answer = await admin.patch("/v1/units/external:desk", json={"parentId": "external:hr"}, headers=PATCH)
    assert answer.status_code == 200, answer.text


async def with_a_desk(admin: httpx.AsyncClient) -> None:
    """IT's, which provides the network."""
    desk = {"externalId": "desk", "name": "Desk", "parentId": "external:it", "isProvider": True}
    assert (await admin.post("/v1/units", json=desk)).status_code == 201
    provided = {"providerId": "external:desk"}
    assert (await admin.patch("/v1/services/external:network", json=provided, headers=PATCH)).status_code == 200


async def scheduled(world: World, client: httpx.AsyncClient, *services: str) -> str:
    wave = await world.draft(client, *services, opensAt=after(2).isoformat())
    assert (await client.post(f"/v1/waves/{wave}/open")).json()["scheduled"]
    return wave


@pytest.mark.parametrize("services", [("network",), ("laptops", "network")])
@pytest.mark.parametrize("move", [moves, moves_with_its_unit])
async def test_a_scheduled_draft_goes_out_over_nobody_else_s_service(
    world: World, survey: Running, services: tuple[str, ...], move: Callable[[httpx.AsyncClient], Awaitable[None]]
) -> None:
    admin, it = await world.client(), await world.client("provider-manager", "it")
    await with_a_desk(admin)
    kept, gone = await scheduled(world, it, *services), await scheduled(world, it, *services)
    await move(admin)
    assert (await it.delete(f"/v1/waves/{gone}", headers={"If-Match": "*"})).status_code == 204, "it can be stopped"
    await run_due(survey.database, KEYS, after(2.1))
    assert not await world.events("wave.opened")
    shown = (await it.get(f"/v1/waves/{kept}")).json()
    assert (shown["status"], shown["scheduled"], shown["code"]) == ("draft", False, "servicesMoved")
    for what in ("open", "sample-preview"):
        refused = await it.post(f"/v1/waves/{kept}/{what}")
        assert (refused.status_code, refused.json()["code"]) == (409, "servicesMoved")
    assert (await it.patch(f"/v1/waves/{kept}", json={"title": {"en": "x"}}, headers=PATCH)).status_code == 403


async def test_who_names_the_services_anew_takes_the_draft_over(world: World) -> None:
    admin, it = await world.client(), await world.client("provider-manager", "it")
    hr = await world.client("provider-manager", "hr")
    wave = await world.draft(it, "network")
    await moves(admin)
    assert (await hr.patch(f"/v1/waves/{wave}", json={"reminders": [2]}, headers=PATCH)).status_code == 200
    for who in (hr, admin):
        assert (await who.post(f"/v1/waves/{wave}/open")).json()["code"] == "servicesMoved"
    named = {"serviceIds": ["external:network"]}
    assert (await hr.patch(f"/v1/waves/{wave}", json=named, headers=PATCH)).status_code == 200
    assert (await it.get(f"/v1/waves/{wave}")).status_code == 404
    assert (await hr.post(f"/v1/waves/{wave}/open")).json()["status"] == "open"


async def test_who_opens_what_somebody_else_named_is_its_maker(world: World, survey: Running) -> None:
    admin, it = await world.client(), await world.client("provider-manager", "it")
    both = await world.client("provider-manager", "it", "hr")
    drafts = [await world.draft(who, "network", opensAt=after(2).isoformat()) for who in (admin, both)]
    opened = [await world.draft(who, "network") for who in (admin, both)]
    for wave in (*drafts, *opened):
        assert (await it.post(f"/v1/waves/{wave}/open")).status_code == 200
    await moves(admin)
    await run_due(survey.database, KEYS, after(2.1))
    for wave in drafts:
        assert (await it.get(f"/v1/waves/{wave}")).json()["code"] == "servicesMoved"
    for wave in opened:
        assert (await it.post(f"/v1/waves/{wave}/close")).json()["status"] == "closed"


@pytest.mark.parametrize("who", [("provider-manager", "it", "hr"), ("admin",)])
async def test_its_makers_keep_what_others_open_who_stand_for_them_too(world: World, who: tuple[str, ...]) -> None:
    admin, it, other = await world.client(), await world.client("provider-manager", "it"), await world.client(*who)
    wave = await world.draft(it, "network")
    named = {"serviceIds": ["external:network", "external:laptops"]}
    assert (await other.patch(f"/v1/waves/{wave}", json=named, headers=PATCH)).status_code == 200
    assert (await other.post(f"/v1/waves/{wave}/open")).json()["status"] == "open"
    await moves(admin)
    assert (await it.post(f"/v1/waves/{wave}/close")).json()["status"] == "closed"


async def test_makers_of_which_one_is_gone_are_the_others(world: World) -> None:
    admin, it = await world.client(), await world.client("provider-manager", "it")
    desk = {"externalId": "desk", "name": "Desk", "parentId": "external:hr", "isProvider": True}
    world.units["desk"] = UUID((await admin.post("/v1/units", json=desk)).json()["id"])
    wave = await world.opened(await world.client("provider-manager", "it", "desk"), "laptops", "network")
    await moves(admin)
    assert (await it.get(f"/v1/waves/{wave}")).status_code == 404
    assert (await admin.delete("/v1/units/external:desk", headers={"If-Match": "*"})).status_code == 204
    assert (await it.post(f"/v1/waves/{wave}/close")).json()["status"] == "closed"


async def test_an_admin_s_draft_opens_whoever_provides_its_services(world: World) -> None:
    admin = await world.client()
    wave = await world.draft(admin, "network")
    await moves(admin)
    assert (await admin.post(f"/v1/waves/{wave}/open")).json()["status"] == "open"


@pytest.mark.parametrize("move", [moves, moves_with_its_unit])
async def test_its_makers_close_an_open_wave_whose_service_moved(
    world: World, move: Callable[[httpx.AsyncClient], Awaitable[None]]
) -> None:
    admin, it = await world.client(), await world.client("provider-manager", "it")
    await with_a_desk(admin)
    wave = await world.opened(it, "network", "laptops")
    body = {
        "surveyId": str(world.survey_id), "serviceIds": ["external:network"], "closesAfterDays": 14,
        "schedule": {"kind": "once", "startsAt": after(5).isoformat()}, "sample": {"kind": "all"},
    }  # fmt: skip
    programme = (await it.post("/v1/programmes", json=body)).json()["id"]
    run = await it.post(f"/v1/programmes/{programme}/run")
    assert run.status_code == 202, run.text
    await move(admin)
    for each in (wave, run.json()["id"]):
        assert (await it.post(f"/v1/waves/{each}/close")).json()["status"] == "closed"


@pytest.mark.parametrize("later", [False, True])
@pytest.mark.parametrize("maker", ["admin", "provider-manager"])
@pytest.mark.parametrize("held", ["services", "contact_policies"])
@pytest.mark.parametrize("moved", [
    "UPDATE services SET provider_id = (SELECT id FROM units WHERE external_id = 'hr') WHERE external_id = 'network'",
    "UPDATE units SET parent_id = (SELECT id FROM units WHERE external_id = 'hr') WHERE external_id = 'desk'",
])  # fmt: skip
async def test_what_moves_while_somebody_opens_is_opened_by_nobody(
    world: World, survey: Running, held: str, maker: str, moved: str, later: bool
) -> None:
    """The right is looked at after the wait for another draw, and for an import."""
    admin, it = await world.client(), await world.client("provider-manager", "it")
    await with_a_desk(admin)
    await world.opened(admin, "payroll")  # so that the contact policy has a row
    opens = {"opensAt": after(2).isoformat()} if later else {}
    wave = await world.draft(admin if maker == "admin" else it, "network", **opens)
    async with survey.database.transaction(world.organisation_id) as session:
        await session.execute(text(f"SELECT 1 FROM {held} FOR UPDATE"))
        opening = asyncio.create_task(it.post(f"/v1/waves/{wave}/open"))
        await waiting(survey.database, 1)
        await session.execute(text(moved))
    assert (await opening).json()["code"] == "servicesMoved"
    assert (await admin.delete(f"/v1/waves/{wave}", headers={"If-Match": "*"})).status_code == 204


async def test_what_moved_while_the_clock_s_opening_waited_opens_not(world: World, survey: Running) -> None:
    admin, it = await world.client(), await world.client("provider-manager", "it")
    await with_a_desk(admin)
    wave = await scheduled(world, it, "network")
    async with survey.database.transaction(world.organisation_id) as session:
        await session.execute(text("SELECT 1 FROM services FOR UPDATE"))
        opening = asyncio.create_task(run_due(survey.database, KEYS, after(2.1)))
        await waiting(survey.database, 1)
        await moves_with_its_unit(admin)
    await opening
    assert (await it.get(f"/v1/waves/{wave}")).json()["code"] == "servicesMoved"


async def test_what_moves_within_its_makers_units_while_it_opens_is_opened(world: World, survey: Running) -> None:
    admin, it = await world.client(), await world.client("provider-manager", "it")
    await with_a_desk(admin)
    wave = await world.draft(it, "laptops")
    async with survey.database.transaction(world.organisation_id) as session:
        await session.execute(text("SELECT 1 FROM services FOR UPDATE"))
        opening = asyncio.create_task(it.post(f"/v1/waves/{wave}/open"))
        await waiting(survey.database, 1)
        below = "UPDATE services SET provider_id = (SELECT id FROM units WHERE external_id = 'desk')"
        await session.execute(text(f"{below} WHERE external_id = 'laptops'"))
    assert (await opening).json()["status"] == "open"


async def test_a_service_that_goes_while_a_draft_over_it_is_made_is_measured_by_nobody(
    world: World, survey: Running
) -> None:
    admin, it = await world.client(), await world.client("provider-manager", "it")
    async with survey.database.transaction(world.organisation_id) as session:
        await session.execute(text("LOCK TABLE waves IN EXCLUSIVE MODE"))
        making = asyncio.create_task(it.post("/v1/waves", json=world.body("laptops", "network")))
        await waiting(survey.database, 1)
        for gone in ("DELETE FROM audience_units WHERE service_id = :id", "DELETE FROM services WHERE id = :id"):
            await session.execute(text(gone), {"id": world.services["network"]})
    wave = (await making).json()["id"]
    assert (await admin.post(f"/v1/waves/{wave}/open")).json()["code"] == "servicesMoved"
    assert (await it.delete(f"/v1/waves/{wave}", headers={"If-Match": "*"})).status_code == 204


async def test_a_scheduled_wave_that_a_quiet_period_puts_off_has_another_etag(world: World, survey: Running) -> None:
    admin = await world.client()
    wave = await scheduled(world, admin, "network")
    before = await admin.get(f"/v1/waves/{wave}")
    quiet = {"startDate": after(1).date().isoformat(), "endDate": after(4).date().isoformat()}
    assert (await admin.patch("/v1/contact-policy", json={"quietPeriods": [quiet]}, headers=PATCH)).status_code == 200
    await run_due(survey.database, KEYS)
    put_off = await admin.get(f"/v1/waves/{wave}")
    assert put_off.json()["opensAt"] > before.json()["opensAt"]
    assert put_off.headers["etag"] != before.headers["etag"]
