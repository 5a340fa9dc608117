"""ETags: who changes what somebody else changed meanwhile is told, and changes at once are not lost."""

import asyncio

import pytest

from tests.fixtures.services import Running
from tests.survey.scim import world
from tests.survey.scim.world import CORE, DECLARED, ENTERPRISE, GROUP, PATCH_OP


async def test_versions_guard_changes(survey: Running) -> None:
    scim = await world.made(survey)
    user = await scim.user("ada")
    group = await scim.group("Inkoop")
    for path, of, body in (
        (f"/Users/{user['id']}", user, {"schemas": [CORE], "userName": "bo"}),
        (f"/Groups/{group['id']}", group, {"schemas": [GROUP], "displayName": "Anders"}),
    ):
        version = of["meta"]["version"]
        assert version.startswith('W/"')
        await scim.send("GET", path, status=304, If_None_Match=version)
        await scim.send("PUT", path, body, status=412, If_Match='W/"0"')
        await scim.patch(path, {"op": "replace", "path": "externalId", "value": "x"}, status=412, If_Match='W/"0"')
        changed = await scim.send("PUT", path, body, status=200, If_Match=version)
        assert changed["meta"]["version"] != version
        await scim.send("GET", path, status=200, If_None_Match=version)
        error = await scim.send("DELETE", path, status=412, If_Match=version)
        assert error["status"] == "412"
        await scim.send("DELETE", path, status=204, If_Match=changed["meta"]["version"])


@pytest.mark.parametrize("groups", ["units", "roles"])
async def test_a_group_has_another_version_when_members_come_or_go(survey: Running, groups: str) -> None:
    scim = await world.made(survey, scimGroups=groups)
    users = [await scim.user(name) for name in "ab"]
    group = await scim.group("Inkoop", users[0])
    path, versions = f"/Groups/{group['id']}", [group["meta"]["version"]]
    for operation in (
        {"op": "add", "path": "members", "value": [{"value": users[1]["id"]}]},
        {"op": "remove", "path": f'members[value eq "{users[0]["id"]}"]'},
        {"op": "replace", "path": "members", "value": [{"value": users[0]["id"]}]},
        {"op": "replace", "path": "displayName", "value": "Anders"},
    ):
        await scim.patch(path, operation, status=204, If_Match=versions[-1])
        versions.append((await scim.get(path))["meta"]["version"])
    assert len(set(versions)) == len(versions)
    assert (await scim.get(f"{path}?excludedAttributes=members"))["meta"]["version"] == versions[-1]


@pytest.mark.parametrize("groups", ["units", "roles"])
async def test_a_user_has_another_version_when_groups_come_go_or_are_renamed(survey: Running, groups: str) -> None:
    scim = await world.made(survey, scimGroups=groups)
    user, group = await scim.user("ada"), await scim.group("Inkoop")
    versions = [user["meta"]["version"]]
    for operation in (
        {"op": "add", "path": "members", "value": [{"value": user["id"]}]},
        {"op": "replace", "path": "displayName", "value": "Anders"},
        {"op": "remove", "path": f'members[value eq "{user["id"]}"]'},
    ):
        await scim.patch(f"/Groups/{group['id']}", operation, status=204)
        await scim.send("GET", f"/Users/{user['id']}", status=200, If_None_Match=versions[-1])
        versions.append((await scim.get(f"/Users/{user['id']}"))["meta"]["version"])
        await scim.send("GET", f"/Users/{user['id']}", status=304, If_None_Match=versions[-1])
    await scim.patch(f"/Users/{user['id']}", {"op": "replace", "path": "displayName", "value": "A"},
                     If_Match=versions[-1])  # fmt: skip


async def test_what_is_not_stored_changes_no_version(survey: Running) -> None:
    scim = await world.made(survey)
    boss = await scim.user("bo")
    more = {"displayName": "Ada", "preferredLanguage": "nl-NL", "externalId": "E1", ENTERPRISE: {
        "department": "Inkoop", "manager": {"value": boss["id"]}}, DECLARED: {"location": "Stadhuis"}}  # fmt: skip
    user = await scim.user("ada", emails=[{"type": "work", "value": "ada@x.example"}], **more)
    path, version = f"/Users/{user['id']}", user["meta"]["version"]
    for operation in (
        {"op": "add", "path": 'emails[type eq "other"].value', "value": "ada@home.example"},
        {"op": "add", "path": "nickName", "value": "Ad"},
        {"op": "replace", "path": "displayName", "value": "Ada"},
        {"op": "remove", "path": f"{DECLARED}:role_family"},
    ):
        assert (await scim.patch(path, operation))["meta"]["version"] == version, operation
    for operation in (
        {"op": "remove", "path": f"{DECLARED}:location"},
        {"op": "remove", "path": f"{ENTERPRISE}:manager"},
        {"op": "replace", "path": "displayName", "value": "A"},
    ):
        before, version = version, (await scim.patch(path, operation))["meta"]["version"]
        assert version != before, operation


async def test_of_many_at_once_with_one_version_one_wins(survey: Running) -> None:
    scim = await world.made(survey)
    user = await scim.user("ada")
    version = user["meta"]["version"]

    async def rename(to: str) -> int:
        body = {"schemas": [PATCH_OP], "Operations": [{"op": "replace", "path": "displayName", "value": to}]}
        answer = await scim.client.patch(f"/scim/v2/Users/{user['id']}", json=body, headers={"If-Match": version})
        return answer.status_code

    assert sorted(await asyncio.gather(*(rename(str(number)) for number in range(6)))) == [200] + [412] * 5


async def test_changes_at_once_are_not_lost(survey: Running) -> None:
    scim = await world.made(survey)
    users = [await scim.user(f"user{number}") for number in range(8)]
    group = await scim.group("Inkoop")
    await asyncio.gather(*(
        scim.patch(f"/Groups/{group['id']}", {"op": "add", "path": "members", "value": [{"value": user["id"]}]},
                   status=204) for user in users
    ))  # fmt: skip
    assert await scim.members(group) == {user["id"] for user in users}
    created = await asyncio.gather(*(
        scim.client.post("/scim/v2/Users", json={"schemas": [CORE], "userName": "Twice"}) for _ in range(5)
    ))  # fmt: skip
    assert sorted(answer.status_code for answer in created) == [201] + [409] * 4
    assert {answer.json().get("scimType") for answer in created if answer.status_code == 409} == {"uniqueness"}


async def test_who_changes_a_name_does_not_undo_a_manager_set_at_once(survey: Running) -> None:
    """Who waits for the other's lock looks at the manager only after it."""
    scim = await world.made(survey)
    ada, *managers = [await scim.user(name) for name in ("ada", "bo", "cas")]
    path = f"/Users/{ada['id']}"
    for number in range(20):
        manager = managers[number % 2]["id"]
        await asyncio.gather(
            scim.patch(path, {"op": "replace", "path": f"{ENTERPRISE}:manager", "value": manager}),
            scim.patch(path, {"op": "replace", "path": "displayName", "value": str(number)}),
        )
        assert (await scim.employee(ada))["managerId"] == manager
        assert (await scim.get(path))["displayName"] == str(number)
