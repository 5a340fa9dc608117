import pytest

from tests.fixtures.services import Running
from tests.survey import people


async def test_units_are_found_by_both_ids(survey: Running) -> None:
    organisation = await people.make(survey)
    ids = await people.a_small_tree(organisation)
    by_id = await organisation.admin.get(f"/v1/units/{ids['OE-1']}")
    by_external_id = await organisation.admin.get("/v1/units/external:OE-1")
    assert by_id.json() == by_external_id.json()
    assert by_id.json()["parentId"] == ids["OE"]
    assert by_id.headers["etag"] == '"1"'
    for unknown in ("external:OE-99", "no-id", "external:", "018f0000-0000-7000-8000-000000000000"):
        answer = await organisation.admin.get(f"/v1/units/{unknown}")
        assert (answer.status_code, answer.json()["code"]) == (404, "notFound")


async def test_units_are_listed_in_pages_with_filters(survey: Running) -> None:
    organisation = await people.make(survey)
    ids = await people.a_small_tree(organisation)
    seen: list[str] = []
    url = "/v1/units?limit=2&sort=-name"
    while url:
        answer = await organisation.admin.get(url)
        seen += [unit["externalId"] for unit in answer.json()["items"]]
        url = answer.links["next"]["url"] if "next" in answer.links else ""
    assert seen == sorted(ids, reverse=True)
    below = await organisation.admin.get("/v1/units?parentId=external:OE-2&sort=name&isProvider=false")
    assert [unit["externalId"] for unit in below.json()["items"]] == ["OE-2-1", "OE-2-2"]
    for wrong in ("sort=size", "isProvider=maybe", "size=1", "limit=0", "cursor=abc"):
        assert (await organisation.admin.get(f"/v1/units?{wrong}")).status_code == 400


@pytest.mark.parametrize(
    ("unit", "patch", "status", "code"),
    [
        ("OE-2", {"parentId": "external:OE-2-1"}, 409, "unitCircle"),
        ("OE-2", {"parentId": "external:OE-2"}, 409, "unitCircle"),
        ("OE", {"parentId": "external:OE-2-1"}, 409, "unitCircle"),
        ("OE-2", {"parentId": None}, 409, "secondRoot"),
        ("OE-2", {"externalId": "OE-1"}, 409, "externalIdTaken"),
        ("OE-2", {"parentId": "external:OE-9"}, 400, "invalidRequest"),
        ("OE-2", {"name": ""}, 400, "invalidRequest"),
        ("OE-2", {"size": 1}, 400, "invalidRequest"),
        ("OE-1", {"isProvider": False}, 409, "unitHasServices"),
        ("OE-9", {"name": "x"}, 404, "notFound"),
    ],
)
async def test_changes_that_are_refused(
    survey: Running, unit: str, patch: dict[str, object], status: int, code: str
) -> None:
    organisation = await people.make(survey)
    await people.a_small_tree(organisation)
    await organisation.post("services", providerId="external:OE-1", name={"nl": "Schoonmaak"})
    answer = await organisation.admin.patch(f"/v1/units/external:{unit}", json=patch, headers={"If-Match": "*"})
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_a_unit_moves_with_all_below_it(survey: Running) -> None:
    organisation = await people.make(survey)
    ids = await people.a_small_tree(organisation)
    moved = await organisation.admin.patch(
        "/v1/units/external:OE-2-1", json={"parentId": "external:OE-1"}, headers={"If-Match": '"1"'}
    )
    assert (moved.json()["parentId"], moved.headers["etag"]) == (ids["OE-1"], '"2"')
    assert (await organisation.events("unit.changed"))[-1]["parentId"] == ids["OE-1"]


