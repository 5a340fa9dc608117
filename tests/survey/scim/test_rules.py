"""How identity systems spell things."""

from datetime import date
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from services.survey.contact_policy.models import Contact
from services.survey.responses.queries import names
from services.survey.responses.scrub import directory, scrub
from services.survey.scim import rules
from tests.fixtures.services import Running
from tests.survey.imports.pushing import push
from tests.survey.scim import world
from tests.survey.scim.world import CORE


@pytest.mark.parametrize(
    ("sent", "language"),
    [
        ("nl", "nl"), ("nl-NL", "nl-NL"), ("en_us", "en-US"), ("EN", "en"), ("zh-Hans-CN", "zh-CN"),
        ("en-US,en;q=0.5", "en-US"), ("fry", "fry"), ("Nederlands", None), ("", None), (None, None), ("x", None),
    ],
)  # fmt: skip
def test_language(sent: str | None, language: str | None) -> None:
    assert rules.language_of(sent) == language


@pytest.mark.parametrize(
    ("given", "family", "others", "names"),
    [
        ("Ada", "Bos", ("Else",), ("Ada", "Bos")),
        (None, None, ("Ada van den Bos", "ada"), ("Ada", "van den Bos")),
        (None, None, (None, "ada.bos@x.example"), ("ada.bos", "ada.bos")),
        ("Ada", None, ("Ada Bos",), ("Ada", "Bos")),
        (None, "Bos", ("Ada Bos",), ("Ada", "Bos")),
        ("Ada", "", ("ada@x.example",), ("Ada", "ada")),
    ],
)
def test_names(given: str | None, family: str | None, others: tuple[str | None], names: tuple[str, str]) -> None:
    assert rules.names_of(given, family, *others) == names


def test_address() -> None:
    work, home, plain = {"value": "w", "type": "Work"}, {"value": "h", "type": "home"}, {"value": "p"}
    first = {"value": "q", "primary": True}
    assert rules.address_of([home, plain, work]) == work
    assert rules.address_of([home, plain, first]) == first
    assert rules.address_of([home]) is None
    assert rules.address_of([{"type": "work", "value": ""}]) is None


def test_names_of_attributes_do_not_meet() -> None:
    names = rules.scim_names(["role family", "role.family", "Role_Family2", "location"])
    assert names["location"] == "location"
    assert names["role family"] == "role_family"
    assert len({name.replace("_", "").lower() for name in names.values()}) == 4


async def test_a_user_of_nothing_but_a_name(survey: Running) -> None:
    scim = await world.made(survey)
    user = await scim.send("POST", "/Users", {"schemas": [CORE], "userName": "ada.bos@x.example"}, status=201)
    assert user["active"] is True
    assert user["name"] == {"givenName": "ada.bos", "familyName": "ada.bos"}
    named = await scim.patch(f"/Users/{user['id']}", {"op": "add", "path": "name.givenName", "value": "Ada"})
    assert named["name"]["givenName"] == "Ada"


async def test_a_post_with_paths_for_keys(survey: Running) -> None:
    scim = await world.made(survey)
    body = {
        "schemas": [CORE], "userName": "ada", "name.givenName": "Ada", f"{CORE}:name.familyName": "Bos",
        f"{world.ENTERPRISE}:department": "Inkoop", f"{world.DECLARED}:location": "Werf",
    }  # fmt: skip
    user = await scim.send("POST", "/Users", body, status=201)
    assert user["name"] == {"givenName": "Ada", "familyName": "Bos"}
    assert user[world.ENTERPRISE] == {"department": "Inkoop"}
    assert user[world.DECLARED] == {"location": "Werf", "department": "Inkoop"}


async def test_what_v1_changes_is_told(survey: Running) -> None:
    scim = await world.made(survey)
    user = await scim.user("ada", preferredLanguage="nl_nl", **{world.ENTERPRISE: {"department": "Inkoop"}})
    patch = {"language": "en", "attributes": {"department": "Zorg"}, "familyName": "Kok"}
    path = f"/v1/employees/{user['id']}"
    answer = await scim.made.admin.patch(path, json=patch, headers={"If-Match": "*"})
    assert answer.status_code == 200
    shown = await scim.get(f"/Users/{user['id']}")
    assert shown["preferredLanguage"] == "en"
    assert shown[world.ENTERPRISE]["department"] == "Zorg"
    assert shown["name"]["familyName"] == "Kok"
    assert shown["meta"]["version"] != user["meta"]["version"]


async def test_comments_lose_what_an_identity_system_calls_somebody(survey: Running) -> None:
    scim = await world.made(survey)
    await scim.user("ada", displayName="Bos, Adje", name={"givenName": "Adriana", "familyName": "Bos"})
    await scim.user("bo", displayName="Bo Kok", name={"givenName": "Bo", "familyName": "Kok"})
    async with survey.database.transaction(scim.made.id) as session:
        people = directory([name async for name in names(session)])
    assert scrub("Adje Bos hielp me, zei Adje.", "nl", people) == scrub("Ada Bos hielp me, zei Ada.", "nl", directory(
        [("Ada", "Bos")]
    ))  # fmt: skip


