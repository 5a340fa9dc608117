"""Names in texts and conditions of SurveyJS: what it fills in and looks at, and whose name goes first."""

import json
from typing import Any

import pytest

from services.survey.interchange.surveyjs.writing import written
from services.survey.surveys.rules import completed
from tests.survey.interchange.carried import Carried, carried
from tests.survey.interchange.test_surveyjs import element, js
from tests.survey.surveys.definitions import definition, question

TOTAL = {"calculatedValues": [{"name": "total", "expression": "1 + 2"}]}


def titled(title: str, *others: dict[str, Any], **more: Any) -> Carried:
    return js(*others, element("text", title=title), **more)


@pytest.mark.parametrize(
    "name",
    ["total", "Total", "NAME", "name", " Name ", "pageno", "PageCount", "locale", "questionCount", "incorrectAnswers"],
)
def test_what_is_filled_in_is_told_in_whatever_capitals(name: str) -> None:
    made = titled(f"You, {{{name}}}?", element("text", "name"), **TOTAL)
    assert made.questions["q"]["text"] == {"en": "You, …?"}
    assert f"{{{name.strip()}}}, which is filled in." in made.said_of("q")


@pytest.mark.parametrize(
    "name", ["r-Comment", "R-comment", "$r.title", "panelIndex", "visiblePanelIndex", "md-total.d", "a-total"]
)
def test_so_is_what_it_knows_of_a_question(name: str) -> None:
    others = (
        element("radiogroup", "r", choices=["a", "b"], showOtherItem=True),
        element("matrixdynamic", "md", columns=[{"name": "d", "totalType": "sum"}]), element("text", "a-total"),
    )  # fmt: skip
    made = titled(f"You, {{{name}}}?", *others)
    assert made.questions["q"]["text"] == {"en": "You, …?"}
    assert f"{{{name}}}, which is filled in." in made.said_of("q")


def test_a_question_without_a_comment_has_none_to_fill_in() -> None:
    made = titled("You, {a-Comment}?", element("text", "a"))
    assert made.questions["q"]["text"] == {"en": "You, {{a-Comment}}?"}
    assert "{a-Comment}, which is filled in where" in made.said_of("q")


def test_the_name_of_a_panel_is_kept_and_not_told() -> None:
    made = titled("See {details}, {Details}.", {"type": "panel", "name": "details", "elements": [element("text", "p")]})
    assert made.questions["q"]["text"] == {"en": "See {{details}}, {{Details}}."}
    assert made.told() == []


def test_words_that_differ_in_outer_blanks_only_are_the_same() -> None:
    made = js(element("text", title={"default": "Q", "en": "Q ", "nl": "V"}), title={"default": "T ", "en": "T"})
    assert (made.definition["title"]["en"], made.questions["q"]["text"]["en"]) == ("T", "Q")
    assert "textChanged" not in [code for _, code in made.told()]


def test_what_whoever_shows_it_may_fill_in_is_kept_and_told() -> None:
    made = titled("{department}, {12:30}, {no}, {}: why?")
    assert made.questions["q"]["text"] == {"en": "{{department}}, {{12:30}}, {{no}}, {{}}: why?"}
    assert made.told() == [("q", "textChanged")]
    assert "{department}, which is filled in where" in made.said_of("q")


def test_braces_of_our_own_are_braces() -> None:
    survey = completed(definition() | {"title": {"nl": "{{vak}} {{locale}}", "en": "{{trade}} {{pageno}}"}})
    made = carried(json.dumps(written(survey)).encode())
    assert made.definition["title"] == survey["title"]
    assert made.told() == []


def test_names_in_conditions_are_read_without_regard_to_capitals() -> None:
    made = js(element("boolean", "Sure"), element("text", visibleIf="{sure} = true"),
              element("matrix", "m", columns=[1, 2, 3, 4, 5], rows=["Row"]), element("text", "r", visibleIf="{M.row} < 3"))  # fmt: skip
    assert made.questions["q"]["showIf"] == {"question": "Sure", "operator": "equals", "value": True}
    assert made.questions["r"]["showIf"] == {"question": "m-Row", "operator": "lessThan", "value": 3}
    assert made.told() == []


