"""Programmes under which a service or a unit goes, or moves to another provider."""

from datetime import date
from typing import Any

import httpx
import pytest

from tests.fixtures.services import Running
from tests.survey.imports.pushing import run as run_imports
from tests.survey.imports.pushing import send
from tests.survey.programmes.plans import AFTER, CONTINUOUS, PATCH, QUARTERLY, at, made, run_at, runs
from tests.survey.programmes.test_after_interaction import used
from tests.survey.waves.world import World, make

FIRST = date(2031, 3, 3)
ANY = {"If-Match": "*"}
TITLE = {"nl": "Anders", "en": "Other"}


async def to_hr(admin: httpx.AsyncClient, *services: str) -> None:
    for service in services:
        answer = await admin.patch(
            f"/v1/services/external:{service}", json={"providerId": "external:hr"}, headers=PATCH
        )
        assert answer.status_code == 200, answer.text


async def by_snapshot(world: World, admin: httpx.AsyncClient, rows: str) -> None:
    pushed = await send(admin, f"externalId,providerExternalId,nameNl\n{rows}", "kind=services&mode=snapshot")
    await run_imports(world.service)
    assert (await admin.post(f"/v1/imports/{pushed}/approve")).status_code == 202
    await run_imports(world.service)


async def test_its_makers_keep_a_programme_of_which_a_service_goes(world: World) -> None:
    admin, it = await world.client(), await world.client("provider-manager", "it")
    programme = await made(it, world, QUARTERLY, "laptops", "phones")
    where = f"/v1/programmes/{programme}"
    assert (await admin.delete("/v1/services/external:phones", headers=ANY)).status_code == 204
    for method, path in (
        ("GET", ""),
        ("POST", "/pause"),
        ("POST", "/resume"),
        ("GET", "/runs"),
        ("POST", "/sample-preview"),
    ):
        assert (await it.request(method, f"{where}{path}")).status_code == 200, path
    assert [one["id"] for one in (await it.get("/v1/programmes")).json()["items"]] == [programme]
    for patch in ({"title": TITLE}, {"active": False}, {"active": True}, {"schedule": {"startTime": "09:00"}}):
        assert (await admin.patch(where, json=patch, headers=PATCH)).status_code == 200, patch
    named = (await it.get(where)).json()["serviceIds"]
    refused = await it.patch(where, json={"serviceIds": named}, headers=PATCH)
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/serviceIds/1"]
    await run_at(world, at(FIRST))
    assert [(run["invited"], run["code"]) for run in await runs(it, programme)] == [(20, None)]
    (wave,) = (await it.get("/v1/waves")).json()["items"]
    assert wave["serviceIds"] == [str(world.services["laptops"])]


async def test_what_moves_to_another_provider_is_measured_no_more(world: World) -> None:
    admin, it, hr = [await world.client(*who) for who in (
        ("admin",), ("provider-manager", "it"), ("provider-manager", "hr"))]  # fmt: skip
    programme = await made(it, world, QUARTERLY, "laptops", "network", "phones")
    where = f"/v1/programmes/{programme}"
    await to_hr(admin, "network")
    assert [(await who.get(where)).status_code for who in (it, hr)] == [200, 404]
    await run_at(world, at(FIRST))
    (wave,) = (await it.get("/v1/waves")).json()["items"]
    assert set(wave["serviceIds"]) == {str(world.services[name]) for name in ("laptops", "phones")}
    await to_hr(admin, "phones")
    assert (await hr.get(f"/v1/waves/{wave['id']}")).status_code == 404
    assert (await it.post(f"/v1/waves/{wave['id']}/close")).status_code == 200, "who opened it may end it"
    assert (await admin.delete("/v1/services/external:laptops", headers=ANY)).status_code == 204
    await run_at(world, at(date(2031, 6, 2)))
    last = (await runs(it, programme))[-1]
    assert (last["invited"], last["code"], last["waveId"]) == (0, "noServicesLeft", None)
    assert (await it.post(f"{where}/sample-preview")).json()["audience"] == 0
    assert (await it.post(f"{where}/pause")).status_code == 200


