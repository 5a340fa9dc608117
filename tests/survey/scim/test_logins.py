"""Who is known by which userName where files and `/v1/employees` speak too: an address is the login of one at a time."""

import pytest

from tests.fixtures.services import Running
from tests.survey.imports.pushing import push
from tests.survey.scim import world
from tests.survey.scim.test_beside_others import FILE, PATCH

HEADER, ROW = FILE.split()


@pytest.mark.parametrize("way", ["file", "v1"])
async def test_who_is_back_with_their_address_is_known_by_it_again(survey: Running, way: str) -> None:
    """Two keys by turns, as where a spreadsheet drops leading zeros. Who is away meanwhile is known by the id."""
    scim = await world.made(survey)

    async def turn(here: str, away: str) -> None:
        if way == "file":
            rows = "".join(f"{ROW.replace('E1', key)},{str(key == here).lower()}\n" for key in (away, here))
            assert (await push(scim.made, f"{HEADER},active\n{rows}", "employees")).errors == []
        else:
            for key in (away, here):
                at, patch = f"/v1/employees/external:{key}", {"active": key == here}
                assert (await scim.made.admin.patch(at, json=patch, headers=PATCH)).status_code == 200
        for key in (away, here):
            [found] = (await scim.found("Users", filter=f'externalId eq "{key}"'))["Resources"]
            assert (found["userName"], found["active"]) == (
                ("a@x.example", True) if key == here else (found["id"], False)
            )

    rows = f"{ROW.replace('E1', '00123')},true\n{ROW.replace('E1', '123')},false\n"
    await push(scim.made, f"{HEADER},active\n{rows}", "employees")
    await turn("123", away="00123")
    await turn("00123", away="123")


@pytest.mark.parametrize("way", ["file", "v1"])
async def test_who_is_back_without_an_address_is_known_by_the_id(survey: Running, way: str) -> None:
    """Not by the key: it is a user's name by now."""
    scim = await world.made(survey)
    rows = f"{ROW.replace('E1', 'E9')},false\n{ROW},true\n"
    await push(scim.made, f"{HEADER},active\n{rows}", "employees")
    user = await scim.user("E9")
    if way == "file":
        back = f"{HEADER},active\n{ROW.replace('E1', 'E9').replace('a@x.example', '')},true\n"
        assert (await push(scim.made, back, "employees")).errors == []
    patch = {"active": True, "email": None}
    assert (await scim.made.admin.patch("/v1/employees/external:E9", json=patch, headers=PATCH)).status_code == 200
    listed = (await scim.found("Users", filter='userName eq "E9"'))["Resources"]
    assert [each["id"] for each in listed] == [user["id"]]


@pytest.mark.parametrize("way", ["file", "v1"])
async def test_who_is_back_and_gets_a_mailbox_later_is_known_by_it(survey: Running, way: str) -> None:
    scim = await world.made(survey)
    rows = f"{ROW.replace('E1', 'E9')},false\n{ROW},true\n"
    await push(scim.made, f"{HEADER},active\n{rows}", "employees")
    for address in ("", "new@x.example"):
        if way == "file":
            back = f"{HEADER},active\n{ROW.replace('E1', 'E9').replace('a@x.example', address)},true\n"
            assert (await push(scim.made, back, "employees")).errors == []
        else:
            patch = {"active": True, "email": address or None}
            answer = await scim.made.admin.patch("/v1/employees/external:E9", json=patch, headers=PATCH)
            assert answer.status_code == 200
    [found] = (await scim.found("Users", filter='userName eq "new@x.example"'))["Resources"]
    assert found["externalId"] == "E9"


@pytest.mark.parametrize("way", ["file", "v1"])
async def test_a_former_contract_that_is_added_later_takes_no_name(survey: Running, way: str) -> None:
    scim = await world.made(survey)
    await push(scim.made, f"{HEADER},active\n{ROW},true\n", "employees")
    if way == "file":
        both = f"{HEADER},active\n{ROW},true\n{ROW.replace('E1', 'E0')},false\n"
        assert (await push(scim.made, both, "employees")).counts == {"read": 2, "created": 1, "unchanged": 1}
    else:
        body = {
            "givenName": "Ada",
            "familyName": "Bos",
            "unitId": "external:OE",
            "email": "A@x.example",
            "active": False,
        }
        assert (await scim.made.admin.post("/v1/employees", json=body)).status_code == 201
    [found] = (await scim.found("Users", filter='userName eq "a@x.example"'))["Resources"]
    assert (found["externalId"], found["active"]) == ("E1", True)


async def test_a_row_whose_address_is_the_name_of_a_user_is_refused_each_time(survey: Running) -> None:
    """Though another row takes the address that its person had."""
    scim = await world.made(survey)
    await push(
        scim.made, f"{HEADER},active\nE2,Bob,Bos,OE,b@x.example,false\nE3,Eve,Bos,OE,e@x.example,true\n", "employees"
    )
    await scim.user("c@x.example")
    rows = f"{HEADER},active\nE2,Bob,Bos,OE,c@x.example,true\nE3,Eve,Bos,OE,b@x.example,true\n"
    for counts in ({"read": 2, "changed": 1, "refused": 1}, {"read": 2, "unchanged": 1, "refused": 1}):
        pushed = await push(scim.made, rows, "employees")
        assert (pushed.brief(), pushed.counts) == ([(2, "email", "emailTaken")], counts)
