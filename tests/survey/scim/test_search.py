"""Filters, sorting and pages are SQL; what they must find says scim2-models, which knows no database."""

from itertools import product
from typing import Any

import pytest
from scim2_models import ScimFilter

from services.survey.scim.schemas import provider_for
from tests.fixtures.services import Running
from tests.survey.scim import world
from tests.survey.scim.world import ATTRIBUTES, DECLARED, ENTERPRISE, Scim

KEYS = tuple(str(each["key"]) for each in ATTRIBUTES)
USER_FILTERS = [
    'userName eq "BO"', 'userName ne "bo"', 'userName co "A"', 'userName sw "a"', 'userName ew "O"', "userName pr",
    'userName gt "bo"', 'userName le "bo"', 'userName eq "a%"', 'userName co "%"', 'userName co "_"',
    'externalId eq "E-1"', 'externalId eq "e-1"', "externalId pr", "not (externalId pr)", "externalId eq null",
    'name.familyName eq "jansen"', 'name.familyName co "é"', 'displayName eq "ada"', "not (displayName pr)",
    'displayName ne "ada"', "active eq true", "active eq false", "active ne true", 'preferredLanguage eq "nl-nl"',
    'emails eq "ADA@x.example"', 'emails co "x.example"', 'emails.value ew "example"', 'emails.type eq "work"',
    'emails[type eq "work"]', 'emails[type eq "home"]', 'emails[type eq "work" and value co "ada"]',
    'emails[not (value co "ada")]', "emails pr", "not (emails pr)", "emails.primary eq true",
    'meta.created gt "2020-01-01T00:00:00Z"', 'meta.lastModified lt "2020-01-01T00:00:00Z"',
    f'{ENTERPRISE}:department eq "inkoop"', f'{ENTERPRISE}:department co "IN"', f"{ENTERPRISE}:employeeNumber pr",
    f'{ENTERPRISE}:costCenter eq "K1" or userName eq "bo"', f"{ENTERPRISE}:manager.value pr",
    f'{DECLARED}:location eq "STADHUIS"', f'{DECLARED}:role_family eq "Beleid"', f"not ({DECLARED}:location pr)",
    'userName eq "ada" or (active eq false and emails pr)', 'userName eq "ada" or active eq false and emails pr',
    'not (userName eq "ada" or active eq false)', 'not (displayName eq "ada")', 'groups.display eq "oe"',
    "groups pr", 'groups[display eq "Inkoop"]', 'groups.display ne "Inkoop"', 'userName eq "dé"', 'userName eq "DÉ"',
]  # fmt: skip
GROUP_FILTERS = [
    'displayName eq "INKOOP"', 'displayName co "nk"', "members pr", "not (members pr)", 'externalId eq "x"',
    'displayName eq "OE" or members pr', 'members.type eq "User"', 'members[type eq "Group"]',
]  # fmt: skip


async def a_few(scim: Scim) -> dict[str, dict[str, Any]]:
    ada = await scim.user(
        "ada", externalId="E-1", displayName="Ada", preferredLanguage="nl-NL",
        emails=[{"value": "Ada@x.example", "type": "work"}],
        **{ENTERPRISE: {"department": "Inkoop", "employeeNumber": "7"}, DECLARED: {"location": "Stadhuis"}},
    )  # fmt: skip
    bo = await scim.user(
        "Bo", externalId="e-2", active=False, name={"givenName": "Bo", "familyName": "Jansén"},
        emails=[{"value": "bo@y.example"}],
        **{ENTERPRISE: {"costCenter": "k1", "manager": {"value": ada["id"]}}, DECLARED: {"role_family": "beleid"}},
    )  # fmt: skip
    cas = await scim.user("a%_cas", displayName="", name={"givenName": "Cas", "familyName": "Jansen"})
    de = await scim.user("Dé")
    await scim.group("Inkoop", bo, cas)
    return {"ada": ada, "bo": bo, "cas": cas, "de": de}


