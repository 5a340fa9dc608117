import json
from typing import Any
from uuid import uuid4

import httpx
import pytest

from services.survey.interchange.surveyjs.writing import written
from tests.survey.interchange.limesurvey_files import Asked, lss
from tests.survey.interchange.qualtrics_files import displays, qsf, question
from tests.survey.interchange.widest import widest
from tests.survey.surveys.conftest import House, made
from tests.survey.surveys.definitions import municipality

XML, JSON = {"Content-Type": "application/xml"}, {"Content-Type": "application/json"}
LSS = lss(
    [Asked("mark", "5", {"nl": "Cijfer?", "en": "Mark?"}), Asked("note", "X", {"nl": "Lees dit", "en": "Read this"})]
)
QSF = qsf([question("QID1", Choices=displays("A", "B"))])
JS = json.dumps({"title": "Ours", "elements": [{"type": "rating", "name": "q", "visibleIf": "age() > 3"}]}).encode()


async def sent(client: httpx.AsyncClient, data: bytes, headers: dict[str, str] = JSON, **query: str) -> httpx.Response:
    return await client.post("/v1/survey-imports", content=data, headers=headers, params=query)


@pytest.mark.parametrize(("data", "headers", "kind", "key"), [
    (LSS, XML, "limesurvey", "Onze-diensten"), (QSF, {"Content-Type": "application/octet-stream"}, "qualtrics", "Our-services"),
    (JS, JSON, "surveyjs", "Ours"),
])  # fmt: skip
async def test_a_file_becomes_a_draft_with_a_report(
    house: House, data: bytes, headers: dict[str, str], kind: str, key: str
) -> None:
    manager = await house.role("provider-manager", house.facilities)
    answer = await sent(manager, data, headers, providerId="external:FAC")
    assert answer.status_code == 201, answer.text
    report = answer.json()
    assert (report["format"], report["sections"], report["questions"]) == (kind, 1, 1)
    assert report["findingCount"] == len(report["findings"])
    survey = (await manager.get(f"/v1/surveys/{report['surveyId']}")).json()
    assert (survey["key"], survey["latestVersion"], survey["providerId"]) == (key, None, str(house.facilities))
    again = await manager.get(answer.headers["location"])
    assert again.json() == report
    assert again.headers["etag"]
    assert (await manager.post(f"/v1/surveys/{survey['id']}/publish")).status_code == 201


async def test_the_report_says_where_what_and_instead(house: House) -> None:
    admin = await house.role("admin")
    [text] = (await sent(admin, LSS, XML)).json()["findings"]
    assert text == {
        "element": "note", "line": text["line"], "pointer": None, "code": "questionOmitted",
        "detail": "It is a text to read, not a question.", "instead": "It is not in the draft.",
    }  # fmt: skip
    assert LSS.splitlines()[text["line"] - 1].strip() == b"<row>"
    [condition] = (await sent(admin, JS)).json()["findings"]
    assert (condition["line"], condition["pointer"]) == (None, "/elements/0")
    assert "age()" in condition["detail"]


async def test_keys(house: House) -> None:
    admin = await house.role("admin")
    keys = []
    queries: list[dict[str, str]] = [{}, {}, {"key": "mine"}]
    for query in queries:
        survey = (await sent(admin, JS, JSON, **query)).json()["surveyId"]
        keys.append((await admin.get(f"/v1/surveys/{survey}")).json()["key"])
    assert keys == ["Ours", "Ours-2", "mine"]
    taken = await sent(admin, JS, key="mine")
    assert (taken.status_code, taken.json()["code"]) == (409, "keyTaken")


@pytest.mark.parametrize(
    ("data", "headers", "query", "status", "code"),
    [
        (b"nonsense", JSON, {}, 400, "notASurvey"), (JS[:40], JSON, {}, 400, "unreadable"), (JS, JSON, {"format": "qualtrics"}, 400, "formatDiffers"),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]><document/>", XML, {}, 400, "documentType"), (b'{"pages": []}', JSON, {}, 400, "nothingToCarry"),
        (JS, JSON, {"providerId": "external:NONE"}, 400, "unknownReference"), (JS, JSON, {"providerId": "external:LINE"}, 400, "notAProvider"),
        (JS, {"Content-Type": "text/csv"}, {}, 415, "unsupportedMediaType"), (JS, JSON, {"kind": "x"}, 400, "unknownParameter"),
        (JS, JSON, {"format": "word"}, 400, "literalError"),
    ],
)  # fmt: skip
async def test_what_is_refused_leaves_nothing(
    house: House, data: bytes, headers: dict[str, str], query: dict[str, str], status: int, code: str
) -> None:
    admin = await house.role("admin")
    answer = await sent(admin, data, headers, **query)
    problem = answer.json()
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert code in {problem["code"], *(error["code"] for error in problem.get("errors", ()))}
    if "providerId" in query:
        assert problem["errors"][0]["parameter"] == "providerId"
    assert (await admin.get("/v1/surveys")).json()["items"] == []
    assert (await admin.get("/v1/survey-imports")).json()["items"] == []