async def test_only_an_empty_unit_goes(survey: Running) -> None:
    organisation = await people.make(survey)
    ids = await people.a_small_tree(organisation)
    await organisation.employee("E1", "OE-2-1")
    await organisation.employee("E2", "OE-2-2", active=False)
    await organisation.post("services", externalId="S", providerId="external:OE-1-1", name={"nl": "Schoonmaak"})
    audience = {"unitIds": ["external:OE-2-2", "external:OE-1"]}
    await organisation.admin.put("/v1/services/external:S/audience", json=audience, headers={"If-Match": '"1"'})

    async def remove(unit: str) -> tuple[int, str]:
        answer = await organisation.admin.delete(f"/v1/units/external:{unit}", headers={"If-Match": "*"})
        return answer.status_code, answer.json()["code"] if answer.content else ""

    assert await remove("OE-2") == (409, "unitHasUnits")
    assert await remove("OE-2-1") == (409, "unitHasEmployees")
    assert await remove("OE-1-1") == (409, "unitHasServices")
    assert await remove("OE-2-2") == (204, "")
    assert await remove("OE-2-2") == (404, "notFound")
    assert await organisation.events("unit.removed") == [{"unitId": ids["OE-2-2"]}]
    left = await organisation.admin.get("/v1/employees/external:E2")
    assert (left.json()["unitId"], left.headers["etag"]) == (ids["OE-2"], '"2"')
    audience_left = await organisation.admin.get("/v1/services/external:S/audience")
    assert (audience_left.json()["unitIds"], audience_left.headers["etag"]) == ([ids["OE-1"]], '"3"')


async def test_there_is_one_top(survey: Running) -> None:
    organisation = await people.make(survey)
    await people.a_small_tree(organisation)
    answer = await organisation.admin.post("/v1/units", json={"name": "Tweede", "parentId": None})
    assert (answer.status_code, answer.json()["code"]) == (409, "secondRoot")


async def test_who_is_limited_to_units_finds_these_and_below(survey: Running) -> None:
    organisation = await people.make(survey)
    await people.a_small_tree(organisation)
    manager = await organisation.key("consumer-manager", "OE-2")
    listed = await manager.get("/v1/units?sort=name")
    assert [unit["externalId"] for unit in listed.json()["items"]] == ["OE-2", "OE-2-1", "OE-2-2"]
    assert (await manager.get("/v1/units/external:OE-2-1")).status_code == 200
    assert (await manager.get("/v1/units/external:OE-1")).status_code == 404
    assert (await manager.get("/v1/units/external:OE")).status_code == 404
    assert (await manager.post("/v1/units", json={"name": "x", "parentId": "external:OE-2"})).status_code == 403
    nobody = await organisation.key("provider-staff")
    assert (await nobody.get("/v1/units")).json()["items"] == []


async def test_another_organisation_finds_nothing(survey: Running) -> None:
    organisation, other = await people.make(survey), await people.make(survey)
    ids = await people.a_small_tree(organisation)
    assert (await other.admin.get("/v1/units")).json()["items"] == []
    for reference in (ids["OE-1"], "external:OE-1"):
        assert (await other.admin.get(f"/v1/units/{reference}")).status_code == 404
        gone = await other.admin.delete(f"/v1/units/{reference}", headers={"If-Match": "*"})
        assert gone.status_code == 404
    await other.unit("OE-1", None)
    theirs = await other.admin.post("/v1/units", json={"name": "x", "parentId": ids["OE-1"]})
    assert theirs.json()["errors"][0]["code"] == "unknownReference"


async def test_filters_take_references_and_refuse_what_is_none(survey: Running) -> None:
    organisation = await people.make(survey)
    ids = await people.a_small_tree(organisation)
    await organisation.employee("E1", "OE-1")
    await organisation.employee("E2", "OE-1", managerId="external:E1")
    for path, found in (
        ("units?parentId=none", ["OE"]), ("units?parentId=external:OE-1", ["OE-1-1"]),
        (f"units?parentId={ids['OE-1']}", ["OE-1-1"]), ("units?parentId=external:none", []),
        ("employees?managerId=none", ["E1"]), ("employees?managerId=external:E1", ["E2"]),
    ):  # fmt: skip
        answer = await organisation.admin.get(f"/v1/{path}")
        assert [item["externalId"] for item in answer.json()["items"]] == found, path
    for path in ("units?parentId=bogus", "employees?unitId=none", "employees?managerId=x", "services?providerId=OE-1",
                 "services?unitId=%20", "audience-matrix?unitId=none"):  # fmt: skip
        answer = await organisation.admin.get(f"/v1/{path}")
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "notAReference"), path
        assert answer.json()["errors"][0]["parameter"] == path.partition("?")[2].partition("=")[0]
