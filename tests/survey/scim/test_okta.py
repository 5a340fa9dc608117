"""The requests of Okta's provisioning, as its documentation and its test suite show them."""

from typing import Any

from tests.fixtures.services import Running
from tests.survey.scim import world
from tests.survey.scim.world import CORE, GROUP, Scim


def new_user(name: str, **more: Any) -> dict[str, Any]:
    return {
        "schemas": [CORE],
        "userName": name,
        "name": {"givenName": "Ada", "familyName": "Bos"},
        "emails": [{"primary": True, "value": name, "type": "work"}],
        "displayName": "Ada Bos",
        "locale": "en-US",
        "externalId": "00ujl29u0le5T6Aj10h7",
        "groups": [],
        "password": "1mz050nq",
        "active": True,
        **more,
    }


async def okta_user(scim: Scim, name: str, **more: Any) -> dict[str, Any]:
    found = await scim.found("Users", filter=f'userName eq "{name}"', startIndex=1, count=100)
    assert found["totalResults"] == 0
    made: dict[str, Any] = await scim.send("POST", "/Users", new_user(name, **more), status=201)
    return made


async def test_users_are_listed_and_looked_up_before_a_create(survey: Running) -> None:
    scim = await world.made(survey)
    listed = await scim.found("Users", count=1, startIndex=1)
    assert (listed["totalResults"], listed["startIndex"]) == (0, 1)
    user = await okta_user(scim, "ada@rivierenmark.example")
    assert "password" not in user
    listed = await scim.found("Users", startIndex=1, count=2)
    assert [each["userName"] for each in listed["Resources"]] == ["ada@rivierenmark.example"]
    assert listed["itemsPerPage"] == 1


async def test_user_is_put_whole_with_what_only_we_may_say(survey: Running) -> None:
    scim = await world.made(survey)
    user = await okta_user(scim, "ada@rivierenmark.example")
    body = {**user, "name": {"givenName": "Ada", "familyName": "Kok"}, "groups": [], "id": user["id"]}
    changed = await scim.send("PUT", f"/Users/{user['id']}", body, status=200)
    assert changed["name"]["familyName"] == "Kok"
    assert changed["groups"] == user["groups"]
    assert changed["id"] == user["id"]
    assert changed["meta"]["version"] != user["meta"]["version"]


async def test_user_is_switched_off_and_on_by_a_patch_without_path(survey: Running) -> None:
    scim = await world.made(survey)
    user = await okta_user(scim, "ada@rivierenmark.example")
    for active in (False, True):
        changed = await scim.patch(f"/Users/{user['id']}", {"op": "replace", "value": {"active": active}})
        assert changed["active"] is active
        assert changed["id"] == user["id"]
        assert changed["userName"] == user["userName"]


async def test_group_is_pushed_renamed_and_filled(survey: Running) -> None:
    scim = await world.made(survey)
    users = [await okta_user(scim, f"{name}@rivierenmark.example", externalId=name) for name in "abc"]
    a, b, c = (user["id"] for user in users)
    found = await scim.found("Groups", filter='displayName eq "Facilitair"', startIndex=1, count=100)
    assert found["totalResults"] == 0
    body = {"schemas": [GROUP], "displayName": "Facilitair", "members": [{"value": a, "display": "a"}]}
    group = await scim.send("POST", "/Groups", body, status=201)
    path = f"/Groups/{group['id']}"
    rename = {"op": "replace", "value": {"id": group["id"], "displayName": "Facilitair Bedrijf"}}
    await scim.patch(path, rename, status=204)
    shown = await scim.get(path)
    assert shown["displayName"] == "Facilitair Bedrijf"
    assert await scim.members(group) == {a}
    await scim.patch(
        path,
        {"op": "remove", "path": f'members[value eq "{a}"]'},
        {"op": "add", "path": "members", "value": [{"value": b, "display": "b"}, {"value": c, "display": "c"}]},
        status=204,
    )
    assert await scim.members(group) == {b, c}
    everyone = [{"value": each, "display": "x"} for each in (a, b)]
    await scim.patch(path, {"op": "replace", "path": "members", "value": everyone}, status=204)
    assert await scim.members(group) == {a, b}


async def test_group_is_put_whole(survey: Running) -> None:
    scim = await world.made(survey)
    users = [await okta_user(scim, f"{name}@rivierenmark.example", externalId=name) for name in "ab"]
    group = await scim.group("Facilitair", users[0])
    body = {**group, "displayName": "FB", "members": [{"value": users[1]["id"], "display": "b"}]}
    changed = await scim.send("PUT", f"/Groups/{group['id']}", body, status=200)
    assert [member["value"] for member in changed["members"]] == [users[1]["id"]]
    assert changed["displayName"] == "FB"
    await scim.send("PUT", f"/Groups/{group['id']}", {"schemas": [GROUP], "displayName": "FB"}, status=200)
    assert await scim.members(group) == set()


async def test_import_reads_page_by_page(survey: Running) -> None:
    scim = await world.made(survey)
    for number in range(5):
        await scim.user(f"user{number}")
    seen: list[str] = []
    for start in (1, 3, 5, 7):
        page = await scim.found("Users", startIndex=start, count=2)
        assert page["totalResults"] == 5
        seen += [user["userName"] for user in page.get("Resources", [])]
    assert seen == [f"user{number}" for number in range(5)]
    await scim.get("/Users/00ujl29u0le5T6Aj10h7", status=404)
