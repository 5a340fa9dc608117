from copy import deepcopy

from sqlalchemy import delete, select, update

from services.shared.outbox import OutboxEvent
from services.survey.organisation.models import Organisation, Unit
from tests.survey.surveys.conftest import House, made
from tests.survey.surveys.definitions import body, municipality, text


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
    changed["sections"][0]["questions"][0]["type"] = "slider"
    changed["sections"][0]["questions"][1]["poits"] = 5
    answer = await admin.post("/v1/surveys", json=changed)
    assert answer.status_code == 400
    assert answer.json()["code"] == "invalidRequest"
    assert {(error["pointer"], error["code"]) for error in answer.json()["errors"]} == {
        ("/sections/0/questions/0/type", "unknownQuestionType"), ("/sections/0/questions/1/poits", "extraForbidden"),
    }  # fmt: skip


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
    for provider, keys in (("external:FAC", ["two"]), ("none", ["one", "three"]), ("external:FAC-9", [])):
        of = (await admin.get(f"/v1/surveys?sort=key&providerId={provider}")).json()["items"]
        assert [survey["key"] for survey in of] == keys
    refused = await admin.get("/v1/surveys?providerId=FAC")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (400, "notAReference")
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


async def test_what_conditions_name_must_be_there_and_is_kept_by_its_id(house: House) -> None:
    admin = await house.role("admin")
    changed = body()
    asked = changed["sections"][1]["questions"]
    asked[0]["showIf"] = {"service": "external:FAC-02", "operator": "uses"}
    asked[1]["skipIf"] = {"any": [{"service": "external:FAC-99", "operator": "rates"},
                                  {"attribute": "location", "operator": "equals", "value": "werf"}]}  # fmt: skip
    refused = await admin.post("/v1/surveys", json=changed)
    where = "/sections/1/questions/1/skipIf/any"
    assert {(error["pointer"], error["code"]) for error in refused.json()["errors"]} == {
        (f"{where}/0/service", "unknownReference"), (f"{where}/1/attribute", "unknownAttribute"),
    }  # fmt: skip
    del asked[1]["skipIf"]
    kept = await admin.post("/v1/surveys", json=changed)
    assert kept.status_code == 201
    service = kept.json()["sections"][1]["questions"][0]["showIf"]["service"]
    assert (await admin.get(f"/v1/services/{service}")).json()["externalId"] == "FAC-02"
    again = await admin.patch(
        kept.headers["location"], json={"title": {"nl": "a", "en": "b"}}, headers={"If-Match": "*"}
    )
    assert again.json()["sections"] == kept.json()["sections"]


async def test_a_preview_is_of_somebody_with_attributes(house: House) -> None:
    admin = await house.role("admin")
    async with house.running.database.transaction(house.id) as session:
        await session.execute(update(Organisation).values(attributes=[{"key": "location", "name": {"nl": "Locatie"}}]))
    changed = body()
    changed["sections"][1]["questions"][0]["showIf"] = {"attribute": "location", "operator": "equals", "value": "werf"}
    address = (await admin.post("/v1/surveys", json=changed)).headers["location"]
    seen = {}
    for name, attributes in (("anybody", None), ("werf", {"location": "werf"}), ("other", {})):
        sent = {"language": "nl"} if attributes is None else {"language": "nl", "attributes": attributes}
        answer = await admin.post(f"{address}/preview", json=sent)
        seen[name] = {each["key"]: each for each in answer.json()["sections"][1]["questions"]}
    assert "attribute" in seen["anybody"]["care"]["showIf"]
    assert "showIf" not in seen["werf"]["care"]
    assert "care" not in seen["other"]
    refused = await admin.post(f"{address}/preview", json={"attributes": {"location": "werf", "nope": "x"}})
    assert [(each["pointer"], each["code"]) for each in refused.json()["errors"]] == [
        ("/attributes/nope", "unknownAttribute")
    ]
    assert refused.status_code == 400


async def test_a_survey_whose_provider_left_changes_still(house: House) -> None:
    """As an approved snapshot of units leaves it."""
    admin = await house.role("admin")
    location = (await made(admin, providerId=str(house.helpdesk))).headers["location"]
    async with house.running.database.transaction(house.id) as session:
        await session.execute(delete(Unit).where(Unit.id == house.helpdesk))
    answer = await admin.patch(location, json={"title": {"nl": "Nieuw", "en": "New"}}, headers={"If-Match": "*"})
    assert (answer.status_code, answer.json()["title"]["en"]) == (200, "New")
    assert answer.json()["providerId"] == str(house.helpdesk)
    for provider, status in (("external:HELP", 400), ("external:ICT", 200), (str(house.helpdesk), 400)):
        answer = await admin.patch(location, json={"providerId": provider}, headers={"If-Match": "*"})
        assert answer.status_code == status
