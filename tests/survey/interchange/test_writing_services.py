"""Several sections about services, as SurveyJS shows them and as they come back."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from services.survey.interchange.surveyjs.writing import written
from services.survey.surveys.rules import completed, faults
from tests.survey.interchange.carried import carried
from tests.survey.interchange.test_surveyjs import element, js, plain
from tests.survey.interchange.test_writing import LOADING
from tests.survey.interchange.widest import options, where
from tests.survey.surveys.definitions import question, text
from tests.web.tooling import tooling

REPEATED = {"repeatFor": "ratedService", "minimumServices": 1, "maximumServices": 2}
LOW = where("mark", "lessThan", 6)
TABLE: dict[str, Any] = {"points": 5, "matrix": "table"}
LATER: dict[str, Any] = {
    "key": "later", **REPEATED, "title": text("About {service}"), "randomOrder": "questions",
    "questions": [
        question("why", "text", required=True, maximumLength=9, showIf=LOW),
        question("good", "yesNo", showIf={"not": LOW}),
        question("c", "rating", **TABLE), question("d", "rating", **TABLE),
        question("factor", "singleChoice", options=options("x", "y", x=where("a", "equals", 1))),
    ],
}  # fmt: skip


def survey(*sections: Mapping[str, Any]) -> dict[str, Any]:
    made = completed({"key": "k", "title": text("Ours"), "languages": ["nl", "en"], "topics": [], "labels": {},
                      "sections": list(sections)})  # fmt: skip
    assert list(faults(made)) == []
    return made


FIRST: dict[str, Any] = {
    "key": "first", **REPEATED, "title": text("Marks"),
    "questions": [question("mark", "rating", points=10, required=True), question("a", "rating", **TABLE), question("b", "rating", **TABLE)],
}  # fmt: skip
END = {"key": "end", "questions": [question("tell", "yesNo")]}
TWO = survey(FIRST, LATER, END)
OFTEN = {"service": "external:A", "operator": "uses"}
HIDDEN = survey(
    {**FIRST, "skipIf": {"attribute": "site", "operator": "equals", "value": "x"}},
    {"key": "later", **REPEATED, "showIf": {"all": [LOW, OFTEN]}, "questions": [question("why", "text", maximumLength=9)]},
    END,
)  # fmt: skip
RANDOM = survey({**FIRST, "randomOrder": "questions", "showIf": {"service": "external:A", "operator": "is"}}, END)
A = {"serviceId": "external:A", "serviceName": "Cleaning"}
B = {"serviceId": "external:B", "serviceName": "Desk"}


def looked(definition: Mapping[str, Any], *panels: Mapping[str, Any], **variables: Any) -> Any:
    case = {"data": {"first": list(panels)}, "variables": {"usedServices": [], "ratedServices": [], **variables}}
    made = tooling().result_of(LOADING, {"document": written(definition), "cases": [case]})
    assert made["errors"] == []
    assert [each for each in made["found"] if "Services" not in each and "attribute_" not in each] == []
    return made["cases"][0]


def test_conditions_look_across_sections() -> None:
    made = looked(TWO, {**A, "mark": 2, "table": {"a": 1}}, {**B, "mark": 8})
    always = ["mark", "a", "b", "c", "d", "factor"]
    assert sorted(made["shown"]) == sorted(
        [f"{panel}:{name}" for panel in (0, 1) for name in always] + ["0:why", "1:good", "tell"]
    )
    assert made["wrong"] == ["0:why"]
    assert sorted(made["options"]["0:factor"]) == ["x", "y"]
    assert made["options"]["1:factor"] == ["y"]


def test_sections_keep_their_titles() -> None:
    panel = written(TWO)["pages"][0]["elements"][0]
    parts = [each for each in panel["templateElements"] if each["type"] == "panel"]
    assert [each["title"]["en"] for each in parts] == ["Marks", "About {panel.serviceName}"]
    assert [page["name"] for page in written(TWO)["pages"]] == ["page-first", "page-end"]


@pytest.mark.parametrize(
    ("mark", "used", "site", "shown"),
    [
        (2, True, "y", ["0:mark", "0:a", "0:b", "0:why"]), (8, True, "y", ["0:mark", "0:a", "0:b"]),
        (2, False, "y", ["0:mark", "0:a", "0:b"]), (None, True, "x", []),
    ],
)  # fmt: skip
def test_sections_under_conditions(mark: int | None, used: bool, site: str, shown: list[str]) -> None:
    variables = {"usedServices": ["external:A"] if used else [], "attribute_site": site}
    assert looked(HIDDEN, {**A, **({"mark": mark} if mark else {})}, **variables)["shown"] == [*shown, "tell"]


def test_a_section_in_random_order_may_be_about_one_service() -> None:
    assert sorted(looked(RANDOM, A, B)["shown"]) == ["0:a", "0:b", "0:mark", "tell"]


@pytest.mark.parametrize("definition", [TWO, HIDDEN, RANDOM], ids=["two", "hidden", "random"])
def test_they_come_back_as_they_went(definition: Mapping[str, Any]) -> None:
    made = carried(json.dumps(written(definition)).encode())
    assert made.told() == []
    assert plain(completed(made.definition)) == plain({"providerId": None, **definition})


def test_what_stands_between_them_comes_after() -> None:
    """As on the page: all that is about services is asked together, where the first of it stands."""
    between = {"key": "between", "questions": [question("tell", "yesNo")]}
    made = carried(json.dumps(written(survey(FIRST, between, LATER))).encode())
    assert made.told() == []
    assert [section["key"] for section in made.definition["sections"]] == ["first", "later", "between"]


def test_what_follows_a_panel_does_not_have_its_condition() -> None:
    given = {"type": "text", "name": "serviceId", "visible": False}
    panel = {
        "type": "paneldynamic",
        "name": "p",
        "visibleIf": "{a} = true",
        "templateElements": [given, element("text")],
    }
    made = js(element("boolean", "a"), panel, element("text", "after"))
    assert [bool(section.get("showIf")) for section in made.definition["sections"]] == [False, True, False]