@pytest.mark.parametrize("groups", ["units", "roles"])
async def test_filters_find_what_the_rfc_says(survey: Running, groups: str) -> None:
    scim = await world.made(survey, scimGroups=groups)
    people = await a_few(scim)
    more = [f'id eq "{people["bo"]["id"]}"', 'id eq "nothing"', f'id ne "{people["bo"]["id"]}"',
            f'{ENTERPRISE}:manager.value eq "{people["ada"]["id"]}"']  # fmt: skip
    of_groups = [f'members eq "{people["bo"]["id"]}"', f'members.value eq "{people["ada"]["id"]}"',
                 f'members[value eq "{people["cas"]["id"]}"]', f'members ne "{people["bo"]["id"]}"']  # fmt: skip
    provider = provider_for(KEYS)
    telling = 0
    with provider:
        for endpoint, kind, filters in (
            ("Users", "User", [*USER_FILTERS, *more]), ("Groups", "Group", [*GROUP_FILTERS, *of_groups])
        ):  # fmt: skip
            model: Any = provider.model_for(kind)
            everything = (await scim.found(endpoint))["Resources"]
            bound: Any = ScimFilter
            for text in filters:
                expected = {e["id"] for e in everything if bound[model](text).match(model.model_validate(e))}
                found = await scim.found(endpoint, filter=text)
                assert {each["id"] for each in found["Resources"]} == expected, text
                assert found["totalResults"] == len(expected)
                telling += 0 < len(expected) < len(everything)
    assert telling > 35


async def test_enterprise_attributes_go_by_their_bare_names_too(survey: Running) -> None:
    """As Entra checks a reference, whose documentation has `manager eq`."""
    scim = await world.made(survey)
    work = {ENTERPRISE: {"employeeNumber": "1023", "department": "Inkoop"}}
    boss, user = await scim.user("boss", **work), await scim.user("ada", **work)
    await scim.patch(f"/Users/{user['id']}", {"op": "Add", "path": f"{ENTERPRISE}:manager", "value": boss["id"]})
    for manager, found in ((boss["id"], [user["id"]]), (user["id"], [])):
        reference = f'id eq "{user["id"]}" and manager eq "{manager}"'
        listed = await scim.found("Users", filter=reference, attributes="id")
        assert [each["id"] for each in listed["Resources"]] == found
    assert len(await scim.names('employeenumber eq "1023" and not (costCenter pr)')) == 2
    quoted = r'displayName eq "department \"x" or Department eq "inkoop" and userName eq "ADA"'
    assert await scim.names(quoted) == ["ada"]
    await scim.send("GET", "/Users?filter=manager%20eq", status=400)
    await scim.send("GET", "/Groups?filter=manager%20eq%20%22x%22", status=400)


async def test_sorted_and_paged(survey: Running) -> None:
    scim = await world.made(survey)
    await a_few(scim)

    async def names(**query: Any) -> list[str]:
        return [user["userName"] for user in (await scim.found("Users", **query))["Resources"]]

    assert await names(sortBy="userName") == ["a%_cas", "ada", "Bo", "Dé"]
    assert await names(sortBy="userName", sortOrder="descending") == ["Dé", "Bo", "ada", "a%_cas"]
    assert await names(sortBy="emails") == ["ada", "Bo", "a%_cas", "Dé"]
    assert await names(sortBy="emails.value", sortOrder="descending", count=1) == ["Bo"]
    assert (await names(sortBy="meta.created"))[0] == "ada"
    assert await names(sortBy=f"{ENTERPRISE}:department", count=1) == ["ada"]
    assert await names(sortBy="userName", startIndex=2, count=2) == ["ada", "Bo"]
    assert await names(startIndex=0, count=1) == ["ada"]
    assert await names(startIndex=99) == []
    listed = await scim.found("Users", count=0)
    assert (listed["totalResults"], listed["Resources"]) == (4, [])
    listed = await scim.found("Users", startIndex=10**30)
    assert (listed["totalResults"], listed["Resources"]) == (4, [])