async def test_a_manager_manages_not_themselves(survey: Running) -> None:
    scim = await world.made(survey)
    ada = await scim.user("ada")
    bo = await scim.user("bo", **{world.ENTERPRISE: {"manager": ada["id"]}})
    circle = {"op": "add", "path": f"{world.ENTERPRISE}:manager", "value": bo["id"]}
    error = await scim.patch(f"/Users/{ada['id']}", circle, status=409)
    assert error["status"] == "409"
    await scim.send("DELETE", f"/Users/{ada['id']}", status=204)
    assert world.ENTERPRISE not in await scim.get(f"/Users/{bo['id']}")


async def test_two_active_users_have_not_one_address(survey: Running) -> None:
    scim = await world.made(survey)
    mail = [{"value": "ada@x.example", "type": "work"}]
    await scim.user("ada", emails=mail)
    body = {"schemas": [CORE], "userName": "bo", "emails": mail}
    error = await scim.send("POST", "/Users", body, status=409)
    assert error["scimType"] == "uniqueness"


async def test_who_was_deleted_and_works_again_is_there_again(survey: Running) -> None:
    scim = await world.made(survey)
    user = await scim.user("ada", externalId="E1")
    await scim.send("DELETE", f"/Users/{user['id']}", status=204)
    path = f"/v1/employees/{user['id']}"
    await scim.made.admin.patch(path, json={"active": True}, headers={"If-Match": "*"})
    assert (await scim.get(f"/Users/{user['id']}"))["externalId"] == "E1"


@pytest.mark.parametrize("by", ["userName", "externalId"])
async def test_who_is_made_again_is_asked_no_more_than_before(survey: Running, by: str) -> None:
    """Who was deleted opted out, is on leave and was invited; the ledger is the ground for not inviting again."""
    scim = await world.made(survey)
    first = await scim.user("ada", externalId="E-1")
    other = await scim.user("bo")
    said = {"optedOut": True, "leaveStartDate": "2026-01-01", "leaveEndDate": "2999-12-31"}
    patched = await scim.made.admin.patch(f"/v1/employees/{first['id']}", json=said, headers={"If-Match": "*"})
    assert patched.status_code == 200, patched.text
    own = {"organisation_id": scim.made.id, "invited_date": date(2026, 3, 2)}
    async with survey.database.transaction(scim.made.id) as session:
        session.add_all(Contact(**own, wave_id=uuid4(), employee_id=UUID(who["id"])) for who in (first, first, other))
    await scim.send("DELETE", f"/Users/{first['id']}", status=204)
    again = await scim.user("ADA", externalId="E-2") if by == "userName" else await scim.user("a.bos", externalId="E-1")
    assert again["id"] != first["id"]
    shown = await scim.employee(again)
    assert {name: shown[name] for name in said} == said
    async with survey.database.transaction(scim.made.id) as session:
        found = await session.scalars(select(Contact.invited_date).where(Contact.employee_id == UUID(again["id"])))
        assert found.all() == [own["invited_date"]] * 2
    await scim.made.admin.patch(f"/v1/employees/{again['id']}", json={"optedOut": False}, headers={"If-Match": "*"})
    await scim.patch(f"/Users/{again['id']}", {"op": "replace", "path": "displayName", "value": "Ada"})
    assert (await scim.employee(again))["optedOut"] is False
    assert (await scim.employee(other))["optedOut"] is False


async def test_an_address_that_is_the_name_of_another_user_is_refused(survey: Running) -> None:
    """Or a look-up by that name would find two."""
    scim = await world.made(survey)
    user = await scim.user("ada@x.example", externalId="E1")
    header = "externalId,givenName,familyName,email,unitExternalId\n"
    pushed = await push(scim.made, header + "E1,A,B,ADA@x.example,OE\nE2,B,C,,OE\n", "employees")
    assert (pushed.status, pushed.errors) == ("done", [])
    await push(scim.made, header + "E1,A,B,,OE\n", "employees")
    pushed = await push(scim.made, header + "E2,B,C,Ada@x.example,OE\nE3,B,C,ada@x.example,OE\n", "employees")
    assert pushed.brief() == [(2, "email", "emailTaken"), (3, "email", "emailTaken")]
    assert await scim.names('userName eq "ada@x.example"') == ["ada@x.example"]
    await scim.send("DELETE", f"/Users/{user['id']}", status=204)
    assert (await push(scim.made, header + "E2,B,C,ada@x.example,OE\n", "employees")).errors == []


async def test_names_are_free_once_their_user_is_deleted(survey: Running) -> None:
    scim = await world.made(survey)
    user = await scim.user("ada", externalId="E1")
    await scim.send("DELETE", f"/Users/{user['id']}", status=204)
    again = await scim.user("Ada", externalId="E1")
    await scim.made.admin.patch(f"/v1/employees/{user['id']}", json={"active": True}, headers={"If-Match": "*"})
    assert (await scim.get(f"/Users/{user['id']}"))["userName"] == user["id"]
    assert (await scim.get(f"/Users/{again['id']}"))["externalId"] == "E1"