async def test_a_large_file_is_an_upload(house: House) -> None:
    admin = await house.role("admin")
    body = json.loads(JS) | {"description": "x" * 1_500_000}
    assert (await sent(admin, json.dumps(body).encode())).status_code == 201
    over = b'{"title": "' + b"x" * house.running.settings.file_limit + b'"}'
    assert (await sent(admin, over)).status_code == 413


async def test_a_repeated_request_brings_it_in_once(house: House) -> None:
    admin = await house.role("admin")
    first, second = [await sent(admin, JS, {**JSON, "Idempotency-Key": "k"}) for _ in range(2)]
    assert first.json() == second.json()
    assert len((await admin.get("/v1/survey-imports")).json()["items"]) == 1


async def test_who_sees_the_survey_sees_the_report(house: House) -> None:
    manager = await house.role("provider-manager", house.facilities)
    location = (await sent(manager, JS, providerId="external:FAC")).headers["location"]
    stranger = await house.role("provider-manager", house.ict)
    elsewhere = await house.running.as_role("admin")
    for client in (stranger, elsewhere):
        assert (await client.get(location)).status_code == 404
        assert (await client.get("/v1/survey-imports")).json()["items"] == []
    assert (await stranger.get(f"/v1/survey-imports/{uuid4()}")).status_code == 404
    assert (await (await house.role("provider-staff", house.facilities)).get(location)).status_code == 200
    assert (await sent(await house.role("provider-staff", house.facilities), JS)).status_code == 403
    assert (await sent(stranger, JS, providerId="external:FAC")).status_code == 400
    assert (await house.running.client.get(location)).status_code == 401


async def test_a_report_goes_with_its_draft(house: House) -> None:
    admin = await house.role("admin")
    answer = await sent(admin, JS)
    survey = f"/v1/surveys/{answer.json()['surveyId']}"
    assert (await admin.delete(survey, headers={"If-Match": "*"})).status_code == 204
    assert (await admin.get(answer.headers["location"])).status_code == 404


async def test_what_another_organisation_has_is_told(house: House) -> None:
    """Services and attributes that conditions look at may not be there; the one that is there is looked at by its id."""
    admin = await house.role("admin")
    answer = await sent(admin, json.dumps(written(widest())).encode())
    assert answer.status_code == 201, answer.text
    lost = answer.json()["findings"]
    assert {(finding["element"], finding["code"]) for finding in lost} == {
        (name, "conditionLost") for name in ("depot", "elsewhere", "user", "rater")}  # fmt: skip
    survey = (await admin.get(f"/v1/surveys/{answer.json()['surveyId']}")).json()
    asked = {question["key"]: question for section in survey["sections"] for question in section["questions"]}
    assert asked["here"]["showIf"]["operator"] == "is"
    assert asked["here"]["showIf"]["service"] != "external:FAC-02"
    assert "showIf" not in asked["depot"]


async def test_a_version_goes_out_and_comes_in_again(house: House) -> None:
    admin = await house.role("admin")
    survey = (await made(admin, **municipality())).headers["location"]
    await admin.post(f"{survey}/publish")
    out = await admin.get(f"{survey}/versions/1", params={"format": "surveyjs"})
    assert (out.status_code, out.headers["etag"], out.headers["api-version"][:2]) == (200, '"1"', "1.")
    assert [page["name"] for page in out.json()["pages"]] == ["page-service", "page-respondent"]
    back = await sent(admin, out.content)
    assert back.json()["findings"] == []
    draft: dict[str, Any] = (await admin.get(f"/v1/surveys/{back.json()['surveyId']}")).json()
    version = (await admin.get(f"{survey}/versions/1")).json()
    assert draft["key"] == "internal-services-2"
    for name in ("title", "languages", "topics", "labels"):
        assert draft[name] == version[name]
    assert json.dumps(draft["sections"], sort_keys=True) == json.dumps(version["sections"], sort_keys=True).replace(
        '"topic": null, ', ""
    ).replace(', "topic": null', "")
    assert (await admin.get(f"{survey}/versions/1", params={"format": "word"})).status_code == 400
    assert (await admin.get(f"{survey}/versions/2", params={"format": "surveyjs"})).status_code == 404
