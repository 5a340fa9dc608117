import pytest

from tests.survey.surveys.conftest import House, made
from tests.survey.surveys.definitions import body


@pytest.mark.parametrize(
    ("provider", "status", "code"),
    [("external:FAC", 201, None), ("external:HELP", 400, "unknownReference"), ("external:LINE", 400, "unknownReference"),
     ("external:NONE", 400, "unknownReference"), (None, 201, None)],
)  # fmt: skip
async def test_a_manager_makes_surveys_for_their_providers(
    house: House, provider: str | None, status: int, code: str | None
) -> None:
    manager = await house.role("provider-manager", house.facilities)
    answer = await manager.post("/v1/surveys", json={**body(), "providerId": provider})
    assert answer.status_code == status
    if code:
        assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [("/providerId", code)]


async def test_a_unit_that_provides_nothing_has_no_survey(house: House) -> None:
    answer = await (await house.role("admin")).post("/v1/surveys", json={**body(), "providerId": str(house.line)})
    assert [error["code"] for error in answer.json()["errors"]] == ["notAProvider"]


async def test_units_below_count_and_strangers_find_nothing(house: House) -> None:
    above = await house.role("provider-manager", house.ict)
    location = (await made(above, providerId=str(house.helpdesk))).headers["location"]
    stranger = await house.role("provider-manager", house.facilities)
    for answer in (
        await stranger.get(location),
        await stranger.post(f"{location}/publish"),
        await stranger.get(f"{location}/preview"),
        await stranger.get(f"{location}/versions"),
        await stranger.patch(location, json={"key": "mine"}, headers={"If-Match": "*"}),
        await (await house.running.as_role("admin")).get(location),
    ):
        assert answer.status_code == 404
    assert (await stranger.get("/v1/surveys")).json()["items"] == []
    staff = await house.role("provider-staff", house.helpdesk)
    assert (await staff.get(location)).status_code == 200
    assert (await staff.post(f"{location}/publish")).status_code == 403


async def test_a_survey_of_several_providers_is_its_makers(house: House) -> None:
    maker = await house.role("provider-manager", house.facilities, house.ict)
    location = (await made(maker)).headers["location"]
    other = await house.role("provider-manager", house.facilities)
    assert (await other.get(location)).status_code == 200
    refused = await other.patch(location, json={"key": "mine"}, headers={"If-Match": "*"})
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert (await other.post(f"{location}/publish")).status_code == 403
    colleague = await house.role("provider-manager", house.ict, house.facilities)
    assert (await colleague.post(f"{location}/publish")).status_code == 201
    nobody = await house.role("provider-manager")
    assert (await nobody.post("/v1/surveys", json={**body(), "key": "none"})).status_code == 403


@pytest.mark.parametrize("role", ["consumer-manager", "integrator", "bi-reader"])
async def test_surveys_are_for_those_who_measure(house: House, role: str) -> None:
    client = await house.role(role, house.facilities)
    assert (await client.get("/v1/surveys")).status_code == 403
    assert (await client.post("/v1/surveys", json=body())).status_code == 403
