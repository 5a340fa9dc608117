"""Groups as units, with the events of units, and as what is kept of roles."""

from tests.fixtures.services import Running
from tests.survey.scim import world
from tests.survey.scim.world import GROUP


async def test_a_group_is_a_unit_below_the_top(survey: Running) -> None:
    scim = await world.made(survey)
    group = await scim.group("Inkoop")
    unit = (await scim.made.admin.get(f"/v1/units/{group['id']}")).json()
    top = (await scim.made.admin.get("/v1/units/external:OE")).json()
    assert (unit["name"], unit["parentId"]) == ("Inkoop", top["id"])
    await scim.patch(f"/Groups/{group['id']}", {"op": "replace", "path": "displayName", "value": "Koop"}, status=204)
    await scim.send("DELETE", f"/Groups/{group['id']}", status=204)
    names = [event["name"] for event in await scim.made.events("unit.changed")]
    assert names == ["OE", "Inkoop", "Koop"]
    assert [event["unitId"] for event in await scim.made.events("unit.removed")] == [group["id"]]


async def test_who_is_a_member_works_there(survey: Running) -> None:
    scim = await world.made(survey)
    user = await scim.user("ada")
    assert [each["display"] for each in user["groups"]] == ["OE"]
    inkoop, zorg = await scim.group("Inkoop", user), await scim.group("Zorg")
    assert (await scim.employee(user))["unitId"] == inkoop["id"]
    add = {"op": "add", "path": "members", "value": [{"value": user["id"]}]}
    await scim.patch(f"/Groups/{zorg['id']}", add, status=204)
    remove = {"op": "remove", "path": f'members[value eq "{user["id"]}"]'}
    await scim.patch(f"/Groups/{inkoop['id']}", remove, status=204)  # as it comes after the other: nothing to remove
    shown = await scim.get(f"/Users/{user['id']}")
    assert [(each["value"], each["display"], each["type"]) for each in shown["groups"]] == [
        (zorg["id"], "Zorg", "direct")
    ]
    await scim.patch(f"/Groups/{zorg['id']}", remove, status=204)
    assert [each["display"] for each in (await scim.get(f"/Users/{user['id']}"))["groups"]] == ["OE"]


async def test_who_becomes_a_member_is_known_to_have_worked_there_since(survey: Running) -> None:
    """Of one day what was last counts."""
    scim = await world.made(survey)
    ada, bob = await scim.user("ada"), await scim.user("bob")
    await scim.group("Inkoop", ada, bob)
    zorg = await scim.group("Zorg", ada)
    for user, unit_id in ((ada, zorg["id"]), (bob, (await scim.employee(bob))["unitId"])):
        (known,) = (await scim.made.admin.get(f"/v1/employees/{user['id']}/employments")).json()["items"]
        assert (known["unitId"], known["toDate"]) == (unit_id, None)


async def test_a_user_that_is_put_stays_in_the_unit(survey: Running) -> None:
    scim = await world.made(survey)
    user = await scim.user("ada")
    group = await scim.group("Inkoop", user)
    await scim.send("PUT", f"/Users/{user['id']}", {**user, "displayName": "Ada", "groups": []}, status=200)
    assert (await scim.employee(user))["unitId"] == group["id"]


async def test_a_unit_with_units_below_it_is_not_deleted(survey: Running) -> None:
    scim = await world.made(survey)
    user, group = await scim.user("ada"), await scim.group("Inkoop")
    await scim.made.post("units", name="Team", parentId=group["id"])
    await scim.patch(
        f"/Groups/{group['id']}", {"op": "add", "path": "members", "value": {"value": user["id"]}}, status=204
    )
    error = await scim.send("DELETE", f"/Groups/{group['id']}", status=409)
    assert "units below" in error["detail"]
    assert await scim.members(group) == {user["id"]}


async def test_units_made_elsewhere_are_groups(survey: Running) -> None:
    scim = await world.made(survey)
    await scim.made.unit("OE-1", "OE")
    await scim.made.employee("E1", "OE-1")
    listed = await scim.found("Groups", sortBy="displayName")
    assert [(each["displayName"], len(each.get("members", []))) for each in listed["Resources"]] == [
        ("OE", 0), ("OE-1", 1)
    ]  # fmt: skip
    without = await scim.found("Groups", excludedAttributes="members")
    assert all("members" not in each for each in without["Resources"])
    some = await scim.found("Groups", attributes="displayName")
    assert {key for each in some["Resources"] for key in each} == {"schemas", "id", "displayName"}