async def test_users_and_groups_are_searched_together(survey: Running) -> None:
    scim = await world.made(survey)
    await a_few(scim)
    everything = await scim.get("/")
    kinds = [each["meta"]["resourceType"] for each in everything["Resources"]]
    assert kinds == ["User"] * 4 + ["Group"] * 2
    asked = {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
        "filter": 'displayName eq "ada" or displayName eq "inkoop"', "sortBy": "displayName",
        "sortOrder": "descending", "attributes": ["displayName"],
    }  # fmt: skip
    found = await scim.send("POST", "/.search", asked, status=200)
    assert [each["displayName"] for each in found["Resources"]] == ["Inkoop", "Ada"]
    assert set(found["Resources"][1]) == {"schemas", "id", "displayName"}
    found = await scim.send("POST", "/Users/.search", {**asked, "count": 1}, status=200)
    assert found["totalResults"] == 1


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ({"filter": "userName"}, "invalidFilter"),
        ({"filter": 'userName xx "a"'}, "invalidFilter"),
        ({"filter": 'nothing eq "a"'}, "invalidFilter"),
        ({"filter": 'active gt "a"'}, "invalidFilter"),
        ({"filter": 'meta.created gt "yesterday"'}, "invalidFilter"),
        ({"filter": 'userName eq "a\\u0000"'}, "invalidFilter"),
        ({"filter": "not (" * 900 + "userName pr" + ")" * 900}, "invalidFilter"),
        ({"filter": 'schemas eq "x"'}, "invalidFilter"),
        ({"filter": "displayName co false"}, "invalidFilter"),
        ({"filter": "userName sw null"}, "invalidFilter"),
        ({"filter": 'meta.created co "2020"'}, "invalidFilter"),
        ({"filter": 'meta.lastModified lt "9999-12-31T23:59:59-14:00"'}, "invalidFilter"),
        ({"filter": 'meta.lastModified gt "0001-01-01T00:00:00+14:00"'}, "invalidFilter"),
        ({"filter": "groups gt true"}, "invalidFilter"),
        ({"filter": " or ".join(["id pr"] * 201)}, "invalidFilter"),
        ({"filter": f'userName eq "{"a" * 20_000}"'}, "invalidFilter"),
        ({"sortBy": "name"}, "invalidPath"),
        ({"sortBy": "nothing"}, "invalidPath"),
        ({"count": "many"}, "invalidValue"),
    ],
)
async def test_what_cannot_be_searched_is_refused(survey: Running, query: dict[str, str], kind: str) -> None:
    scim = await world.made(survey)
    answer = await scim.client.get("/scim/v2/Users", params=query)
    assert answer.status_code == 400
    assert answer.json()["scimType"] == kind
    assert answer.json()["status"] == "400"


@pytest.mark.parametrize("groups", ["units", "roles"])
async def test_every_attribute_takes_every_operator_or_says_no(survey: Running, groups: str) -> None:
    scim = await world.made(survey, scimGroups=groups)
    await a_few(scim)
    statuses: dict[int, int] = {}
    for endpoint, attributes in (("Users", OF_USERS), ("Groups", OF_GROUPS)):
        for attribute, operator, value in product(attributes, OPERATORS, VALUES):
            query = f"{attribute} {operator} {value}"
            answer = await scim.client.get(f"/scim/v2/{endpoint}", params={"filter": query, "count": 0})
            assert answer.status_code in (200, 400), query
            assert answer.status_code == 200 or answer.json()["scimType"] == "invalidFilter"
            statuses[answer.status_code] = statuses.get(answer.status_code, 0) + 1
    assert min(statuses[200], statuses[400]) > 100


OPERATORS = ["eq", "ne", "co", "gt"]
VALUES = ['"not-a-uuid"', "true", "5", "null", '"2011-05-13T04:42:34"']
OF_USERS = ["id", "displayName", "active", "emails", "emails.primary", "meta.created", "meta.resourceType", "groups",
            "groups.display", f"{ENTERPRISE}:manager", f"{ENTERPRISE}:manager.value"]  # fmt: skip
OF_GROUPS = ["id", "displayName", "members", "members.value", "members.type", "meta.lastModified"]


async def test_user_names_are_looked_up_by_an_index(survey: Running) -> None:
    """Row-level security keeps functions that might leak from an index, so the plan is what tells."""
    scim = await world.made(survey)
    async with survey.database.transaction(scim.made.id) as session:
        await session.execute(world.crowd(scim.made.id))
        plans = [str((await session.execute(world.explain(name))).scalars().all()) for name in KEYED]
    for name, plan in zip(KEYED, plans, strict=True):
        assert "Seq Scan" not in plan, (name, plan)
        assert "Index" in plan


KEYED = [
    'emails.value eq "Crowd77@x.example" and active eq true',
    'userName eq "crowd77@x.example"',
    'externalId eq "C77"',
    'userName eq "A" or externalId eq "C77"',
]
