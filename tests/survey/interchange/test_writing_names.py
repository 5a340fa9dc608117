"""Names that SurveyJS takes for something else, in conditions and in texts."""

import json
from typing import Any

import pytest

from services.survey.interchange.surveyjs.names import JOINER
from services.survey.interchange.surveyjs.writing import written
from services.survey.surveys import piping
from tests.survey.interchange.carried import carried
from tests.survey.interchange.test_writing import LOADING
from tests.survey.interchange.test_writing_edges import cases, of
from tests.survey.interchange.test_writing_services import REPEATED, A, survey
from tests.survey.interchange.widest import options, where
from tests.survey.surveys.definitions import question
from tests.web.tooling import tooling

TAKEN = [
    "pageno", "pageCount", "questioncount", "correctedAnswers", "correctAnswers", "correctedAnswerCount",
    "incorrectedAnswers", "incorrectAnswers", "incorrectedAnswerCount", "locale", "self", "item", "CHOICE", "panelIndex",
    "VisiblePanelIndex", "panel", "prevPanel", "nextPanel", "parentPanel", "constructor", "toString", "hasOwnProperty",
    "isPrototypeOf", "propertyIsEnumerable", "toLocaleString", "valueOf", "equals", "equalsPay", "length", "push", "pop", "Shift",
    "unshift", "splice", "usedServices-unwrapped", "attribute_site",
]  # fmt: skip
ELSEWHERE = ["survey", "parent", "matrix", "composite", "column", "row", "totalRow", "value", "name", "title"]
ELSEWHERE += ["prevRow", "nextRow", "rowIndex", "visibleRowIndex", "rowValue", "rowName", "rowTitle"]
Question = dict[str, Any]


def test_what_the_library_takes_is_known() -> None:
    names = tooling().result_of(LOADING, {"document": {}, "cases": []})["names"]
    assert {name.lower() for name in names} <= {name.lower() for name in [*TAKEN, *ELSEWHERE]}


def written_as(name: str) -> str:
    return name if name in ELSEWHERE else f"{name.replace('equals', 'Equals')}-all"


def looking(at: str, name: str) -> list[Question]:
    """Questions of each kind of answer, shown under a condition and with an option that is."""
    condition = where(at, "equals", True)
    some: Question = {"options": options("a", "b", b=condition), "showIf": condition}
    return [
        question(f"{name}1", "multipleChoice", **some), question(f"{name}2", "ranking", **some), question(f"{name}3", "singleChoice", **some),
        question(f"{name}4", "text", maximumLength=9, showIf=condition),
    ]  # fmt: skip


def answers(name: str) -> dict[str, Any]:
    return {f"{name}1": ["a"], f"{name}2": ["a"], f"{name}3": "a", f"{name}4": "some"}


def seen(name: str, case: Any, before: str = "") -> list[Any]:
    """What is shown of these questions, the options too."""
    keys = [f"{before}{name}{number}" for number in range(1, 5)]
    return [sorted(case["options"].get(key, ["-"])) for key in keys if key in case["shown"]]


BOTH = [["a", "b"], ["a", "b"], ["a", "b"], ["-"]]


@pytest.mark.parametrize("name", [*TAKEN, *ELSEWHERE])
def test_conditions_look_at_a_question_of_any_name(name: str) -> None:
    made = survey(
        {"key": "s", "questions": [question(name, "yesNo"), *looking(name, "o")]},
        {"key": "r", **REPEATED, "questions": looking(name, "p")},
    )
    called = written_as(name)
    given = [{called: each, **answers("o"), "r": [{**A, **answers("p")}]} for each in (True, False)]
    yes, no = cases(made, *given, attribute_site=False)
    assert (seen("o", yes), seen("p", yes, "0:")) == (BOTH, BOTH)
    assert (seen("o", no), seen("p", no, "0:")) == ([], [])


@pytest.mark.parametrize("name", [*TAKEN, *ELSEWHERE])
def test_and_so_they_do_for_each_service(name: str) -> None:
    section = {"key": "r", **REPEATED, "questions": [question(name, "yesNo"), *looking(name, "p")]}
    called = written_as(name)
    given = [{"r": [{**A, called: each, **answers("p")}]} for each in (True, False)]
    yes, no = cases(survey(section), *given, attribute_site=False)
    assert (seen("p", yes, "0:"), seen("p", no, "0:")) == (BOTH, [])


@pytest.mark.parametrize("name", [*TAKEN, *ELSEWHERE])
def test_a_table_and_the_panel_may_have_any_name_too(name: str) -> None:
    rows = [question(key, "rating", points=5, matrix=name) for key in ("a", "b")]
    condition = where("a", "equals", 1)
    made = survey(
        {"key": "s", "questions": [*rows, question("z", "yesNo", showIf=condition)]},
        {"key": name, **REPEATED, "questions": [question("p", "yesNo", showIf=condition)]},
    )
    table = written_as(name)
    panel = f"{table}-all"
    given = [{table: {"a": mark}, panel: [A, A]} for mark in (1, 2)]
    low, high = cases(made, *given, attribute_site="x")
    assert (low["shown"], high["shown"]) == (["a", "b", "z", "0:p", "1:p"], ["a", "b"])


def test_the_name_of_another_question_with_an_ending_is_one_of_its_own() -> None:
    asked = of(
        question("x", "yesNo"),
        question("x-unwrapped", "yesNo"),
        question("z", "yesNo", showIf=where("x-unwrapped", "equals", True)),
    )
    yes, no = cases(asked, {"x": False, "x-unwrapped-all": True}, {"x": True, "x-unwrapped-all": False})
    assert ("z" in yes["shown"], "z" in no["shown"]) == (True, False)


WORDS = [
    "{{service}}", "{{name}} {{ q }}", "{{organisation}} of {organisation}", "{{attribute_site}}{{locale}}{{pageno}}", "{{q.length}}",
    "{{panel.serviceName}} of {service}", "{{{provider}}}", "{{prevPanel.q}}{{panelIndex}}{{$q.title}}", "{{}} {{{{q}}}} {{ }}", "}}q{{",
]  # fmt: skip
NAMES = {"service": A["serviceName"], "provider": "FM", "organisation": "Us"}


@pytest.mark.parametrize("words", WORDS)
def test_braces_of_a_text_are_read_as_they_are(words: str) -> None:
    texts = dict.fromkeys(("nl", "en"), words)
    once = texts if not list(piping.mistakes(words, piping.EVERYWHERE)) else dict.fromkeys(texts, "x")
    made = survey(
        {"key": "service", **REPEATED, "title": texts, "questions": [question("q", "yesNo", text=texts)]},
        {"key": "s", "questions": [question("name", "yesNo"), question("z", "yesNo", text=once)]},
    )
    data = {"service": [{**A, "providerName": "FM", "q": True}], "name": True}
    (shown,) = cases(made, data, organisation="Us", attribute_site="x")
    read = [shown["texts"][key].replace(JOINER, "") for key in ("0:q", "z")]
    assert read == [piping.filled(each["nl"], NAMES) for each in (texts, once)]
    back = carried(json.dumps(written(made)).encode())
    assert ([back.questions[key]["text"] for key in ("q", "z")], back.told()) == ([texts, once], [])


def test_a_joiner_that_came_back_without_our_extras_is_not_kept() -> None:
    document = written(of(question("q", "yesNo", text=dict.fromkeys(("nl", "en"), "{{q}} {{x}}"))))
    made = carried(json.dumps({**document, "calculatedValues": []}).encode())
    assert made.questions["q"]["text"] == {"nl": "{{q}} {{x}}", "en": "{{q}} {{x}}"}
    assert made.told() == []