async def test_by_setting_groups_are_roles(survey: Running) -> None:
    scim = await world.made(survey)
    shown = (await scim.made.admin.get("/v1/organisation")).json()
    assert shown["scimGroups"] == "units"
    answer = await scim.made.admin.patch("/v1/organisation", json={"scimGroups": "roles"}, headers={"If-Match": "*"})
    assert answer.json()["scimGroups"] == "roles"
    user, other = await scim.user("ada"), await scim.user("bo")
    assert "groups" not in user
    director, admin = await scim.group("director", user, other), await scim.group("admin", user)
    shown = await scim.get(f"/Users/{user['id']}")
    assert {each["display"] for each in shown["groups"]} == {"director", "admin"}
    assert (await scim.employee(user))["unitId"] == (await scim.employee(other))["unitId"]
    units = (await scim.made.admin.get("/v1/units")).json()["items"]
    assert [unit["name"] for unit in units] == ["OE"]
    await scim.send("DELETE", f"/Users/{other['id']}", status=204)
    assert await scim.members(director) == {user["id"]}
    erased = await scim.made.admin.delete(f"/v1/employees/{user['id']}", headers={"If-Match": "*"})
    assert erased.status_code == 204
    assert await scim.members(director) == set()
    await scim.send("DELETE", f"/Groups/{admin['id']}", status=204)
    await scim.get(f"/Groups/{admin['id']}", status=404)
    named = {"schemas": [GROUP], "displayName": "x" * 201}
    await scim.send("POST", "/Groups", named, status=400)


async def test_of_a_large_group_only_those_spoken_of_are_read(survey: Running) -> None:
    """Twenty thousand members would take seconds to read and write otherwise; here the answer tells that nobody else
    came or went."""
    scim = await world.made(survey)
    async with survey.database.transaction(scim.made.id) as session:
        await session.execute(world.crowd(scim.made.id))
    top = (await scim.found("Groups", excludedAttributes="members"))["Resources"][0]
    user = await scim.user("ada")
    group = await scim.group("Inkoop")
    path = f"/Groups/{group['id']}"
    await scim.patch(path, {"op": "add", "path": "members", "value": [{"value": user["id"]}]}, status=204)
    assert (await scim.get(f"/Groups/{top['id']}?excludedAttributes=members"))["displayName"] == "OE"
    assert len(await scim.members(top)) == 20_000
    back = {"op": "add", "path": "members", "value": [{"value": user["id"]}]}
    await scim.patch(f"/Groups/{top['id']}", back, status=204)
    assert len(await scim.members(top)) == 20_001


async def test_of_members_is_shown_what_is_asked_for(survey: Running) -> None:
    scim = await world.made(survey)
    users = [await scim.user(name) for name in "ab"]
    group = await scim.group("Inkoop", *users)
    path, whole = f"/Groups/{group['id']}", group["members"]
    assert [set(member) for member in whole] == [{"value", "$ref", "type"}] * 2
    assert [member["$ref"] for member in whole] == [user["meta"]["location"] for user in users]
    assert (await scim.get(path))["members"] == whole
    values = [{"value": member["value"]} for member in whole]
    assert (await scim.get(f"{path}?attributes=members.value"))["members"] == values
    assert (await scim.get(f"{path}?attributes={GROUP}:members"))["members"] == whole
    assert (await scim.get(f"{path}?excludedAttributes=members.$ref,members.type"))["members"] == values
    assert "members" not in await scim.get(f"{path}?excludedAttributes={GROUP}:members")
    listed = await scim.found("Groups", filter='displayName eq "Inkoop"', attributes="members.value")
    assert listed["Resources"][0]["members"] == values
    asked = {"filter": 'displayName eq "Inkoop"', "attributes": ["members.value"]}
    found = await scim.send("POST", "/Groups/.search", asked, status=200)
    assert found["Resources"][0]["members"] == values
    add = {"op": "remove", "path": f'members[value eq "{users[0]["id"]}"]'}
    answered = await scim.patch(f"{path}?attributes=members.value", add, status=200)
    assert answered["members"] == values[1:]
    same = {"schemas": [GROUP], "displayName": "Inkoop", "members": values[1:]}
    assert (await scim.send("PUT", path, same, status=200))["members"] == whole[1:]
