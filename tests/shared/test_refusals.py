"""Where a refused body is wrong: each pointer leads to a part of it, or to one that is missing."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import pytest_asyncio

from tests.fixtures.services import Running
from tests.survey import people
from tests.survey.surveys.definitions import body

BLANK = ({"name": " "}, "/name"), ({"name": "A", "externalId": "\t "}, "/externalId")


@pytest_asyncio.fixture
async def admin(survey: Running, organisation_id: UUID) -> AsyncIterator[httpx.AsyncClient]:
    async with await survey.as_role("admin", organisation_id) as client:
        yield client


def said(answer: httpx.Response) -> list[tuple[str, str]]:
    assert answer.status_code == 400, answer.text
    return [(error.get("pointer"), error["code"]) for error in answer.json()["errors"]]


@pytest.mark.parametrize("content", [b"", b"{", b'{"name": nothing}', b"[" * 10_000])
async def test_what_is_no_json_is_unreadable(admin: httpx.AsyncClient, content: bytes) -> None:
    answer = await admin.post("/v1/units", content=content, headers={"Content-Type": "application/json"})
    assert said(answer) == [("", "unreadable" if content else "missing")]


@pytest.mark.parametrize(
    ("sample", "pointer", "code"),
    [
        ({"kind": "share", "share": 2}, "/sample/share", "lessThanEqual"),
        ({"kind": "share", "share": "a"}, "/sample/share", "floatType"),
        ({"kind": "share", "share": 0.5, "other": 1}, "/sample/other", "extraForbidden"),
        ({"kind": "share"}, "/sample/share", "missing"),
        ({"kind": "number"}, "/sample/number", "missing"),
        ({"kind": "number", "number": 0}, "/sample/number", "greaterThanEqual"),
        ({"kind": "some"}, "/sample/kind", "literalError"),
        ({"kind": None}, "/sample/kind", "literalError"),
        ({"share": 0.5}, "/sample/kind", "missing"),
        ({}, "/sample/kind", "missing"),
    ],
)
async def test_a_unions_tag_is_on_no_pointer(
    admin: httpx.AsyncClient, sample: dict[str, object], pointer: str, code: str
) -> None:
    wave = {"surveyId": str(uuid4()), "serviceIds": ["external:S"], "closesAt": "2999-01-01T00:00:00Z"}
    assert said(await admin.post("/v1/waves", json={**wave, "sample": sample})) == [(pointer, code)]


async def test_an_end_before_the_beginning_is_told_of_the_end(admin: httpx.AsyncClient) -> None:
    wave = {"surveyId": str(uuid4()), "serviceIds": ["external:S"], "opensAt": "2999-01-01T00:00:00Z"}
    for closes_at in ("2999-01-01T00:00:00Z", "2999-01-01T00:30:00+01:00"):
        answer = await admin.post("/v1/waves", json={**wave, "closesAt": closes_at})
        assert said(answer) == [("/closesAt", "closesBeforeItOpens")]
    refused = await admin.post("/v1/waves", json={**wave, "opensAt": "soon", "closesAt": "2000-01-01T00:00:00Z"})
    assert said(refused) == [("/opensAt", "notAnInstant")]


@pytest.mark.parametrize(
    ("value", "more", "code"),
    [
        ({}, "", "wrongType"), ("", "", "stringTooShort"), (" ", "", "blank"),
        ([], "", "tooShort"), ([{}], "/0", "wrongType"), (["a", ""], "/1", "stringTooShort"),
    ],
)  # fmt: skip
async def test_a_value_that_fits_no_alternative_is_refused_once(
    admin: httpx.AsyncClient, value: object, more: str, code: str
) -> None:
    definition: dict[str, Any] = body()
    definition["sections"][0]["questions"][1]["showIf"] = {"question": "q", "operator": "equals", "value": value}
    answer = await admin.post("/v1/surveys", json=definition)
    assert said(answer) == [(f"/sections/0/questions/1/showIf/value{more}", code)]


async def test_an_alternative_that_was_meant_is_the_only_one_that_is_told_of(admin: httpx.AsyncClient) -> None:
    definition: dict[str, Any] = body()
    condition = {"attribute": "a", "operator": "equals", "value": ["a", "\0"]}
    definition["sections"][0]["questions"][1]["showIf"] = condition
    answer = await admin.post("/v1/surveys", json=definition)
    assert said(answer) == [("/sections/0/questions/1/showIf/value/1", "unstorableText")]


async def test_the_same_in_a_patch(survey: Running) -> None:
    organisation = await people.make(survey)
    answer = await organisation.admin.patch(
        "/v1/organisation", json={"hourlyCost": {"amount": 5}, "attributes": [{"key": "a"}]}, headers={"If-Match": "*"}
    )
    assert said(answer) == [
        ("/attributes/0/name", "missing"), ("/hourlyCost/amount", "notAMoneyAmount"), ("/hourlyCost/currency", "missing"),
    ]  # fmt: skip


@pytest.mark.parametrize("patch", [{"naam": None}, {"naam": "x"}, {"is_provider": None}])
async def test_a_patch_has_no_key_that_the_body_has_not(survey: Running, patch: dict[str, object]) -> None:
    organisation = await people.make(survey)
    await organisation.unit("OE", None)
    answer = await organisation.admin.patch("/v1/units/external:OE", json=patch, headers={"If-Match": "*"})
    assert said(answer) == [(f"/{next(iter(patch))}", "extraForbidden")]
    assert (await organisation.admin.get("/v1/units/external:OE")).headers["etag"] == '"1"'


@pytest.mark.parametrize(("sent", "pointer"), BLANK)
async def test_blank_texts_are_refused(admin: httpx.AsyncClient, sent: dict[str, str], pointer: str) -> None:
    assert said(await admin.post("/v1/units", json=sent)) == [(pointer, "blank")]


async def test_blank_texts_in_language_maps_and_attributes_are_refused(survey: Running) -> None:
    organisation = await people.make(survey, attributes=[{"key": "location", "name": {"nl": "Locatie"}}])
    await organisation.unit("OE", None, isProvider=True)
    service = {"name": {"nl": "Goed", "en": "  "}, "providerId": "external:OE"}
    assert said(await organisation.admin.post("/v1/services", json=service)) == [("/name/en", "blank")]
    person = {"givenName": " Paula ", "familyName": "Geerts", "unitId": "external:OE"}
    answer = await organisation.admin.post("/v1/employees", json={**person, "attributes": {"location": " "}})
    assert said(answer) == [("/attributes/location", "blank")]
    made = await organisation.admin.post("/v1/employees", json=person)
    assert made.json()["givenName"] == " Paula "


async def test_the_instance_of_a_problem_is_a_reference(admin: httpx.AsyncClient) -> None:
    answer = await admin.get("/v1/units/external:%C3%A9%20%3Fa%23b%25%22%3C")
    assert answer.json()["instance"] == "/v1/units/external:%C3%A9%20%3Fa%23b%25%22%3C"
    assert (await admin.get("/v1/nothing%0A[here]")).json()["instance"] == "/v1/nothing%0A%5Bhere%5D"


@pytest.mark.parametrize(
    "lines", [['"zz", "1"'], ['"1","zz"'], ['"zz"', '"1"'], ['W/"zz" , "1"'], ['"zz"', '"yy", "1"']]
)
async def test_if_match_fits_when_any_of_its_tags_does(survey: Running, lines: list[str]) -> None:
    organisation = await people.make(survey)
    headers = [("If-Match", line) for line in lines]
    answer = await organisation.admin.patch("/v1/organisation", json={"name": "New"}, headers=headers)
    assert (answer.status_code, answer.headers.get("etag")) == (200, '"2"')
    stale = await organisation.admin.patch("/v1/organisation", json={"name": "New"}, headers=headers)
    assert (stale.status_code, stale.json()["code"]) == (412, "preconditionFailed")
