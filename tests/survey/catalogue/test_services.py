from typing import Any

import pytest

from tests.fixtures.services import Running
from tests.survey import people


async def a_service(organisation: people.Made, external_id: str = "FAC-01", **more: Any) -> dict[str, Any]:
    body = {"providerId": "external:OE-1", "name": {"nl": "Schoonmaak", "en": "Cleaning"}, **more}
    return await organisation.post("services", externalId=external_id, **body)


async def audience(organisation: people.Made, service: str, *units: str) -> None:
    url = f"/v1/services/external:{service}/audience"
    body = {"unitIds": [f"external:{unit}" for unit in units]}
    answer = await organisation.admin.put(url, json=body, headers={"If-Match": "*"})
    assert answer.status_code == 200, answer.text


async def test_a_service_is_kept_as_given(survey: Running) -> None:
    organisation = await people.make(survey)
    ids = await people.a_small_tree(organisation)
    given: dict[str, Any] = {
        "category": "facilities", "yearlyCost": {"amount": "2136000.00", "currency": "EUR"},
        "commercialPricePerUser": {"amount": "815.50", "currency": "EUR"}, "commercialSource": "Offertes 2024",
    }  # fmt: skip
    made = await a_service(organisation, **given)
    assert {key: made[key] for key in given} == given
    assert made["providerId"] == ids["OE-1"]
    assert (await organisation.admin.get("/v1/services/external:FAC-01")).json() == made
    [told] = await organisation.events("service.changed")
    assert (told["yearlyCost"], told["yearlyCostCurrency"], told["name"]["en"]) == ("2136000.00", "EUR", "Cleaning")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"providerId": "external:OE-2"}, "/providerId"),
        ({"providerId": "external:OE-9"}, "/providerId"),
        ({"name": {}}, "/name"),
        ({"name": {"Dutch": "x"}}, "/name"),
        ({"name": "Schoonmaak"}, "/name"),
        ({"yearlyCost": {"amount": "1.001", "currency": "EUR"}}, "/yearlyCost/amount"),
        ({"yearlyCost": {"amount": "1e20", "currency": "EUR"}}, "/yearlyCost/amount"),
        ({"yearlyCost": {"amount": 12, "currency": "EUR"}}, "/yearlyCost/amount"),
        ({"yearlyCost": {"amount": "12", "currency": "euro"}}, "/yearlyCost/currency"),
    ],
)
async def test_what_is_refused_says_where(survey: Running, body: dict[str, object], pointer: str) -> None:
    organisation = await people.make(survey)
    await people.a_small_tree(organisation)
    service = {"providerId": "external:OE-1", "name": {"nl": "Schoonmaak"}, **body}
    answer = await organisation.admin.post("/v1/services", json=service)
    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


