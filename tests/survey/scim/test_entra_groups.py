"""The requests of Microsoft Entra's provisioning service over groups."""

from tests.fixtures.services import Running
from tests.survey.scim import world
from tests.survey.scim.test_entra import entra_user
from tests.survey.scim.world import GROUP

MICROSOFT_GROUP = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"


async def test_group_of_microsofts_own_urn(survey: Running) -> None:
    scim = await world.made(survey)
    body = {
        "schemas": [GROUP, MICROSOFT_GROUP],
        "externalId": "8aa1a0c0-c4c3-4bc0-b4a5-2ef676900159",
        "displayName": "Inkoop",
        "meta": {"resourceType": "Group"},
    }
    group = await scim.send("POST", "/Groups", body, status=201)
    assert group["schemas"] == [GROUP]
    found = await scim.found("Groups", excludedAttributes="members", filter='displayName eq "INKOOP"')
    assert [each["id"] for each in found["Resources"]] == [group["id"]]
    answer = await scim.made.admin.get(f"/v1/units/{group['id']}")
    assert answer.json()["name"] == "Inkoop"
    assert answer.json()["externalId"] == body["externalId"]


async def test_members_come_and_go(survey: Running) -> None:
    scim = await world.made(survey)
    users = [await entra_user(scim, f"{name}@rivierenmark.example") for name in "abc"]
    a, b, c = (user["id"] for user in users)
    group = await scim.group("Inkoop")
    path = f"/Groups/{group['id']}"
    added = {"op": "Add", "path": "members", "value": [{"$ref": None, "value": a}, {"value": b}]}
    await scim.patch(path, added, status=204)
    await scim.patch(path, {"op": "Add", "path": "members", "value": [{"$ref": None, "value": c}]}, status=204)
    assert await scim.members(group) == {a, b, c}
    await scim.patch(path, {"op": "Remove", "path": f'members[value eq "{a}"]'}, status=204)
    assert await scim.members(group) == {b, c}


async def test_members_to_remove_stand_in_value(survey: Running) -> None:
    """A careless server empties the group."""
    scim = await world.made(survey)
    users = [await entra_user(scim, f"{name}@rivierenmark.example") for name in "abc"]
    a, b, c = (user["id"] for user in users)
    group = await scim.group("Inkoop", *users)
    path = f"/Groups/{group['id']}"
    await scim.patch(path, {"op": "Remove", "path": "members", "value": [{"$ref": None, "value": a}]}, status=204)
    assert await scim.members(group) == {b, c}
    stranger = await entra_user(scim, "d@rivierenmark.example")
    await scim.patch(path, {"op": "Remove", "path": "members", "value": [{"value": stranger["id"]}]}, status=204)
    assert await scim.members(group) == {b, c}
    await scim.patch(path, {"op": "Remove", "path": "members", "value": [{"value": b}, {"value": c}]}, status=204)
    assert await scim.members(group) == set()


async def test_group_is_renamed_and_deleted(survey: Running) -> None:
    scim = await world.made(survey)
    user = await entra_user(scim, "a@rivierenmark.example")
    group = await scim.group("Inkoop", user)
    path = f"/Groups/{group['id']}"
    await scim.patch(path, {"op": "Replace", "path": "displayName", "value": "Inkoop en contracten"}, status=204)
    assert (await scim.get(path))["displayName"] == "Inkoop en contracten"
    await scim.send("DELETE", path, status=204)
    await scim.get(path, status=404)
    assert (await scim.get(f"/Users/{user['id']}"))["groups"][0]["display"] == "OE"
