"""Answers that somebody changes: what SurveyJS hides then keeps no answer, as on our own page."""

from collections.abc import Mapping
from typing import Any

import pytest

from services.survey.interchange.surveyjs.writing import written
from tests.survey.interchange.test_writing import LOADING
from tests.survey.interchange.test_writing_edges import of
from tests.survey.interchange.test_writing_services import REPEATED, A, B, survey
from tests.survey.interchange.widest import options, where
from tests.survey.surveys.definitions import question
from tests.web.tooling import tooling

Steps = list[tuple[str, Any]]
MANAGER = where("manager", "equals", True)
TEAM = where("team", "equals", True)
SECTIONS = survey(
    {"key": "a", "questions": [question("manager", "yesNo")]},
    {"key": "b", "showIf": MANAGER, "questions": [question("team", "yesNo")]},
    {"key": "c", "questions": [question("why", "text", maximumLength=9, showIf=TEAM), question("no", "yesNo", skipIf=TEAM)]},
)  # fmt: skip
ROWS = [
    question("first", "rating", points=5, matrix="m"),
    question("team", "rating", points=5, matrix="m", showIf=MANAGER),
    question("why", "text", maximumLength=9, showIf=where("team", "lessThan", 3)),
    question("no", "yesNo", showIf=where("team", "notAnswered")),
]
TABLE = of(question("manager", "yesNo"), *ROWS)
START = {"key": "a", "questions": [question("tell", "yesNo")]}
TOLD = where("tell", "equals", True)
SERVICES = survey(START, {"key": "s", **REPEATED, "questions": [question("manager", "yesNo"), *ROWS]})
HIDDEN = survey(START, {"key": "s", **REPEATED, "showIf": TOLD, "questions": [question("mark", "rating", points=5)]})
ONE_OR_ALL = survey(
    START, {**HIDDEN["sections"][1], "showIf": {"any": [TOLD, {"service": "external:B", "operator": "is"}]}}
)
PARTS = survey(
    START,
    {"key": "s", **REPEATED, "questions": [question("mark", "rating", points=5)]},
    {"key": "t", **REPEATED, "showIf": {"all": [where("mark", "lessThan", 3), TOLD]}, "questions": [question("team", "yesNo")]},
    {"key": "u", **REPEATED, "questions": [question("why", "yesNo", showIf=TEAM)]},
)  # fmt: skip
FEW = of(
    question("manager", "yesNo"),
    question("which", "multipleChoice", minimumChoices=2,
             options=options("x", "y", "z", y=MANAGER, z={"not": {"any": [where("manager", "notAnswered"), where("manager", "equals", False)]}})),
)  # fmt: skip


def after(definition: Mapping[str, Any], steps: Steps, **data: Any) -> Any:
    case = {"data": data, "variables": {}, "steps": steps}
    made = tooling().result_of(LOADING, {"document": written(definition), "cases": [case]})
    assert [*made["errors"], *made["found"]] == []
    return made["cases"][0]


def test_a_section_that_is_hidden_keeps_no_answers() -> None:
    made = after(SECTIONS, [("manager", True), ("team", True), ("why", "so"), ("manager", False)])
    assert made["data"] == {"manager": False}
    assert made["shown"] == ["manager", "no"]


def test_a_row_that_is_hidden_keeps_no_answer() -> None:
    made = after(TABLE, [("manager", True), ("first", 4), ("team", 1), ("why", "so"), ("manager", False)])
    assert made["data"] == {"manager": False, "first": 4}
    assert made["shown"] == ["manager", "first", "no"]


def test_nor_does_one_about_a_service() -> None:
    steps: Steps = [("s:0:manager", True), ("s:0:team", 1), ("s:0:why", "so"), ("s:0:manager", False)]
    made = after(SERVICES, steps, s=[A, B])
    assert made["data"] == {"s": [{**A, "manager": False}, B]}
    assert {"0:no", "0:team", "0:why"} & {*made["shown"]} == {"0:no"}


@pytest.mark.parametrize("last", [False, True])
def test_services_are_there_again_when_their_section_is(last: bool) -> None:
    steps: Steps = [("tell", True), ("s:0:mark", 2), ("tell", False)]
    made = after(HIDDEN, [*steps, ("tell", True)] if last else steps, s=[A, B])
    assert made["data"] == {"tell": last, "s": [A, B]}
    assert made["shown"] == (["tell", "0:mark", "1:mark"] if last else ["tell"])


def test_a_section_about_one_service() -> None:
    made = after(ONE_OR_ALL, [("tell", True), ("s:0:mark", 2), ("s:1:mark", 3), ("tell", False)], s=[A, B])
    assert made["data"] == {"tell": False, "s": [A, {**B, "mark": 3}]}
    assert made["shown"] == ["tell", "1:mark"]


@pytest.mark.parametrize(("change", "mark"), [(("tell", False), 2), (("s:0:mark", 4), 4)])
def test_one_of_several_sections_about_services(change: tuple[str, Any], mark: int) -> None:
    steps: Steps = [("tell", True), ("s:0:mark", 2), ("s:0:team", True), ("s:0:why", True), change]
    made = after(PARTS, steps, s=[A, B])
    assert made["data"] == {"tell": change != ("tell", False), "s": [{**A, "mark": mark}, B]}


@pytest.mark.parametrize(
    ("manager", "chosen", "wrong"),
    [
        (True, ["x"], True), (True, ["x", "z"], False), (False, ["x"], False), (None, ["x"], False), (True, [], False),
    ],
)  # fmt: skip
def test_all_that_are_shown_are_enough(manager: bool | None, chosen: list[str], wrong: bool) -> None:
    made = after(FEW, [("manager", manager), ("which", chosen)])
    assert made["wrong"] == (["which"] if wrong else [])


@pytest.mark.parametrize("kind", ["ranking", "multipleChoice", "singleChoice"])
@pytest.mark.parametrize("apart", [True, False])
def test_a_question_without_an_option_that_is_shown_is_not_asked(kind: str, apart: bool) -> None:
    which = question("which", kind, notApplicable=apart, options=options("x", "y", x=MANAGER, y=MANAGER))
    made = of(question("manager", "yesNo"), which)
    assert after(made, [("manager", False)])["shown"] == ["manager"]
    assert after(made, [("manager", True)])["shown"][:2] == ["manager", "which"]
