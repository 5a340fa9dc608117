"""PATCH by every form of a path (RFC 7644, 3.5.2), and as a whole or not at all."""

import asyncio
from typing import Any

import pytest

from tests.fixtures.services import Running
from tests.survey.scim import world
from tests.survey.scim.world import CORE, DECLARED, ENTERPRISE, GROUP

MAIL = [{"type": "work", "value": "ada@rivierenmark.example", "primary": True}]
FORMS: list[tuple[dict[str, Any], list[str], Any]] = [
    ({"op": "replace", "path": "displayName", "value": "B"}, ["displayName"], "B"),
    ({"op": "add", "path": "displayname", "value": "B"}, ["displayName"], "B"),
    ({"op": "replace", "path": f"{CORE}:displayName", "value": "B"}, ["displayName"], "B"),
    ({"op": "remove", "path": "displayName"}, ["displayName"], None),
    ({"op": "replace", "path": "name.familyName", "value": "Kok"}, ["name", "familyName"], "Kok"),
    ({"op": "replace", "path": f"{CORE}:name.familyName", "value": "Kok"}, ["name", "familyName"], "Kok"),
    ({"op": "replace", "path": "name", "value": {"familyName": "Kok"}}, ["name"],
     {"givenName": "Ada", "familyName": "Kok"}),
    ({"op": "replace", "value": {"name": {"familyName": "Kok"}}}, ["name", "givenName"], "Ada"),
    ({"op": "replace", "path": "emails", "value": [{"type": "work", "value": "b@x.example"}]}, ["emails"],
     [{"type": "work", "value": "b@x.example", "primary": True}]),
    ({"op": "replace", "path": 'emails[type eq "work"]', "value": {"value": "b@x.example"}}, ["emails"],
     [{"type": "work", "value": "b@x.example", "primary": True}]),
    ({"op": "replace", "path": 'emails[type eq "work"].value', "value": "b@x.example"}, ["emails"],
     [{"type": "work", "value": "b@x.example", "primary": True}]),
    ({"op": "replace", "path": 'emails[type eq "work" and primary eq true].value', "value": "b@x.example"}, ["emails"],
     [{"type": "work", "value": "b@x.example", "primary": True}]),
    ({"op": "replace", "path": 'emails[value ew "RIVIERENMARK.example"].value', "value": "b@x.example"}, ["emails"],
     [{"type": "work", "value": "b@x.example", "primary": True}]),
    ({"op": "remove", "path": 'emails[type eq "work"]'}, ["emails"], None),
    ({"op": "remove", "path": "emails"}, ["emails"], None),
    ({"op": "replace", "path": f"{ENTERPRISE}:division", "value": "D"}, [ENTERPRISE, "division"], "D"),
    ({"op": "remove", "path": f"{ENTERPRISE}:division"}, [ENTERPRISE], None),
    ({"op": "replace", "path": ENTERPRISE, "value": {"costCenter": "K"}}, [ENTERPRISE],
     {"division": "Zuid", "costCenter": "K"}),
    ({"op": "replace", "value": {ENTERPRISE: {"costCenter": "K"}}}, [ENTERPRISE, "costCenter"], "K"),
    ({"op": "replace", "value": {f"{ENTERPRISE}:costCenter": "K"}}, [ENTERPRISE, "costCenter"], "K"),
    ({"op": "remove", "path": ENTERPRISE}, [ENTERPRISE], None),
    ({"op": "replace", "path": f"{DECLARED}:location", "value": "Werf"}, [DECLARED], {"location": "Werf"}),
    ({"op": "add", "path": f"{DECLARED}:role_family", "value": "Beleid"}, [DECLARED, "role_family"], "Beleid"),
    ({"op": "remove", "path": f"{DECLARED}:location"}, [DECLARED], None),
    ({"op": "replace", "value": {"nickName": "Ad", "displayName": "B"}}, ["displayName"], "B"),
    ({"op": "replace", "path": "nickName", "value": "Ad"}, ["nickName"], None),
    ({"op": "remove", "path": "active"}, ["active"], True),
    ({"op": "remove", "path": "name.givenName"}, ["name", "givenName"], "Ada"),
]  # fmt: skip


@pytest.mark.parametrize(("operation", "where", "value"), FORMS, ids=[str(form[0])[:70] for form in FORMS])
async def test_every_form_of_a_path(survey: Running, operation: dict[str, Any], where: list[str], value: Any) -> None:
    scim = await world.made(survey)
    user = await scim.user("ada", displayName="Ada Bos", emails=MAIL, **{
        ENTERPRISE: {"division": "Zuid"}, DECLARED: {"location": "Stadhuis"},
    })  # fmt: skip
    changed = await scim.patch(f"/Users/{user['id']}", operation)
    shown = await scim.get(f"/Users/{user['id']}")
    for found in (changed, shown):
        for key in where:
            found = (found or {}).get(key)
        assert found == value


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"op": "replace", "path": "groups", "value": []}, "mutability"),
    ({"op": "replace", "path": "id", "value": "x"}, "mutability"),
    ({"op": "replace", "path": "emails[", "value": "x"}, "invalidPath"),
    ({"op": "replace", "path": 'emails[type xx "work"]', "value": "x"}, "invalidPath"),
    ({"op": "replace", "path": 'emails[value co "nobody"].value', "value": "x@x.example"}, "noTarget"),
    ({"op": "remove"}, "noTarget"),
    ({"op": "change", "path": "displayName", "value": "x"}, "invalidValue"),
    ({"op": "remove", "path": "userName"}, "mutability"),
    ({"op": "replace", "path": "userName", "value": ""}, "invalidValue"),
    ({"op": "replace", "path": "active", "value": "perhaps"}, "invalidValue"),
    ({"op": "replace", "path": 'emails[type eq "work"].value', "value": "no address"}, "invalidValue"),
    ({"op": "replace", "path": f"{ENTERPRISE}:manager", "value": "nobody"}, "invalidValue"),
    ({"op": "replace", "path": "name.familyName", "value": "x" * 201}, "invalidValue"),
    ({"op": "replace", "path": "preferredLanguage", "value": "x\0"}, "invalidValue"),
    ({"op": "replace", "path": "externalId", "value": "x\0"}, "invalidValue"),
]


