"""The requests of Microsoft Entra's provisioning service, as its documentation and its validator show them."""

from typing import Any

import pytest

from tests.fixtures.services import Running
from tests.survey import people
from tests.survey.imports.pushing import push
from tests.survey.scim import world
from tests.survey.scim.world import CORE, ENTERPRISE, Scim


def new_user(name: str, **more: Any) -> dict[str, Any]:
    """The default mappings: much that is not stored, and nulls for what is unset."""
    return {
        "schemas": [CORE, ENTERPRISE],
        "externalId": name.partition("@")[0],
        "userName": name,
        "active": True,
        "addresses": None,
        "displayName": "Lennon Jansen",
        "emails": [{"type": "work", "value": name, "primary": True}],
        "meta": {"resourceType": "User"},
        "name": {"formatted": "Lennon Jansen", "familyName": "Jansen", "givenName": "Lennon"},
        "phoneNumbers": [{"type": "mobile", "value": "0612345678"}],
        "preferredLanguage": "nl-NL",
        "roles": [],
        "title": None,
        ENTERPRISE: {"employeeNumber": "1023", "department": "Inkoop", "costCenter": None, "manager": None},
        **more,
    }


async def entra_user(scim: Scim, name: str, **more: Any) -> dict[str, Any]:
    found = await scim.found("Users", filter=f'userName eq "{name}"')
    assert found["totalResults"] == 0
    made: dict[str, Any] = await scim.send("POST", "/Users", new_user(name, **more), status=201)
    return made


async def test_connection_is_tested_with_a_user_nobody_has(survey: Running) -> None:
    scim = await world.made(survey)
    found = await scim.found("Users", filter='userName eq "6f9a0c86-7e0c-4d1a-bf3c-1c1d2d1d6a7a"')
    assert found["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:ListResponse"]
    assert found["totalResults"] == 0
    assert found["Resources"] == []


async def test_user_is_looked_up_made_and_found_in_any_case(survey: Running) -> None:
    scim = await world.made(survey)
    made = await entra_user(scim, "Lennon.Jansen@rivierenmark.example")
    shown = await scim.get(f"/Users/{made['id']}")
    assert shown == made
    assert shown["externalId"] == "Lennon.Jansen"
    assert shown["displayName"] == "Lennon Jansen"
    assert shown["preferredLanguage"] == "nl-NL"
    assert shown[ENTERPRISE] == {"employeeNumber": "1023", "department": "Inkoop"}
    assert "title" not in shown
    assert "phoneNumbers" not in shown
    found = await scim.found("Users", filter='userName eq "LENNON.jansen@Rivierenmark.example"')
    assert [user["id"] for user in found["Resources"]] == [made["id"]]
    found = await scim.found("Users", filter='externalId eq "Lennon.Jansen"')
    assert found["totalResults"] == 1
    employee = await scim.employee(made)
    assert employee["email"] == "Lennon.Jansen@rivierenmark.example"
    assert (employee["givenName"], employee["familyName"], employee["language"]) == ("Lennon", "Jansen", "nl-NL")
    assert employee["attributes"] == {"department": "Inkoop"}