@pytest.mark.parametrize("names", ["aA", "Aa"])
def test_of_two_names_that_differ_in_capitals_only_the_one_that_is_written_is_meant(names: str) -> None:
    made = js(*(element("boolean", name) for name in names),
              element("text", visibleIf="{A} = true"), element("text", "r", visibleIf="{a} = true"))  # fmt: skip
    assert made.questions["q"]["showIf"] == {"question": "A", "operator": "equals", "value": True}
    assert made.questions["r"]["showIf"] == {"question": "a", "operator": "equals", "value": True}


def test_parts_of_tables_that_differ_in_capitals_only_are_told_apart() -> None:
    pair: list[dict[str, Any]] = [{"name": "x", "cellType": "radiogroup"}, {"name": "X", "cellType": "radiogroup"}]
    made = js(
        element("matrix", "m", columns=["p", "q"], rows=["a", "A"]),
        element("matrixdropdown", "d", columns=pair, choices=["p", "q"], rows=["r"]),
        element("multipletext", "t", items=[{"name": "one"}, {"name": "One"}]),
        element("text", "m1", visibleIf="{m.A} = 'q'"), element("text", "m2", visibleIf="{M.a} = 'q'"),
        element("text", "d1", visibleIf="{d.r.X} = 'q'"), element("text", "t1", visibleIf="{t.One} notempty"),
    )  # fmt: skip
    meant = {key: made.questions[key]["showIf"]["question"] for key in ("m1", "m2", "d1", "t1")}
    assert meant == {"m1": "m-A", "m2": "m-a", "d1": "d-r-X", "t1": "t-One"}


def test_a_name_that_stands_for_nothing_here_is_not_another_in_other_capitals() -> None:
    made = js(element("radiogroup", "Contact", choices=["yes", "no"]),
              element("multipletext", "contact", items=[{"name": "phone"}]),
              element("text", visibleIf="{contact} notempty"))  # fmt: skip
    assert "showIf" not in made.questions["q"]
    assert made.told("conditionLost") == [("q", "conditionLost")]


def test_a_documents_own_names_go_before_ours() -> None:
    supplier = element("text", "organisation", title="Which supplier?")
    made = titled("What of {organisation}?", supplier)
    assert made.questions["q"]["text"] == {"en": "What of …?"}
    assert titled("What of {organisation}?").questions["q"]["text"] == {"en": "What of {organisation}?"}
    worked_out = [{"name": "usedServices", "expression": "1"}]
    made = js(element("text", visibleIf="{usedServices} contains 'x'"), calculatedValues=worked_out)
    assert "showIf" not in made.questions["q"]
    assert made.told("conditionLost") == [("q", "conditionLost")]
    inner = [
        element("radiogroup", "serviceId", choices=["x", "y"]),
        element("text", visibleIf="{panel.serviceId} = 'x'"),
    ]
    made = js({"type": "paneldynamic", "name": "p", "templateElements": inner})
    assert made.questions["q"]["showIf"] == {"question": "serviceId", "operator": "equals", "value": "x"}


def test_a_survey_whose_panel_is_called_panel_comes_back() -> None:
    section = {"key": "a", "repeatFor": "ratedService", "questions": [
        question("panel", "yesNo"), question("why", "yesNo", showIf={"service": "external:S1", "operator": "is"})]}  # fmt: skip
    survey = completed(definition() | {"sections": [section]})
    made = carried(json.dumps(written(survey)).encode())
    assert made.questions["why"]["showIf"] == {"service": "external:S1", "operator": "is"}
    assert made.told() == []