async def test_an_import_that_removes_or_moves_services_does_the_same(world: World) -> None:
    admin, it = await world.client(), await world.client("provider-manager", "it")
    programme = await made(it, world, QUARTERLY, "laptops", "network", "phones")
    await by_snapshot(world, admin, "laptops,it,Laptops\nnetwork,hr,Netwerk\npayroll,hr,Salaris\n")
    assert (await admin.get("/v1/services/external:phones")).status_code == 404
    await run_at(world, at(FIRST))
    assert [(run["invited"], run["code"]) for run in await runs(it, programme)] == [(20, None)]
    (wave,) = (await it.get("/v1/waves")).json()["items"]
    assert wave["serviceIds"] == [str(world.services["laptops"])]


@pytest.mark.parametrize("schedule", [CONTINUOUS, AFTER])
async def test_who_took_it_over_adds_nobody_to_its_former_makers_wave(
    survey: Running, schedule: dict[str, Any]
) -> None:
    world = await make(survey, north=60, south=60)
    admin, it, hr = [await world.client(*who) for who in (
        ("admin",), ("provider-manager", "it"), ("provider-manager", "hr"))]  # fmt: skip
    programme = await made(it, world, schedule, "network")
    await used(world, "north-%", "network")
    await run_at(world, at(FIRST))
    (theirs,) = (await it.get("/v1/waves")).json()["items"]
    await to_hr(admin, "network")
    named = {"serviceIds": ["external:network"]}
    assert (await hr.patch(f"/v1/programmes/{programme}", json=named, headers=PATCH)).status_code == 200
    await used(world, "south-%", "network")
    await run_at(world, at(date(2031, 3, 4)))
    first, second = await runs(hr, programme)
    assert (first["waveId"], second["code"]) == (theirs["id"], None)
    assert second["waveId"] != theirs["id"]
    listed = await it.get(f"/v1/waves/{theirs['id']}/invitations?limit=200")
    assert len(listed.json()["items"]) == first["invited"] > 0
    assert (await it.get(f"/v1/waves/{second['waveId']}")).status_code == 404


@pytest.mark.parametrize(("kind", "other"), [(CONTINUOUS, AFTER), (AFTER, CONTINUOUS)])
async def test_another_kind_of_schedule_adds_nobody_to_the_wave_of_the_former(
    survey: Running, kind: dict[str, Any], other: dict[str, Any]
) -> None:
    """Beside those who were asked in turn it could be read who of few that used a service answered."""
    world = await make(survey, north=60, south=60)
    it = await world.client("provider-manager", "it")
    programme = await made(it, world, kind, "laptops", "network")
    await used(world, "north-%", "network")
    await run_at(world, at(FIRST))
    changed = await it.patch(f"/v1/programmes/{programme}", json={"schedule": other}, headers=PATCH)
    assert changed.status_code == 200, changed.text
    await world.run("UPDATE programmes SET planned_at = :at, due_at = :at", at=at(date(2031, 3, 4)))
    await used(world, "south-%", "laptops")
    await run_at(world, at(date(2031, 3, 4)))
    first, second = await runs(it, programme)
    assert (second["code"], second["invited"] > 0, second["waveId"] != first["waveId"]) == (None, True, True)


@pytest.mark.parametrize(("moved", "now"), [(["network"], ["laptops"]), ([], ["laptops", "network"])])
async def test_uses_of_what_it_measures_now_are_asked_about_though_the_open_wave_has_it_not(
    survey: Running, moved: list[str], now: list[str]
) -> None:
    world = await make(survey, north=60, south=60)
    admin, it = await world.client(), await world.client("provider-manager", "it")
    programme = await made(it, world, AFTER, "network")
    await used(world, "north-%", "network")
    await run_at(world, at(FIRST))
    await to_hr(admin, *moved)
    named = {"serviceIds": [f"external:{each}" for each in now]}
    assert (await it.patch(f"/v1/programmes/{programme}", json=named, headers=PATCH)).status_code == 200
    await used(world, "south-%", "laptops")
    await run_at(world, at(date(2031, 3, 4)))
    assert [(run["invited"], run["code"]) for run in await runs(it, programme)] == [(60, None), (60, None)]


