from copy import deepcopy
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import select

from services.shared.outbox import OutboxEvent
from services.survey.catalogue.models import Service
from services.survey.organisation.models import Organisation, Unit
from tests.fixtures.services import Running
from tests.survey.surveys.definitions import body, municipality, text


@dataclass
class House:
    """An organisation with two providers, of which the second has a department below it."""

    running: Running
    id: UUID
    facilities: UUID
    ict: UUID
    helpdesk: UUID
    line: UUID

    async def role(self, role: str, *units: UUID) -> httpx.AsyncClient:
        return await self.running.as_role(role, self.id, units)


@pytest_asyncio.fixture
async def house(survey: Running, organisation_id: UUID) -> House:
    made = House(survey, organisation_id, *(uuid4() for _ in range(4)))
    async with survey.database.transaction(organisation_id) as session:
        session.add(Organisation(
            organisation_id=organisation_id, token_number=7, name="Rivierenmark", time_zone="Europe/Amsterdam",
            languages=["nl", "en"], minimum_group=6, comment_minimum_group=12, attributes=[],
        ))  # fmt: skip
        for unit, parent, name, provides in (
            (made.line, None, "LINE", False), (made.facilities, made.line, "FAC", True),
            (made.ict, made.line, "ICT", True), (made.helpdesk, made.ict, "HELP", True),
        ):  # fmt: skip
            session.add(Unit(
                organisation_id=organisation_id, id=unit, external_id=name, name=name, parent_id=parent,
                is_provider=provides, is_consumer=True,
            ))  # fmt: skip
            await session.flush()
        session.add(Service(
            organisation_id=organisation_id, external_id="FAC-02", provider_id=made.facilities, name=text("Schoonmaak"),
        ))  # fmt: skip
    return made


async def made(client: httpx.AsyncClient, **more: Any) -> httpx.Response:
    answer = await client.post("/v1/surveys", json={**body(), **more})
    assert answer.status_code == 201, answer.text
    return answer


async def test_the_municipality_survey_comes_back_as_it_went_in(house: House) -> None:
    manager = await house.role("provider-manager", house.facilities, house.ict)
    answer = await manager.post("/v1/surveys", json=municipality())
    assert answer.status_code == 201
    shown = answer.json()
    assert {name: shown[name] for name in municipality()} == municipality()
    assert shown["providerId"] is None
    assert shown["latestVersion"] is None
    assert answer.headers["etag"] == '"1"'
    again = await manager.get(answer.headers["location"])
    assert again.json() == shown


async def test_versions_are_published_once_and_never_change(house: House) -> None:
    admin = await house.role("admin")
    location = (await made(admin)).headers["location"]
    first = await admin.post(f"{location}/publish")
    assert (first.status_code, first.json()["version"]) == (201, 1)
    assert first.json()["sections"] == (await admin.get(location)).json()["sections"]
    again = await admin.post(f"{location}/publish")
    assert (again.status_code, again.json()) == (200, first.json())
    changed = await admin.patch(location, json={"title": {"nl": "Anders"}}, headers={"If-Match": "*"})
    assert changed.json()["title"] == {"nl": "Anders", "en": "All types"}
    second = await admin.post(f"{location}/publish")
    assert (second.status_code, second.json()["version"]) == (201, 2)
    assert second.headers["location"] == f"{location}/versions/2"
    old = await admin.get(f"{location}/versions/1")
    assert old.json() == first.json()
    assert (await admin.get(location)).json()["latestVersion"] == 2
    listed = (await admin.get(f"{location}/versions")).json()["items"]
    assert [(version["version"], version["title"]["nl"]) for version in listed] == [(2, "Anders"), (1, "All types")]
    assert (await admin.get(f"{location}/versions/3")).status_code == 404


async def test_publishing_is_told_once_a_version(house: House) -> None:
    admin = await house.role("admin")
    survey = (await made(admin, providerId="external:FAC")).json()
    for _ in range(2):
        await admin.post(f"/v1/surveys/{survey['id']}/publish")
    version = (await admin.get(f"/v1/surveys/{survey['id']}/versions/1")).json()
    async with house.running.database.transaction(house.id) as session:
        events = (await session.scalars(select(OutboxEvent).where(OutboxEvent.type == "survey.published"))).all()
    (event,) = [event.data for event in events]
    assert (event["surveyId"], event["version"], event["key"]) == (survey["id"], 1, "all-types")
    assert event["providerId"] == event["definition"]["providerId"] == str(house.facilities)
    assert event["definition"] == {name: version[name] for name in event["definition"]}