def test_a_question_is_not_called_as_an_attribute_is() -> None:
    asked = {"attribute": "dept", "operator": "equals", "value": "x"}
    section = {"key": "a", "questions": [
        question("attribute_dept", "yesNo"), question("Attribute_site", "yesNo"), question("z", "yesNo", showIf=asked)]}  # fmt: skip
    made = carried(json.dumps(written(completed(definition() | {"sections": [section]}))).encode())
    assert list(made.questions) == ["attribute_dept-all", "Attribute_site-all", "z"]
    assert made.questions["z"]["showIf"] == asked
    assert made.told() == []


def test_a_condition_that_looks_around_itself_is_no_condition_on_a_question() -> None:
    asked = ("item", "Choice", "self", "locale", "panelIndex", "rowIndex")
    choices = [{"value": name, "visibleIf": f"{{{name.upper()}}} = true"} for name in asked[:4]]
    panel = {
        "type": "paneldynamic",
        "name": "p",
        "templateElements": [element("text", "in", visibleIf="{panelindex} = true")],
    }
    columns = [{"name": "c", "cellType": "text", "visibleIf": "{rowIndex} = true"}]
    made = js(
        *(element("boolean", name) for name in asked), element("radiogroup", "r", choices=choices), panel,
        element("matrixdropdown", "m", columns=columns, rows=["w"]), element("text", visibleIf="{self} = true"),
        element("text", "z", visibleIf="{item} = true and {choice} = true and {panelIndex} = true and {rowIndex} = true"),
    )  # fmt: skip
    assert [key for key, asked in made.questions.items() if "showIf" in asked] == ["z"]
    assert not any("showIf" in option for option in made.questions["r"]["options"])
    lost = ["r, item", "r, Choice", "r, self", "r, locale", "in", "m, w, c", "q"]
    assert sorted(name for name, _ in made.told("conditionLost")) == sorted(lost)


def test_a_table_is_not_called_as_the_organisation_is() -> None:
    rows = [question(key, "rating", points=5, matrix="organisation") for key in ("r", "s")]
    rows[0]["text"] = {"nl": "{organisation}?", "en": "{organisation}?"}
    survey = completed(definition() | {"sections": [{"key": "a", "questions": rows}]})
    made = carried(json.dumps(written(survey)).encode())
    assert made.questions["r"]["text"] == rows[0]["text"]
    assert made.told() == []


def test_one_and_nought_are_true_and_false() -> None:
    made = js(element("boolean", "b", valueTrue=1, valueFalse=0), element("text", visibleIf="{b} = true"),
              element("text", "r", visibleIf="{b} = 0"), element("text", "s", visibleIf="{b}"))  # fmt: skip
    assert made.questions["q"]["showIf"] == {"question": "b", "operator": "equals", "value": True}
    assert made.questions["r"]["showIf"] == {"question": "b", "operator": "equals", "value": False}
    assert made.told() == [("s", "conditionLost")]


def test_an_answer_is_meant_in_whatever_capitals() -> None:
    made = js(element("radiogroup", "r", choices=["Yes", "No", "NO"]), element("checkbox", "c", choices=["Red", "blue"]),
              element("text", "one", visibleIf="{r} = 'yes'"), element("text", "exact", visibleIf="{r} = 'NO'"),
              element("text", "some", visibleIf="{c} contains 'RED'"), element("text", "any", visibleIf="{r} anyof ['YES', 'No']"),
              element("text", "none", visibleIf="{r} = 'maybe'"), element("text", "part", visibleIf="{r} contains 'ES'"))  # fmt: skip
    r, c = ([option["key"] for option in made.questions[key]["options"]] for key in "rc")
    assert made.questions["one"]["showIf"] == {"question": "r", "operator": "equals", "value": r[0]}
    assert made.questions["part"]["showIf"] == made.questions["one"]["showIf"]
    assert made.questions["exact"]["showIf"]["value"] == r[2]
    assert made.questions["some"]["showIf"]["value"] == c[0]
    assert made.questions["any"]["showIf"]["value"] == r[:2]
    assert made.told("conditionLost") == [("none", "conditionLost")]
