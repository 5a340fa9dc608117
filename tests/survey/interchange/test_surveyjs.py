"""SurveyJS documents of other people, and our own that come back."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from services.survey.interchange.surveyjs.names import JOINER
from services.survey.interchange.surveyjs.writing import written
from services.survey.surveys.rules import completed
from tests.survey.interchange.carried import Carried, carried
from tests.survey.interchange.widest import widest
from tests.survey.surveys.definitions import definition, municipality, question, text

Node = dict[str, Any]


def js(*elements: Node, **more: Any) -> Carried:
    return carried(json.dumps({"title": "Ours", "pages": [{"name": "p", "elements": list(elements)}], **more}).encode())


def element(kind: str, name: str = "q", **more: Any) -> Node:
    return {"type": kind, "name": name, "title": f"{name}?", **more}


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (element("text", isRequired=True, maxLength=40), {"type": "text", "required": True, "maximumLength": 40}),
        (element("comment"), {"type": "text"}),
        (element("text", inputType="number", min=0, max=10, step=0.5), {"type": "number", "minimum": 0, "maximum": 10, "decimals": 1}),
        (element("text", inputType="number", validators=[{"type": "numeric", "minValue": 3}]), {"minimum": 3}),
        (element("text", inputType="date", min="2026-01-01"), {"type": "date", "earliestDate": "2026-01-01"}),
        (element("boolean"), {"type": "yesNo"}),
        (element("radiogroup", choices=[True, {"value": False, "text": "no"}]), {"type": "yesNo"}),
        (element("rating"), {"type": "rating", "points": 5}),
        (element("rating", rateMax=10, minRateDescription="bad"), {"type": "rating", "points": 10, "minimumLabel": {"en": "bad"}}),
        (element("rating", rateCount=7), {"type": "rating", "points": 7}),
        (element("dropdown", choices=["a", "b"], choicesOrder="random"), {"type": "singleChoice", "randomOptions": True}),
        (element("checkbox", choices=["a", "b"], maxSelectedChoices=1), {"type": "multipleChoice", "maximumChoices": 1}),
        (element("tagbox", choices=["a", "b"], validators=[{"type": "answercount", "minCount": 2}]), {"minimumChoices": 2}),
        (element("imagepicker", choices=["a", "b"], multiSelect=True), {"type": "multipleChoice"}),
        (element("ranking", choices=["a", "b"]), {"type": "ranking"}),
    ],
)  # fmt: skip
def test_types_of_one_question(given: Node, wanted: Node) -> None:
    made = js(given)
    assert {name: made.questions["q"].get(name) for name in wanted} == wanted
    assert made.told() == []


def test_scales_that_we_do_not_have_are_choices() -> None:
    made = js(
        element("rating", rateMax=4),
        element("rating", "labelled", rateValues=[{"value": n, "text": f"p{n}"} for n in range(1, 6)]),
    )
    assert [option["text"]["en"] for option in made.questions["q"]["options"]] == ["1", "2", "3", "4"]
    assert made.told() == [("q", "questionChanged")]
    assert made.definition["labels"]["labelled-labels"][0] == {"en": "p1"}


def test_tables_and_lists_of_fields() -> None:
    made = js(
        element("matrix", "m", columns=[1, 2, 3, 4, 5], rows=["a", {"value": "b", "text": "Bee"}], eachRowRequired=True),
        element("matrix", "n", columns=["yes", "no"], rows=["a"], isRequired=True),
        element("matrix", "o", columns=["x", "y"], rows=["a"], cellType="checkbox"),
        element("matrixdropdown", "d", choices=[1, 2], rows=["r"], columns=[{"name": "c"}, {"name": "t", "cellType": "text"}]),
        element("multipletext", "t", items=[{"name": "one", "isRequired": True}, {"name": "two", "title": "Two {{so}}"}]),
        element("slider", "s"),
    )  # fmt: skip
    types = {key: each["type"] for key, each in made.questions.items()}
    assert types == {"m-a": "rating", "m-b": "rating", "n-a": "singleChoice", "o-a": "multipleChoice", "d-r-c": "singleChoice",
                     "d-r-t": "text", "t-one": "text", "t-two": "text", "s": "number"}  # fmt: skip
    assert made.questions["m-b"]["text"] == {"en": "m? – Bee"}
    assert made.questions["m-a"]["required"] is made.questions["t-one"]["required"] is True
    assert made.questions["t-two"]["text"] == {"en": "t? – Two {{{{so}}}}"}
    assert "required" not in made.questions["n-a"]
    assert {element for element, _ in made.told()} == {"n", "d", "s", "t-two"}


def test_built_in_answers_and_comments() -> None:
    made = js(
        element("checkbox", choices=["a"], showOtherItem=True, showNoneItem=True, showCommentArea=True), locale="nl"
    )
    assert [option["key"] for option in made.questions["q"]["options"]] == ["a", "none", "other"]
    assert made.questions["q"]["options"][1]["text"] == {"nl": "Geen van deze"}
    assert {*made.questions} == {"q", "q-other-text", "q-comment"}
    assert {code for _, code in made.told()} == {"validationLost", "questionChanged"}


def test_what_is_no_question_is_told() -> None:
    kinds = ["html", "image", "expression", "file", "signaturepad", "matrixdynamic", "nonsense"]
    made = js(*(element(kind, kind) for kind in kinds), element("text"), element("text", "hidden", visible=False),
              element("text", "read", readOnly=True), element("dropdown", "many", choices=list(range(60))),
              element("dropdown", "remote", choicesByUrl={"url": "x"}))  # fmt: skip
    assert [*made.questions] == ["q", "many"]
    assert {name for name, _ in made.told("questionOmitted")} == {*kinds, "hidden", "read", "remote"}
    assert ("many", "questionChanged") in made.told()
    assert [finding.place.pointer for finding in made.brought.report.findings][:2] == [
        "/pages/0/elements/0",
        "/pages/0/elements/1",
    ]


PEOPLE = (element("radiogroup", "a", choices=["x", "y"]), element("checkbox", "b", choices=["x", "y", "xy"]), element("rating", "c"),
          element("boolean", "d"), element("boolean", "e", valueTrue="Y", valueFalse="N"), element("matrix", "m", columns=[1, 2, 3, 4, 5], rows=["r"]))  # fmt: skip


@pytest.mark.parametrize(
    ("formula", "condition"),
    [
        ("{a} = 'x'", {"question": "a", "operator": "equals", "value": "x"}),
        ("{a} = x", {"question": "a", "operator": "equals", "value": "x"}),
        ('{a} anyof ["x", "y"]', {"question": "a", "operator": "in", "value": ["x", "y"]}),
        ("{a} notempty and {a} <> 'x'", {"question": "a", "operator": "notEquals", "value": "x"}),
        ("{a} contains 'x'", {"question": "a", "operator": "equals", "value": "x"}),
        ("{b} contains ['x']", {"question": "b", "operator": "contains", "value": "x"}),
        ("{b} allof ['x', 'y']", {"all": [{"question": "b", "operator": "contains", "value": "x"},
                                         {"question": "b", "operator": "contains", "value": "y"}]}),
        ("4 <= {c} && ({d} = true || {b} empty)",
         {"all": [{"question": "c", "operator": "greaterOrEqual", "value": 4},
                  {"any": [{"question": "d", "operator": "equals", "value": True}, {"question": "b", "operator": "notAnswered"}]}]}),
        ("{m.r} < 3", {"question": "m-r", "operator": "lessThan", "value": 3}),
        ("!({c} > 3) and {d} notempty", {"all": [{"not": {"question": "c", "operator": "greaterThan", "value": 3}},
                                                {"question": "d", "operator": "answered"}]}),
        ("{d}", {"question": "d", "operator": "equals", "value": True}),
        ("({d}) and {c} > 3", {"all": [{"question": "d", "operator": "equals", "value": True},
                                       {"question": "c", "operator": "greaterThan", "value": 3}]}),
    ],
)  # fmt: skip
def test_conditions_that_can_be_said(formula: str, condition: Node) -> None:
    made = js(*PEOPLE, element("text", visibleIf=formula, isRequired=True), element("text", "r", requiredIf=formula))
    assert made.questions["q"]["showIf"] == made.questions["r"]["requireIf"] == condition
    assert made.told() == []


@pytest.mark.parametrize("formula", ["{c} + 1 > 3", "age({c}) > 3", "{a} = {b}", "{zzz} = 1", "{e} = true", "{e} = false", "{a} = 'q'", "{a} = ", "{c} > 3 {d}",
                                     "{c}", "!{a}", "{b} or {c} > 1", "{m.r}", "{e}", "!{e}", "iif({c} > 1, 2, 3) = 2", "{b} = ['x']", "(" * 99 + "{c} > 1", "{c} > 1" + " and {c} > 1" * 900])  # fmt: skip
def test_conditions_that_cannot_be_said_are_told(formula: str) -> None:
    made = js(*PEOPLE, element("text", visibleIf=formula, isRequired=True), element("text", "r", requiredIf=formula))
    assert made.questions["q"].keys().isdisjoint({"showIf", "skipIf", "required"})
    assert made.questions["r"].keys().isdisjoint({"requireIf", "required"})
    assert made.told() == [("q", "conditionLost"), ("r", "conditionLost")]


def test_who_did_not_answer_yes() -> None:
    """To SurveyJS no answer is as false as no."""
    made = js(*PEOPLE, element("text", visibleIf="!{d}"), element("text", "r", visibleIf="negate ({d})"))
    assert made.questions["q"]["skipIf"] == made.questions["r"]["skipIf"]
    assert made.questions["q"]["skipIf"] == {"question": "d", "operator": "equals", "value": True}
    assert made.told() == []


def test_panels_hand_their_conditions_on() -> None:
    inner = {"type": "panel", "name": "inner", "title": "Inner", "visibleIf": "{c} > 2", "elements": [element("text")]}
    made = js(*PEOPLE, {"type": "panel", "name": "outer", "visibleIf": "{a} = 'x'", "elements": [inner]},
              element("text", "enabled", enableIf="{d} = true"))  # fmt: skip
    assert made.questions["q"]["showIf"] == {"all": [{"question": "a", "operator": "equals", "value": "x"},
                                                     {"question": "c", "operator": "greaterThan", "value": 2}]}  # fmt: skip
    assert made.questions["enabled"]["showIf"] == {"question": "d", "operator": "equals", "value": True}
    assert made.told() == [("inner", "textChanged"), ("enabled", "conditionChanged")]


def test_pages_languages_and_settings() -> None:
    document = {
        "title": {"default": "How", "nl": "Hoe", "de": "Wie"}, "triggers": [{"type": "complete"}], "completedHtml": "<b>Thanks</b>",
        "calculatedValues": [{"name": "sum", "expression": "{c} + 1"}],
        "pages": [
            {"name": "1st", "title": {"default": "First", "nl": "Eerste"}, "elements": [element("text", "a", title={"default": "<i>A</i>", "nl": "A-nl"})]},
            {"name": "gone", "visible": False, "elements": [element("text", "b")]},
            {"name": "last", "visibleIf": "{a} notempty", "description": "x", "questionOrder": "random", "elements": [element("text", "c", title="Only {a}")]},
        ],
    }  # fmt: skip
    made = carried(json.dumps(document).encode())
    assert made.definition["languages"] == ["en", "nl"]
    assert [section["key"] for section in made.definition["sections"]] == ["section-1st", "last"]
    assert made.definition["sections"][1]["showIf"] == {"question": "a", "operator": "answered"}
    assert made.definition["sections"][1]["randomOrder"] == "questions"
    assert made.questions["c"]["text"] == {"en": "Only …", "nl": "Only …"}
    assert sorted(code for _, code in made.told()) == [
        "questionOmitted", "settingLost", "settingLost", "settingLost", "textChanged", "textChanged", "textChanged", "translationMissing", "translationMissing"]  # fmt: skip


def plain(node: Any) -> Any:
    """With one way to say it where a definition has two that mean the same."""
    if isinstance(node, list):
        return [plain(each) for each in node]
    if not isinstance(node, dict):
        return node
    made = {name: plain(each) for name, each in node.items() if each is not None}
    if "skipIf" in made:
        made["showIf"] = plain({"not": made.pop("skipIf")})
    same = {"atLeast": "greaterOrEqual", "atMost": "lessOrEqual"}
    if made.get("operator") in same:
        made["operator"] = same[made["operator"]]
    if isinstance(made.get("not"), dict) and made["not"].get("operator") in ("answered", "notAnswered"):
        other = "notAnswered" if made["not"]["operator"] == "answered" else "answered"
        return {**made["not"], "operator": other}
    return made


@pytest.mark.parametrize(
    "survey", [completed(municipality()), definition(), widest()], ids=["municipality", "all types", "widest"]
)
def test_our_own_come_back_as_they_went(survey: Mapping[str, Any]) -> None:
    made = carried(json.dumps(written(survey)).encode())
    assert made.told() == []
    assert plain(completed(made.definition)) == plain({"labels": {}, "topics": [], **survey})


def test_one_language_and_braces_come_back() -> None:
    survey = completed({"key": "k", "title": {"nl": "Een {{vak}}"}, "languages": ["nl"], "sections": [
        {"key": "a", "questions": [{"key": "q", "type": "text", "text": {"nl": "{{so}} van {organisation}?"}}]}]})  # fmt: skip
    document = written(survey)
    assert document["title"] == f"Een {{{JOINER}vak{JOINER}}}"
    made = carried(json.dumps(document).encode())
    assert completed({"topics": [], "labels": {}, **made.definition})["sections"] == survey["sections"]
    assert made.definition["title"] == {"nl": "Een {{vak}}"}


def test_extras_that_somebody_changed_are_left_alone() -> None:
    for extras in ("'{", "1 + 1", "'[]'", "'{\\\"topics\\\":[1,{\\\"key\\\":5}],\\\"questions\\\":[]}'",
                   "'{\\\"topics\\\":[{\\\"key\\\":\\\"t\\\",\\\"name\\\":{\\\"xx yy\\\":\\\"t\\\"}}],\\\"questions\\\":{\\\"q\\\":{\\\"topic\\\":\\\"zz\\\"}}}'"):  # fmt: skip
        made = js(element("rating"), calculatedValues=[{"name": "klankbord", "expression": extras}])
        assert made.questions["q"]["type"] == "rating"
        assert made.definition["topics"] == []
        assert "topic" not in made.questions["q"]


def test_a_document_has_each_name_once() -> None:
    options = [{"key": key, "text": text(key)} for key in ("notApplicable", "other")]
    about = [question("serviceId", "text", maximumLength=9), question("pick", "singleChoice", notApplicable=True, options=options),
             question("why", "yesNo", showIf={"question": "pick", "operator": "equals", "value": "notApplicable"})]  # fmt: skip
    once = [question("klankbord", "yesNo"), question("x", "text", maximumLength=9, notApplicable=True),
            question("x-notApplicable", "yesNo", showIf={"question": "klankbord", "operator": "equals", "value": True})]  # fmt: skip
    repeated = {"key": "a", "repeatFor": "ratedService", "questions": about}
    made = written(completed(definition() | {"sections": [repeated, {"key": "b", "questions": once}]}))
    panel, others = made["pages"][0]["elements"][0], made["pages"][1]["elements"]
    inside = [each["name"] for each in panel["templateElements"]]
    assert inside == ["serviceId", "serviceName", "providerName", "serviceId-all", "pick", "why"]
    assert [each["name"] for each in others] == ["klankbord-all", "x", "x-notApplicable", "x-notApplicable-all"]
    assert others[3]["visibleIf"] == "{klankbord-all} = true"
    pick, why = panel["templateElements"][4:]
    assert [each["value"] for each in pick["choices"]] == ["notApplicable-all", "other", "notApplicable"]
    assert why["visibleIf"] == "{panel.pick} = 'notApplicable-all'"
    assert {"serviceId-all", "klankbord-all", "x"} <= carried(json.dumps(made).encode()).questions.keys()
