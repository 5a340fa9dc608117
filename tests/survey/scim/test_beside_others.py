"""Beside files and `/v1/employees`: who was deleted and comes back, whose name is whose, and who waits for whom."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from services.survey.organisation import queries
from services.survey.organisation import service as organisations
from services.survey.organisation.models import Employee
from tests.fixtures.services import Running
from tests.survey.imports.pushing import push
from tests.survey.imports.test_meanwhile import WAITING
from tests.survey.scim import world
from tests.survey.scim.world import CORE, DECLARED, ENTERPRISE

FILE = "externalId,givenName,familyName,unitExternalId,email\nE1,Ada,Bos,OE,a@x.example\n"
PATCH = {"If-Match": "*", "Content-Type": "application/merge-patch+json"}
DISABLED = {"op": "replace", "path": "active", "value": False}


@pytest.mark.parametrize("way", ["file", "v1"])
async def test_who_was_deleted_and_is_active_again_can_be_disabled_and_found(survey: Running, way: str) -> None:
    scim = await world.made(survey)
    user = await scim.user("a@x.example", externalId="E1", emails=[{"type": "work", "value": "a@x.example"}])
    await scim.send("DELETE", f"/Users/{user['id']}", status=204)
    await scim.get(f"/Users/{user['id']}", status=404)
    if way == "file":
        assert (await push(scim.made, FILE, "employees", mode="snapshot")).status == "done"
    else:
        answer = await scim.made.admin.patch(f"/v1/employees/{user['id']}", json={"active": True}, headers=PATCH)
        assert answer.status_code == 200
    shown = await scim.patch(f"/Users/{user['id']}", DISABLED)
    assert shown["active"] is False
    assert (await scim.employee(user))["active"] is False
    assert await scim.names('userName eq "a@x.example"') == ["a@x.example"]


async def test_an_address_that_is_the_user_name_of_another_is_refused(survey: Running) -> None:
    scim = await world.made(survey)
    await scim.user("z@x.example")
    body: dict[str, Any] = {"givenName": "Zoë", "familyName": "Bos", "unitId": "external:OE", "email": "Z@x.example"}
    refused = await scim.made.admin.post("/v1/employees", json=body)
    assert (refused.status_code, refused.json()["code"]) == (409, "emailTaken")
    made = (await scim.made.admin.post("/v1/employees", json={**body, "email": "y@x.example"})).json()
    refused = await scim.made.admin.patch(f"/v1/employees/{made['id']}", json={"email": "z@x.example"}, headers=PATCH)
    assert (refused.status_code, refused.json()["code"]) == (409, "emailTaken")
    assert await scim.names('userName eq "z@x.example"') == ["z@x.example"]


@pytest.mark.parametrize(("way", "shown"), [("v1", "E1"), ("file", "a@x.example")])
async def test_a_name_that_somebody_else_has_by_now_is_not_taken_back(survey: Running, way: str, shown: str) -> None:
    scim = await world.made(survey)
    first = await scim.user("z@x.example", externalId="E1")
    await scim.send("DELETE", f"/Users/{first['id']}", status=204)
    body = {"givenName": "Zoë", "familyName": "Bos", "unitId": "external:OE", "email": "z@x.example"}
    second = (await scim.made.admin.post("/v1/employees", json=body)).json()
    if way == "file":
        assert (await push(scim.made, FILE, "employees", mode="merge")).status == "done"
    answer = await scim.made.admin.patch(f"/v1/employees/{first['id']}", json={"active": True}, headers=PATCH)
    assert answer.status_code == 200
    listed = await scim.found("Users", filter='userName eq "z@x.example"')
    assert [user["id"] for user in listed["Resources"]] == [second["id"]]
    assert (await scim.get(f"/Users/{first['id']}"))["userName"] == shown
    assert (await scim.patch(f"/Users/{second['id']}", DISABLED))["active"] is False


@pytest.mark.parametrize("by", ["v1", "scim"])
async def test_who_is_known_by_an_address_keeps_it_when_a_file_brings_them_back(survey: Running, by: str) -> None:
    """Beside a namesake who left, with the same address."""
    scim = await world.made(survey)
    address = {"externalId": "E1", "email": "a@x.example"}
    if by == "scim":
        known = await scim.user("a@x.example", externalId="E1", emails=[{"type": "work", "value": "a@x.example"}])
    else:
        person = {"givenName": "Ada", "familyName": "Bos", "unitId": "external:OE", **address}
        known = (await scim.made.admin.post("/v1/employees", json=person)).json()
    await scim.send("DELETE", f"/Users/{known['id']}", status=204)
    namesake = FILE + "E0,Ada,Bos,OE,a@x.example\n"
    rows = "".join(
        f"{row},{active}\n" for row, active in zip(namesake.split(), ("active", "true", "false"), strict=True)
    )
    assert (await push(scim.made, rows, "employees", mode="merge")).status == "done"
    listed = await scim.found("Users", filter='userName eq "a@x.example"')
    assert [user["id"] for user in listed["Resources"]] == [known["id"]]


async def test_a_file_that_names_who_left_leaves_their_name(survey: Running) -> None:
    """By which they are found when they are made again: who asked not to be asked still is not."""
    scim = await world.made(survey)
    first = await scim.user("z@x.example", externalId="E1")
    answer = await scim.made.admin.patch(f"/v1/employees/{first['id']}", json={"optedOut": True}, headers=PATCH)
    assert answer.status_code == 200
    await scim.send("DELETE", f"/Users/{first['id']}", status=204)
    second = await scim.made.admin.post(
        "/v1/employees", json={"givenName": "Zoë", "familyName": "Bos", "unitId": "external:OE", "email": "z@x.example"}
    )
    left = FILE.replace("email\n", "active\n").replace("a@x.example", "false")
    assert (await push(scim.made, left, "employees", mode="merge")).status == "done"
    gone = await scim.made.admin.delete(f"/v1/employees/{second.json()['id']}", headers={"If-Match": "*"})
    assert gone.status_code == 204
    assert (await scim.employee(await scim.user("z@x.example")))["optedOut"] is True


async def test_who_is_shown_by_an_address_that_is_the_name_of_another_can_be_disabled_and_enabled(
    survey: Running,
) -> None:
    """Two who come at once may leave it so. Who is changed is known by the id from then on."""
    scim = await world.made(survey)
    user = await scim.user("q@x.example")
    body = {"givenName": "Zoë", "familyName": "Bos", "unitId": "external:OE", "email": "z@x.example"}
    known = (await scim.made.admin.post("/v1/employees", json=body)).json()
    async with survey.database.transaction(scim.made.id) as session:
        await session.execute(update(Employee).where(Employee.id == UUID(user["id"])).values(user_name="z@x.example"))
    for active in (False, True, False):
        shown = await scim.patch(f"/Users/{known['id']}", {**DISABLED, "value": active})
        assert (shown["active"], shown["userName"]) == (active, known["id"])
    for active in (False, True):
        shown = await scim.patch(f"/Users/{user['id']}", {**DISABLED, "value": active})
        assert shown["userName"] == "z@x.example"


async def test_what_is_declared_no_more_after_a_wait_is_not_stored(survey: Running) -> None:
    scim = await world.made(survey)
    user = await scim.user("u@x.example", schemas=[CORE, DECLARED], **{DECLARED: {"location": "A"}})
    new = {"schemas": [CORE, DECLARED], "userName": "n@x.example", DECLARED: {"location": "A"}}
    async with survey.database.transaction(scim.made.id) as session:
        await organisations.own(session, lock=True)
        moved = {"op": "replace", "path": f"{DECLARED}:location", "value": "B"}
        waiting = [
            asyncio.create_task(scim.patch(f"/Users/{user['id']}", moved)),
            asyncio.create_task(scim.send("POST", "/Users", new, status=201)),
        ]
        await _until_they_wait(survey, 2)
        await organisations.change(session, "*", {"attributes": [{"key": "department", "name": {"nl": "Afdeling"}}]})
    for shown in await asyncio.gather(*waiting):
        assert DECLARED not in shown
        assert (await scim.employee(shown))["attributes"] == {}


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "remove", "path": ENTERPRISE},
        {"op": "replace", "path": "schemas", "value": [CORE]},
        {"op": "replace", "path": f"{CORE}:schemas", "value": [CORE]},
        {"op": "remove", "path": f'schemas[value eq "{ENTERPRISE}"]'},
    ],
)
async def test_managers_go_with_the_extension_of_many_at_once(survey: Running, operation: dict[str, Any]) -> None:
    scim = await world.made(survey)
    manager = await scim.user("m@x.example")
    more = {"schemas": [CORE, ENTERPRISE], ENTERPRISE: {"manager": {"value": manager["id"]}}}
    team = [await scim.user(f"e{number}@x.example", **more) for number in range(6)]
    await asyncio.gather(*(scim.patch(f"/Users/{user['id']}", operation) for user in team))
    assert [(await scim.employee(user))["managerId"] for user in team] == [None] * 6


async def test_who_changes_people_one_by_one_does_not_overtake_who_changes_many(survey: Running) -> None:
    made, order = (await world.made(survey)).made, list[str]()

    async def one(name: str) -> None:
        async with survey.database.transaction(made.id) as session:
            await queries.wait_for_files(session)
            order.append(name)

    async def many() -> None:
        async with survey.database.transaction(made.id) as session:
            await queries.organisation(session, lock=True)
            order.append("many")

    async with survey.database.transaction(made.id) as session:
        await queries.wait_for_files(session)
        await one("beside")
        waiting = [asyncio.create_task(many())]
        await _until_they_wait(survey, 1)
        waiting.append(asyncio.create_task(one("after")))
        await _until_they_wait(survey, 2)
    await asyncio.gather(*waiting)
    assert order == ["beside", "many", "after"]


async def _until_they_wait(survey: Running, how_many: int) -> None:
    async with asyncio.timeout(20):
        while (await survey.database.call(WAITING))[0] < how_many:  # noqa: ASYNC110  # only looking tells
            await asyncio.sleep(0.01)