async def test_nobody_more_is_asked_in_turn_about_what_moved(survey: Running) -> None:
    world = await make(survey, north=60, south=400)
    admin, it = await world.client(), await world.client("provider-manager", "it")
    programme = await made(it, world, CONTINUOUS, "phones", "network")
    await run_at(world, at(FIRST))
    await to_hr(admin, "network")
    await run_at(world, at(date(2031, 3, 4)))
    asked = "SELECT i.service_ids FROM invitations i JOIN waves ON waves.id = wave_id ORDER BY waves.id, portion"
    rows = await world.rows(asked)
    before, after = await runs(it, programme)
    assert (before["invited"] > 4, after["code"], after["waveId"] != before["waveId"]) == (True, None, True)
    assert len(rows) == before["invited"] + after["invited"]
    assert {tuple(row.service_ids) for row in rows[before["invited"] :]} <= {(world.services["phones"],)}


async def test_who_gets_all_of_its_services_names_them_to_take_it_over(world: World) -> None:
    admin, it, hr = [await world.client(*who) for who in (
        ("admin",), ("provider-manager", "it"), ("provider-manager", "hr"))]  # fmt: skip
    where = f"/v1/programmes/{await made(it, world, QUARTERLY, 'network')}"
    await to_hr(admin, "network")
    named = (await hr.get(where)).json()["serviceIds"]
    assert (await hr.post(f"{where}/run")).json()["code"] == "noServicesLeft"
    assert (await hr.patch(where, json={"serviceIds": named}, headers=PATCH)).status_code == 200
    assert (await it.get(where)).status_code == 404
    assert (await hr.post(f"{where}/run")).status_code == 202


async def test_what_an_admin_made_goes_on_wherever_its_services_move(world: World) -> None:
    admin, it = await world.client(), await world.client("provider-manager", "it")
    programme = await made(admin, world, QUARTERLY, "laptops", "payroll")
    await to_hr(admin, "laptops")
    assert (await it.get(f"/v1/programmes/{programme}")).status_code == 404
    await run_at(world, at(FIRST))
    (wave,) = (await admin.get("/v1/waves")).json()["items"]
    assert len(wave["serviceIds"]) == 2


async def test_a_wave_that_is_added_to_asks_no_more_about_a_use_of_what_moved(world: World) -> None:
    admin, it = await world.client(), await world.client("provider-manager", "it")
    programme = await made(it, world, AFTER, "laptops", "network")
    await used(world, "north-%")
    await run_at(world, at(FIRST))
    await to_hr(admin, "network")
    await used(world, "south-%", "network")
    await run_at(world, at(date(2031, 3, 4)))
    assert [run["invited"] for run in await runs(it, programme)] == [12, 0]


@pytest.mark.parametrize("patch", [{"title": TITLE}, {"active": False}, {"reminders": [3]}])
async def test_a_change_looks_up_what_it_names_alone(world: World, patch: dict[str, Any]) -> None:
    admin, it = await world.client(), await world.client("provider-manager", "it")
    await admin.post("/v1/units", json={"externalId": "solo", "name": "solo", "parentId": "external:line"})
    audience = {"unitIds": ["external:solo", "external:north"]}
    where = f"/v1/programmes/{await made(it, world, QUARTERLY, 'laptops', audience=audience)}"
    assert (await admin.delete("/v1/units/external:solo", headers=ANY)).status_code == 204
    answer = await it.patch(where, json=patch, headers=PATCH)
    assert answer.status_code == 200, answer.text
    refused = await it.patch(where, json={"audience": audience}, headers=PATCH)
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/audience/unitIds/0"]
    assert (await it.patch(where, json={"audience": {"unitIds": ["external:north"]}}, headers=PATCH)).status_code == 200