async def test_a_draft_changes_only_for_who_has_seen_it(house: House) -> None:
    admin = await house.role("admin")
    location = (await made(admin)).headers["location"]
    assert (await admin.patch(location, json={"key": "other"})).status_code == 428
    stale = await admin.patch(location, json={"key": "other"}, headers={"If-Match": '"7"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "preconditionFailed")
    fresh = await admin.patch(location, json={"key": "other"}, headers={"If-Match": '"1"'})
    assert (fresh.status_code, fresh.json()["key"], fresh.headers["etag"]) == (200, "other", '"2"')
    same = await admin.patch(location, json={"key": "other"}, headers={"If-Match": '"2"'})
    assert same.headers["etag"] == '"2"'


async def test_a_patch_is_checked_as_a_whole_and_null_takes_away(house: House) -> None:
    admin = await house.role("admin")
    location = (await made(admin)).headers["location"]
    refused = await admin.patch(location, json={"labels": None}, headers={"If-Match": "*"})
    assert refused.status_code == 400
    assert refused.json()["errors"] == [{
        "pointer": "/sections/0/questions/1/labels", "code": "unknownLabels",
        "detail": "is no name in the labels of this survey",
    }]  # fmt: skip
    missing = await admin.patch(location, json={"title": None}, headers={"If-Match": "*"})
    assert [(error["pointer"], error["code"]) for error in missing.json()["errors"]] == [("/title", "missing")]
    broken = await admin.patch(location, content=b'{"title": {"nl": "\\ud800"}}', headers={
        "If-Match": "*", "Content-Type": "application/merge-patch+json"})  # fmt: skip
    assert broken.status_code == 400
    sections = deepcopy(body()["sections"])
    del sections[0]["questions"][1]["labels"]
    taken = await admin.patch(location, json={"labels": None, "sections": sections}, headers={"If-Match": "*"})
    assert taken.status_code == 200
    assert "labels" not in taken.json()


async def test_keys_are_unique_and_stay_once_published(house: House) -> None:
    admin = await house.role("admin")
    first = (await made(admin)).headers["location"]
    taken = await admin.post("/v1/surveys", json=body())
    assert (taken.status_code, taken.json()["code"]) == (409, "keyTaken")
    await admin.post(f"{first}/publish")
    fixed = await admin.patch(first, json={"key": "other"}, headers={"If-Match": "*"})
    assert (fixed.status_code, fixed.json()["code"]) == (409, "keyFixed")
    elsewhere = await (await house.running.as_role("admin")).post("/v1/surveys", json=body())
    assert elsewhere.status_code == 201


async def test_only_what_was_never_published_can_be_deleted(house: House) -> None:
    admin = await house.role("admin")
    location = (await made(admin)).headers["location"]
    assert (await admin.delete(location)).status_code == 428
    assert (await admin.delete(location, headers={"If-Match": '"1"'})).status_code == 204
    assert (await admin.get(location)).status_code == 404
    location = (await made(admin)).headers["location"]
    await admin.post(f"{location}/publish")
    refused = await admin.delete(location, headers={"If-Match": "*"})
    assert (refused.status_code, refused.json()["code"]) == (409, "surveyPublished")


async def test_a_survey_that_makes_no_sense_is_refused_with_pointers(house: House) -> None:
    admin = await house.role("admin")
    changed = body()
    changed["sections"][0]["questions"][0]["type"] = "ranking"
    changed["sections"][0]["questions"][1]["poits"] = 5
    answer = await admin.post("/v1/surveys", json=changed)
    assert answer.status_code == 400
    assert answer.json()["code"] == "invalidRequest"
    assert {(error["pointer"], error["code"]) for error in answer.json()["errors"]} == {
        ("/sections/0/questions/0/type", "questionTypeNotYet"), ("/sections/0/questions/1/poits", "extra_forbidden"),
    }  # fmt: skip


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


async def test_surveys_are_listed_and_filtered(house: House) -> None:
    admin = await house.role("admin")
    for key in ("one", "two", "three"):
        await made(admin, key=key, providerId="external:FAC" if key == "two" else None)
    listed = (await admin.get("/v1/surveys?sort=key&limit=2")).json()
    assert [survey["key"] for survey in listed["items"]] == ["one", "three"]
    rest = (await admin.get(f"/v1/surveys?sort=key&limit=2&cursor={listed['nextCursor']}")).json()
    assert ([survey["key"] for survey in rest["items"]], rest["nextCursor"]) == (["two"], None)
    of = (await admin.get(f"/v1/surveys?providerId={house.facilities}")).json()["items"]
    assert [survey["key"] for survey in of] == ["two"]
    assert [survey["key"] for survey in (await admin.get("/v1/surveys?key=one")).json()["items"]] == ["one"]


async def test_a_preview_is_what_a_respondent_would_see(house: House) -> None:
    manager = await house.role("provider-manager", house.facilities)
    location = (await made(manager, title={"nl": "Hoe gaat het?", "en": "How are we doing?"})).headers["location"]
    seen = (await manager.get(f"{location}/preview", headers={"Accept-Language": "en-GB"})).json()
    assert (seen["language"], seen["title"], seen["organisation"]) == ("en", "How are we doing?", "Rivierenmark")
    assert [service["externalId"] for service in seen["services"]] == ["FAC-02"]
    assert "at least 6 people" in seen["introduction"]
    assert "at least 12 people" in seen["introduction"]
    dutch = (await manager.get(f"{location}/preview?language=nl")).json()
    assert dutch["title"] == "Hoe gaat het?"
    refused = await manager.get(f"{location}/preview?language=de")
    assert [error["code"] for error in refused.json()["errors"]] == ["languageNotOffered"]


async def test_a_preview_of_unsaved_changes_saves_nothing(house: House) -> None:
    manager = await house.role("provider-manager", house.ict)
    location = (await made(manager)).headers["location"]
    unsaved = {**body(), "title": text("Nieuw")}
    seen = await manager.post(f"{location}/preview", json={"language": "nl", "survey": unsaved})
    assert seen.json()["title"] == "Nieuw"
    assert [service["name"] for service in seen.json()["services"]] == ["Voorbeelddienst"]
    assert (await manager.post(f"{location}/preview", json={})).json()["title"] == "All types"
    assert (await manager.get(location)).json()["title"] == text("All types")
    wrong = await manager.post(f"{location}/preview", json={"survey": {**unsaved, "languages": ["nl", "de"]}})
    assert wrong.status_code == 400
    assert wrong.json()["errors"][0]["pointer"] == "/survey/title/de"