async def test_second_user_of_that_name_is_a_conflict(survey: Running) -> None:
    scim = await world.made(survey)
    await entra_user(scim, "a@rivierenmark.example")
    error = await scim.send("POST", "/Users", new_user("A@rivierenmark.example"), status=409)
    assert error["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]
    assert error["status"] == "409"
    assert error["scimType"] == "uniqueness"


async def test_operations_are_in_capitals_and_active_is_text(survey: Running) -> None:
    scim = await world.made(survey)
    user = await entra_user(scim, "a@rivierenmark.example")
    path = f"/Users/{user['id']}"
    changed = await scim.patch(path, {"op": "Replace", "path": "active", "value": "False"})
    assert changed["active"] is False
    assert (await scim.get(path))["active"] is False
    assert (await scim.employee(user))["active"] is False
    changed = await scim.patch(path, {"op": "REPLACE", "path": "active", "value": "True"})
    assert changed["active"] is True


async def test_disabled_user_stays_findable_and_comes_back(survey: Running) -> None:
    scim = await world.made(survey)
    user = await entra_user(scim, "a@rivierenmark.example")
    await scim.patch(f"/Users/{user['id']}", {"op": "Replace", "value": {"active": "False"}})
    found = await scim.found("Users", filter='userName eq "a@rivierenmark.example"')
    assert [(each["id"], each["active"]) for each in found["Resources"]] == [(user["id"], False)]
    await scim.patch(f"/Users/{user['id']}", {"op": "Replace", "value": {"active": "True"}})
    assert (await scim.employee(user))["active"] is True


async def test_operations_without_path_have_dotted_and_urn_keys(survey: Running) -> None:
    scim = await world.made(survey)
    user = await entra_user(scim, "a@rivierenmark.example")
    changed = await scim.patch(f"/Users/{user['id']}", {
        "op": "replace",
        "value": {
            "displayName": "Bo Kok", "name.givenName": "Bo", "name.familyName": "Kok",
            'emails[type eq "work"].value': "bo@rivierenmark.example",
            f"{ENTERPRISE}:employeeNumber": "77", f"{ENTERPRISE}:costCenter": "K1",
        },
    })  # fmt: skip
    assert changed["name"] == {"givenName": "Bo", "familyName": "Kok"}
    assert changed["displayName"] == "Bo Kok"
    assert changed["emails"][0]["value"] == "bo@rivierenmark.example"
    assert changed[ENTERPRISE] == {"employeeNumber": "77", "costCenter": "K1", "department": "Inkoop"}


async def test_mail_is_added_where_there_is_none_yet(survey: Running) -> None:
    scim = await world.made(survey)
    user = await entra_user(scim, "a@rivierenmark.example", emails=None)
    assert "emails" not in user
    operation = {"op": "Add", "path": 'emails[type eq "work"].value', "value": "new@rivierenmark.example"}
    changed = await scim.patch(f"/Users/{user['id']}", operation)
    assert changed["emails"] == [{"value": "new@rivierenmark.example", "type": "work", "primary": True}]
    assert (await scim.employee(user))["email"] == "new@rivierenmark.example"


async def test_manager_is_an_id_a_reference_or_a_list_of_one(survey: Running) -> None:
    scim = await world.made(survey)
    user, boss = await entra_user(scim, "a@rivierenmark.example"), await entra_user(scim, "b@rivierenmark.example")
    path, url = f"/Users/{user['id']}", boss["meta"]["location"]
    spellings: list[Any] = [
        boss["id"], {"value": boss["id"]}, {"$ref": url}, [{"value": boss["id"]}], url, f"../Users/{boss['id']}",
        [{"$ref": f"../Users/{boss['id']}", "value": boss["id"], "displayName": "Bo"}], [boss["id"]],
    ]  # fmt: skip
    for spelling in spellings:
        for operation in (
            {"op": "Add", "path": f"{ENTERPRISE}:manager", "value": spelling},
            {"op": "Replace", "value": {f"{ENTERPRISE}:manager": spelling}},
            {"op": "Replace", "value": {ENTERPRISE: {"manager": spelling}}},
            {"op": "Add", "path": ENTERPRISE, "value": {"manager": spelling}},
        ):
            changed = await scim.patch(path, operation)
            assert changed[ENTERPRISE]["manager"] == {"value": boss["id"], "$ref": url}, operation
            assert (await scim.employee(user))["managerId"] == boss["id"]
            await scim.patch(path, {"op": "Remove", "path": f"{ENTERPRISE}:manager"})
            assert (await scim.employee(user))["managerId"] is None
    made = await entra_user(scim, "c@rivierenmark.example", **{ENTERPRISE: {"manager": boss["id"]}})
    assert made[ENTERPRISE]["manager"]["value"] == boss["id"]


async def test_manager_is_taken_away_in_each_way(survey: Running) -> None:
    scim = await world.made(survey)
    user, boss = await entra_user(scim, "a@rivierenmark.example"), await entra_user(scim, "b@rivierenmark.example")
    path, manager = f"/Users/{user['id']}", f"{ENTERPRISE}:manager"
    for operation in (
        {"op": "Remove", "path": manager}, {"op": "Replace", "path": manager, "value": None},
        {"op": "Replace", "path": manager, "value": ""}, {"op": "Add", "path": manager, "value": None},
        {"op": "Replace", "value": {manager: None}}, {"op": "Remove", "path": manager, "value": boss["id"]},
    ):  # fmt: skip
        await scim.patch(path, {"op": "Add", "path": manager, "value": boss["id"]})
        changed = await scim.patch(path, operation)
        assert "manager" not in changed[ENTERPRISE], operation


async def test_nulls_unset(survey: Running) -> None:
    scim = await world.made(survey)
    user = await entra_user(scim, "a@rivierenmark.example")
    changed = await scim.patch(
        f"/Users/{user['id']}",
        {"op": "Replace", "path": f"{ENTERPRISE}:employeeNumber", "value": None},
        {"op": "Add", "path": "preferredLanguage", "value": None},
        {"op": "Replace", "value": {"displayName": None}},
    )
    assert changed[ENTERPRISE] == {"department": "Inkoop"}
    assert "preferredLanguage" not in changed
    assert "displayName" not in changed
    assert (await scim.employee(user))["language"] is None


async def test_deleted_user_is_gone_and_can_be_made_anew(survey: Running) -> None:
    scim = await world.made(survey)
    user = await entra_user(scim, "a@rivierenmark.example")
    await scim.send("DELETE", f"/Users/{user['id']}", status=204)
    for method, body in (("GET", None), ("PUT", new_user("a@rivierenmark.example")), ("DELETE", None)):
        error = await scim.send(method, f"/Users/{user['id']}", body, status=404)
        assert error["status"] == "404"
    employee = await scim.employee(user)
    assert employee["active"] is False
    again = await entra_user(scim, "a@rivierenmark.example")
    assert again["id"] != user["id"]
    assert again["externalId"] == "a"


async def test_employee_of_the_hr_system_is_found_by_the_address(survey: Running) -> None:
    scim = await world.made(survey)
    employee = await scim.made.employee("E1", "OE", email="Ada@rivierenmark.example")
    found = await scim.found("Users", filter='userName eq "ada@rivierenmark.example"')
    assert [each["id"] for each in found["Resources"]] == [employee["id"]]
    changed = await scim.patch(
        f"/Users/{employee['id']}", {"op": "Replace", "path": "userName", "value": "ada.bos@rivierenmark.example"}
    )
    assert changed["userName"] == "ada.bos@rivierenmark.example"
    assert changed["emails"][0]["value"] == "Ada@rivierenmark.example"
    assert changed["externalId"] == "E1"


@pytest.mark.parametrize("by_file", [False, True])
async def test_who_left_is_not_found_by_an_address_that_another_has_now(survey: Running, by_file: bool) -> None:
    """A rehire with a new number and the old address: two would be found, and the identity system takes the first."""
    scim = await world.made(survey)
    left = await scim.made.employee("E1", "OE", email="ada@rivierenmark.example", active=False)
    if by_file:
        rows = "E1,A,B,OE,ada@rivierenmark.example,false\nE2,A,B,OE,Ada@rivierenmark.example,true\n"
        await push(scim.made, f"externalId,givenName,familyName,unitExternalId,email,active\n{rows}", "employees")
    else:
        await scim.made.employee("E2", "OE", email="Ada@rivierenmark.example")
    found = await scim.found("Users", filter='userName eq "ada@rivierenmark.example"')
    assert [each["externalId"] for each in found["Resources"]] == ["E2"]
    assert (await scim.get(f"/Users/{left['id']}"))["userName"] == left["id"]


async def test_who_comes_back_by_file_does_not_bring_the_address_of_a_user(survey: Running) -> None:
    """They were deleted by SCIM, which then made another user of their userName."""
    scim = await world.made(survey)
    employee = await scim.made.employee("K1", "OE", email="k@rivierenmark.example")
    await scim.send("DELETE", f"/Users/{employee['id']}", status=204)
    user = await scim.send("POST", "/Users", {"schemas": [CORE], "userName": "k@rivierenmark.example"}, status=201)
    row = "K1,A,B,OE,k@rivierenmark.example,true\n"
    pushed = await push(scim.made, f"externalId,givenName,familyName,unitExternalId,email,active\n{row}", "employees")
    assert pushed.counts == {"read": 1, "refused": 1}
    found = await scim.found("Users", filter='userName eq "k@rivierenmark.example"')
    assert [each["id"] for each in found["Resources"]] == [user["id"]]


async def test_user_comes_before_there_is_any_unit(survey: Running) -> None:
    made = await people.make(survey)
    scim = Scim(made, await made.key("integrator"))
    user = await entra_user(scim, "a@rivierenmark.example")
    assert user["groups"][0]["display"] == "Gemeente Rivierenmark"
    assert [event["name"] for event in await made.events("unit.changed")] == ["Gemeente Rivierenmark"]