async def test_a_service_changes_and_goes(survey: Running) -> None:
    organisation = await people.make(survey)
    await people.a_small_tree(organisation)
    made = await a_service(organisation, yearlyCost={"amount": "5", "currency": "EUR"})
    url = f"/v1/services/{made['id']}"
    patch = {"yearlyCost": None, "name": {"en": None}, "providerId": "external:OE-1-1"}
    changed = await organisation.admin.patch(url, json=patch, headers={"If-Match": '"1"'})
    assert (changed.json()["yearlyCost"], changed.json()["name"]) == (None, {"nl": "Schoonmaak"})
    stale = await organisation.admin.delete(url, headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    assert (await organisation.admin.delete(url, headers={"If-Match": '"2"'})).status_code == 204
    assert (await organisation.admin.get(url)).status_code == 404
    assert await organisation.events("service.removed") == [{"serviceId": made["id"]}]


async def test_external_ids_are_unique(survey: Running) -> None:
    organisation = await people.make(survey)
    await people.a_small_tree(organisation)
    await a_service(organisation)
    body = {"externalId": "FAC-01", "providerId": "external:OE-1", "name": {"nl": "x"}}
    answer = await organisation.admin.post("/v1/services", json=body)
    assert (answer.status_code, answer.json()["code"]) == (409, "externalIdTaken")


async def test_an_audience_is_units_and_all_below_them(survey: Running) -> None:
    organisation = await people.make(survey)
    ids = await people.a_small_tree(organisation)
    await a_service(organisation)
    await a_service(organisation, "FAC-02")
    for name, unit in (("top", "OE"), ("team", "OE-2-1"), ("left", "OE-2-1"), ("provider", "OE-1")):
        await organisation.employee(name, unit, active=name != "left")
    await audience(organisation, "FAC-01", "OE-2", "OE-2-1")
    await audience(organisation, "FAC-02", "OE")
    answer = await organisation.admin.get("/v1/services/external:FAC-01/audience")
    assert answer.json() == {"unitIds": sorted([ids["OE-2"], ids["OE-2-1"]]), "users": 1}
    assert answer.headers["etag"] == '"2"'
    matrix = (await organisation.admin.get("/v1/audience-matrix")).json()["items"]
    assert [(row["users"], row["unitIds"]) for row in matrix] == [
        (1, sorted([ids["OE-2"], ids["OE-2-1"]])), (3, [ids["OE"]])
    ]  # fmt: skip


async def test_an_audience_is_replaced_under_its_own_etag(survey: Running) -> None:
    organisation = await people.make(survey)
    await people.a_small_tree(organisation)
    await a_service(organisation)
    url = "/v1/services/external:FAC-01/audience"
    assert (await organisation.admin.put(url, json={"unitIds": []})).status_code == 428
    body = {"unitIds": ["external:OE", "external:OE-9"]}
    unknown = await organisation.admin.put(url, json=body, headers={"If-Match": '"1"'})
    assert unknown.json()["errors"][0]["pointer"] == "/unitIds/1"
    await audience(organisation, "FAC-01", "OE-2")
    stale = await organisation.admin.put(url, json={"unitIds": []}, headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    assert (await organisation.admin.get("/v1/services/external:FAC-01")).headers["etag"] == '"1"'


async def test_providers_find_what_they_deliver_and_consumers_what_they_use(survey: Running) -> None:
    organisation = await people.make(survey)
    await people.a_small_tree(organisation)
    await a_service(organisation, "FAC-01")
    await a_service(organisation, "FAC-02", providerId="external:OE-1-1", category="it")
    await a_service(organisation, "FAC-03")
    await audience(organisation, "FAC-01", "OE-2-1")
    await audience(organisation, "FAC-02", "OE")
    await audience(organisation, "FAC-03", "OE-2-2")

    async def found(role: str, unit: str, query: str = "") -> list[str]:
        answer = await (await organisation.key(role, unit)).get(f"/v1/services{query}")
        return [service["externalId"] for service in answer.json()["items"]]

    assert await found("provider-manager", "OE-1") == ["FAC-01", "FAC-02", "FAC-03"]
    assert await found("provider-staff", "OE-1-1") == ["FAC-02"]
    assert await found("provider-manager", "OE-2") == []
    assert await found("consumer-manager", "OE-2-1") == ["FAC-01", "FAC-02"]
    assert await found("consumer-manager", "OE-2") == ["FAC-01", "FAC-02", "FAC-03"]
    assert await found("provider-manager", "OE-1", "?category=it") == ["FAC-02"]
    assert await found("provider-manager", "OE-1", "?unitId=external:OE-2-2") == ["FAC-02", "FAC-03"]
    assert await found("provider-manager", "OE-1", "?providerId=external:OE-1-1") == ["FAC-02"]
    stranger = await organisation.key("provider-manager", "OE-1-1")
    for path in ("", "/audience"):
        assert (await stranger.get(f"/v1/services/external:FAC-01{path}")).status_code == 404
    assert len((await stranger.get("/v1/audience-matrix")).json()["items"]) == 1
    assert (await stranger.post("/v1/services", json={})).status_code == 403


async def test_another_organisation_finds_nothing(survey: Running) -> None:
    organisation, other = await people.make(survey), await people.make(survey)
    await people.a_small_tree(organisation)
    made = await a_service(organisation)
    assert (await other.admin.get(f"/v1/services/{made['id']}")).status_code == 404
    assert (await other.admin.get("/v1/audience-matrix")).json()["items"] == []