@pytest.mark.parametrize(("operation", "kind"), REFUSED, ids=[str(form[0])[:70] for form in REFUSED])
async def test_patch_is_atomic(survey: Running, operation: dict[str, Any], kind: str) -> None:
    scim = await world.made(survey)
    user = await scim.user("ada", emails=MAIL)
    good = {"op": "replace", "path": "displayName", "value": "Changed"}
    error = await scim.patch(f"/Users/{user['id']}", good, operation, good, status=400)
    assert error["scimType"] == kind
    assert error["status"] == "400"
    assert await scim.get(f"/Users/{user['id']}") == user


async def test_a_member_that_is_not_there_leaves_a_group_as_it_was(survey: Running) -> None:
    scim = await world.made(survey)
    user = await scim.user("ada")
    group = await scim.group("Inkoop")
    path = f"/Groups/{group['id']}"
    for stranger in ("nobody", "3f0ab1a0-0000-4000-8000-000000000000", group["id"]):
        error = await scim.patch(
            path,
            {"op": "replace", "path": "displayName", "value": "Changed"},
            {"op": "add", "path": "members", "value": [{"value": user["id"]}, {"value": stranger}]},
            status=400,
        )
        assert stranger in error["detail"]
    assert await scim.get(path) == group


async def test_a_patch_that_changes_nothing_keeps_the_version(survey: Running) -> None:
    scim = await world.made(survey)
    user = await scim.user("ada", displayName="Ada")
    same = await scim.patch(f"/Users/{user['id']}", {"op": "replace", "path": "displayName", "value": "Ada"})
    assert same["meta"] == user["meta"]


@pytest.mark.parametrize("groups", ["units", "roles"])
async def test_every_form_of_members(survey: Running, groups: str) -> None:
    scim = await world.made(survey, scimGroups=groups)
    users = [await scim.user(name) for name in "abcd"]
    a, b, c, d = (user["id"] for user in users)
    group = await scim.group("Inkoop", *users[:2])
    one, both = {"value": c}, [{"value": c}, {"value": d}]
    forms: list[tuple[dict[str, Any], set[str]]] = [
        ({"op": "add", "path": "members", "value": one}, {a, b, c}),
        ({"op": "add", "path": "members", "value": both}, {a, b, c, d}),
        ({"op": "add", "path": f"{GROUP}:members", "value": both}, {a, b, c, d}),
        ({"op": "add", "value": {"members": both}}, {a, b, c, d}),
        ({"op": "add", "path": "members", "value": [{"value": a}, *both]}, {a, b, c, d}),
        ({"op": "replace", "path": "members", "value": both}, {c, d}),
        ({"op": "replace", "value": {"members": both, "displayName": "Inkoop"}}, {c, d}),
        ({"op": "replace", "path": "members", "value": []}, set()),
        ({"op": "remove", "path": "members"}, set()),
        ({"op": "remove", "path": "members", "value": [{"value": a}]}, {b}),
        ({"op": "remove", "path": "members", "value": {"value": a}}, {b}),
        ({"op": "remove", "path": "members", "value": [{"value": d}]}, {a, b}),
        ({"op": "remove", "path": f'members[value eq "{a}"]'}, {b}),
        ({"op": "remove", "path": f'members[value eq "{a}" or value eq "{b}"]'}, set()),
        ({"op": "remove", "path": f'members[value ne "{a}"]'}, {a}),
        ({"op": "remove", "path": f'members[type eq "User" and value eq "{a}"]'}, {b}),
    ]
    for operation, expected in forms:
        everyone = [{"value": each} for each in (a, b)]
        await scim.patch(f"/Groups/{group['id']}", {"op": "replace", "path": "members", "value": everyone}, status=204)
        assert await scim.members(group) == {a, b}
        await scim.patch(f"/Groups/{group['id']}", operation, status=204)
        assert await scim.members(group) == expected, operation


async def test_those_whose_manager_was_deleted_wait_for_nobody(survey: Running) -> None:
    """SCIM shows them no manager, and a change of something else is none of theirs."""
    scim = await world.made(survey)
    manager = await scim.user("manager@x.example")
    more = {"schemas": [CORE, ENTERPRISE], ENTERPRISE: {"manager": {"value": manager["id"]}}}
    team = [await scim.user(f"e{number}@x.example", **more) for number in range(6)]
    await scim.send("DELETE", f"/Users/{manager['id']}", status=204)
    renamed = {"op": "replace", "path": f"{ENTERPRISE}:department", "value": "New"}
    await asyncio.gather(*(scim.patch(f"/Users/{each['id']}", renamed) for each in team))
    assert {(await scim.employee(each))["managerId"] for each in team} == {manager["id"]}
