"""Capitals and bounds that a survey does not say, as SurveyJS takes them."""

import json
from typing import Any

import pytest

from services.survey.interchange.surveyjs.names import JOINER
from services.survey.interchange.surveyjs.writing import written
from services.survey.surveys.values import Refusal, acceptor
from tests.survey.interchange.carried import carried
from tests.survey.interchange.test_surveyjs import plain
from tests.survey.interchange.test_writing import LOADING
from tests.survey.interchange.test_writing_services import survey
from tests.survey.interchange.widest import options, where
from tests.survey.surveys.definitions import question
from tests.web.tooling import tooling


def of(*questions: dict[str, Any]) -> dict[str, Any]:
    return survey({"key": "s", "questions": list(questions)})


CAPITALS = of(
    question("one", "singleChoice", options=options("Ja", "ja")),
    question("several", "multipleChoice", options=options("A", "a")),
    question("Several", "yesNo"),
    question("small", "yesNo", showIf=where("one", "equals", "ja")),
    question("some", "yesNo", showIf=where("several", "contains", "a")),
    question("other", "yesNo", showIf=where("Several", "answered")),
    question("depot", "yesNo", showIf={"attribute": "site", "operator": "equals", "value": "depot"}),
)
ALWAYS = ["one", "several", "Several-all"]


def cases(definition: dict[str, Any], *given: dict[str, Any], **variables: Any) -> list[Any]:
    job = {"document": written(definition), "cases": [{"data": data, "variables": variables} for data in given]}
    made = tooling().result_of(LOADING, job)
    assert [
        *made["errors"],
        *(each for each in made["found"] if not any(sign in each for sign in ("attribute_", '"organisation"', JOINER))),
    ] == []
    found: list[Any] = made["cases"]
    return found


@pytest.mark.parametrize(
    ("data", "site", "shown"),
    [
        ({"one": "Ja", "several": ["A"]}, "Depot", []), ({"one": "ja", "several": ["a"]}, "depot", ["small", "some", "depot"]),
        ({"several": ["A"], "Several-all": True}, "x", ["other"]),
    ],
)  # fmt: skip
def test_capitals_count(data: dict[str, Any], site: str, shown: list[str]) -> None:
    (made,) = cases(CAPITALS, data, attribute_site=site)
    assert made["shown"] == ALWAYS + shown
    assert made["wrong"] == []


BOUNDS = {
    "number": (-(10**12), 10**12, -(10**12) - 1, 10**12 + 1),
    "date": ("1900-01-01", "2199-12-31", "1899-12-31", "2200-01-01"),
}


@pytest.mark.parametrize("kind", BOUNDS)
def test_bounds_that_are_not_said_hold(kind: str) -> None:
    asked = question("q", kind)
    accept = acceptor(asked)
    looked = cases(of(asked), *({"q": value} for value in BOUNDS[kind]))
    refused = [isinstance(accept(value), Refusal) for value in BOUNDS[kind]]
    assert [each["wrong"] == ["q"] for each in looked] == refused == [False, False, True, True]


@pytest.mark.parametrize("kind", BOUNDS)
def test_and_come_back_unsaid(kind: str) -> None:
    made = carried(
        json.dumps(written(of(question("q", kind, decimals=2) if kind == "number" else question("q", kind)))).encode()
    )
    assert made.questions["q"].keys().isdisjoint({"minimum", "maximum", "earliestDate", "latestDate"})
    assert made.told() == []


def test_capitals_come_back() -> None:
    made = carried(json.dumps(written(CAPITALS)).encode())
    assert made.told() == []
    shown = {key: plain(asked.get("showIf")) for key, asked in made.questions.items()}
    assert shown["small"] == where("one", "equals", made.questions["one"]["options"][1]["key"])
    assert shown["other"] == where("Several-all", "answered")
