"""What SurveyJS's panels, pages, answers and scales have that is not carried as it was, and is told."""

import json
from typing import Any

import pytest

from services.survey.interchange.surveyjs.writing import written
from services.survey.surveys.rules import completed
from tests.survey.interchange.carried import Carried, carried
from tests.survey.interchange.test_surveyjs import element, js
from tests.survey.surveys.definitions import definition, question, text

ASKED = element("boolean", "c")
SHOWN = {"question": "c", "operator": "equals", "value": True}
POINTS = [5, 4, 3, 2, 1]
WORDED = [{"value": 5, "text": "good"}, 4, 3, 2, {"value": 1, "text": "bad"}]


def panel(**more: Any) -> dict[str, Any]:
    return {"type": "panel", "name": "inner", "elements": [element("text")], **more}


def page(**more: Any) -> Carried:
    pages = [{"name": "first", "elements": [ASKED]}, {"name": "second", "elements": [element("text")], **more}]
    return carried(json.dumps({"pages": pages}).encode())


@pytest.mark.parametrize(
    ("made", "place"),
    [
        (js(ASKED, panel(readOnly=True)), "inner"), (js(ASKED, panel(visible=False)), "inner"), (page(readOnly=True), "second"),
        (js(ASKED, {"type": "paneldynamic", "name": "more", "readOnly": True, "templateElements": [element("text")]}), "more"),
        (js(ASKED, element("matrixdropdown", "m", rows=["r"], columns=[{"name": "k", "cellType": "text", "readOnly": True}])), "r, k"),
    ],
    ids=["panel", "hidden panel", "page", "dynamic panel", "cell"],
)  # fmt: skip
def test_what_cannot_be_filled_in_is_not_asked(made: Carried, place: str) -> None:
    assert [*made.questions] == ["c"]
    assert (place, "questionOmitted") in [(name.removeprefix("m, "), code) for name, code in made.told()]


@pytest.mark.parametrize("more", [{"isRequired": True}, {"requiredIf": "{c} = true"}], ids=["always", "if"])
def test_that_one_of_several_must_be_answered_is_told(more: dict[str, Any]) -> None:
    assert page(**more).told() == [("second", "validationLost")]
    assert js(ASKED, panel(**more)).told() == [("inner", "validationLost")]


def test_what_can_be_filled_in_under_a_condition_is_shown_under_it() -> None:
    made = page(enableIf="{c} = true")
    assert made.definition["sections"][1]["showIf"] == SHOWN
    assert made.told() == [("second", "conditionChanged")]
    made = js(ASKED, element("radiogroup", choices=[{"value": "a", "enableIf": "{c} = true"}, "b", "d"]))
    assert made.questions["q"]["options"][0]["showIf"] == SHOWN
    assert made.told() == [("q, a", "conditionChanged")]


@pytest.mark.parametrize(
    ("more", "code"), [({"choicesEnableIf": "{c} = true"}, "conditionLost"), ({"resetValueIf": "{c} = true"}, "settingLost")]
)  # fmt: skip
def test_what_holds_for_all_answers_is_told(more: dict[str, Any], code: str) -> None:
    assert js(ASKED, element("radiogroup", choices=["a", "b"], **more)).told() == [("q", code)]


@pytest.mark.parametrize(
    ("more", "told"), [({"mode": "display"}, 1), ({"readOnly": True}, 1), ({"mode": "edit", "readOnly": False}, 0)]
)
def test_a_survey_to_be_read_only_is_told(more: dict[str, Any], told: int) -> None:
    assert js(ASKED, **more).told() == [("the survey", "settingLost")] * told


@pytest.mark.parametrize("name", ["timeLimitPerPage", "maxTimeToFinishPage", "maxTextLength", "maxOthersLength"])
def test_bounds_for_the_whole_survey_are_told(name: str) -> None:
    assert js(ASKED, **{name: 30}).told() == [("the survey", "settingLost")]
    assert js(ASKED, **{name: 0}).told() == js(ASKED, **{name: -1}).told() == []


@pytest.mark.parametrize("name", ["timeLimit", "maxTimeToFinish"])
def test_a_page_with_a_time_limit_is_told(name: str) -> None:
    assert page(**{name: 30}).told() == [("second", "settingLost")]
    assert page(**{name: 0}).told() == []


def test_a_slider_that_goes_up_by_one_is_a_number_and_no_more_is_told() -> None:
    for more in ({}, {"step": 1}, {"step": 0.1}, {"sliderType": "single"}):
        assert js(element("slider", **more)).told() == [("q", "layoutLost")]


def test_an_image_for_an_answer_is_told() -> None:
    choices = [{"value": "a", "imageLink": "a.png"}, "b", {"value": "c", "imageLink": {"default": "c.png"}}]
    made = js(element("imagepicker", choices=choices))
    assert made.told() == [("q, a", "textChanged"), ("q, c", "textChanged")]
    assert [finding.place.pointer for finding in made.brought.report.findings] == [
        "/pages/0/elements/0/choices/0",
        "/pages/0/elements/0/choices/2",
    ]
    assert js(element("radiogroup", choices=choices)).told() == []


@pytest.mark.parametrize("mode", ["underRow", "underRowSingle", "none", None])
def test_questions_that_open_under_a_row_are_told(mode: str | None) -> None:
    table = element("matrixdropdown", "m", rows=["r", "s"], columns=[{"name": "c", "cellType": "text"}])
    made = js(table | {"detailElements": [element("text", "why"), element("boolean", "sure")], "detailPanelMode": mode})
    gone = ["m, why", "m, sure"] if mode not in ("none", None) else []
    assert made.told() == [("m", "layoutLost"), *((name, "questionOmitted") for name in gone)]


def test_a_check_that_somebody_added_to_our_own_is_told() -> None:
    shown = {"question": "c", "operator": "equals", "value": True}
    options = [{"key": key, "text": text(key), **({"showIf": shown} if key == "z" else {})} for key in "xyz"]
    which = question("q", "multipleChoice", minimumChoices=2, options=options)
    once, each = {"key": "s"}, {"key": "s", "repeatFor": "ratedService"}
    for section in (once, each):
        document = written(
            completed(definition() | {"sections": [section | {"questions": [question("c", "yesNo"), which]}]})
        )
        elements = document["pages"][0]["elements"]
        checks = (elements if section is once else elements[0]["templateElements"])[-1]["validators"]
        assert carried(json.dumps(document).encode()).told() == []
        checks.append({"type": "expression", "expression": "{q} contains 'x'"})
        assert carried(json.dumps(document).encode()).told() == [("q", "validationLost")]


def test_a_language_that_few_texts_have_is_told() -> None:
    titles: list[Any] = [
        {"default": "One", "nl": "Een", "de": "Eins"},
        {"default": "Two", "de": "Zwei"},
        {"default": "Three"},
        "Four",
    ]
    made = js(
        *(element("text", f"q{place}", title=title) for place, title in enumerate(titles)),
        title={"default": "Ours", "de": "Unser"},
    )
    assert made.definition["languages"] == ["en", "de"]
    assert made.told("translationMissing")[0] == ("the survey", "translationMissing")
    assert "nl" in made.said_of("the survey")
    assert "1 of the 4" in made.said_of("the survey")


@pytest.mark.parametrize(
    ("title", "texts"),
    [
        ({"default": "How?", "nl": "Hoe?"}, {"nl": "Hoe?", "en": "How?"}),
        ({"nl": "Hoe?", "default": "How?"}, {"nl": "Hoe?", "en": "How?"}),
        ({"default": "Hoe?", "en": "How?"}, {"nl": "Hoe?", "en": "How?"}),
        ({"default": "Hoe?", "nl": "Hoe?", "de": "Wie?"}, {"nl": "Hoe?", "de": "Wie?"}),
    ],
)  # fmt: skip
def test_a_text_in_the_language_of_the_document_goes_before_the_default(title: Any, texts: dict[str, str]) -> None:
    made = js(element("text", title=title), title=title, locale="nl")
    assert made.definition["languages"] == [*texts]
    assert made.definition["title"] == made.questions["q"]["text"] == texts
    assert made.told() == []


def told_of_english(made: Carried) -> list[str]:
    return [finding.place.name for finding in made.brought.report.findings if "under `en`" in finding.detail]


def test_what_is_under_default_is_shown_in_english_and_what_is_under_en_is_told() -> None:
    """As SurveyJS does: it has `default` for English, whatever else is there in English."""
    title = {"default": "Over onze diensten", "en": "About our services"}
    choices = [
        {"value": "a", "text": {"default": "Ja", "en": "Yes"}},
        {"value": "b", "text": {"default": "B", "en": "B"}},
    ]
    asked = [
        element("radiogroup", title={"default": "Hoe?", "en": "How?"}, choices=choices),
        element("text", "plain", title="Wat?"),
    ]
    for more in ({}, {"locale": "en"}):
        made = js(*asked, title=title, **more)
        assert made.definition["languages"] == ["en"]
        assert (made.definition["title"], made.questions["q"]["text"]) == ({"en": "Over onze diensten"}, {"en": "Hoe?"})
        assert made.questions["q"]["options"][0]["text"] == {"en": "Ja"}
        assert told_of_english(made) == ["the survey", "the survey", "q", "q, a"]
        assert "How?" in made.said_of("q")
        [once] = [each for each in made.brought.report.findings if "locale" in each.instead]
        assert "3 of its texts" in once.detail
    made = js(*asked, title=title, locale="nl")
    assert made.questions["q"]["text"] == {"nl": "Hoe?", "en": "How?"}
    assert told_of_english(made) == []


def test_what_is_under_default_beside_the_language_of_the_document_is_its_english() -> None:
    title = {"default": "Dflt?", "fr": "Comment?", "en": "How?"}
    made = js(element("text", title=title), title=title, locale="fr")
    assert made.definition["title"] == made.questions["q"]["text"] == {"fr": "Comment?", "en": "Dflt?"}
    assert told_of_english(made) == ["the survey", "q"]


def test_a_scale_of_which_a_point_is_hidden_is_a_choice_and_told_why() -> None:
    made = js(ASKED, element("rating", rateValues=[1, 2, 3, 4, {"value": 5, "visibleIf": "{c} = true"}]))
    assert made.questions["q"]["type"] == "singleChoice"
    assert made.told() == [("q", "questionChanged")]
    assert "under a condition" in made.said_of("q")


def test_what_is_written_beside_other_can_be_looked_at() -> None:
    made = js(
        element("radiogroup", "a", choices=[1, 2], showOtherItem=True),
        element("text", visibleIf="{a-Comment} notempty"),
    )
    assert made.questions["q"]["showIf"] == {"question": "a-other-text", "operator": "answered"}
    assert made.told() == [("a, other", "questionChanged")]


@pytest.mark.parametrize(("name", "told"), [("q", [("q", "questionChanged")]), ("nps-score", [])])
def test_a_scale_from_0_to_10_is_a_recommendation_and_told_where_the_file_does_not_say_so(name: str, told: Any) -> None:
    made = js(element("rating", name, rateMin=0, rateMax=10))
    assert made.questions[name]["type"] == "nps"
    assert made.told() == told


def test_a_panel_for_services_keeps_the_condition_of_its_page() -> None:
    given = {"type": "text", "name": "serviceId", "visible": False}
    repeated = {"type": "paneldynamic", "name": "p", "templateElements": [given, element("text")]}
    made = page(visibleIf="{c} = true", elements=[element("text", "before"), repeated, element("text", "after")])
    assert [section.get("showIf") for section in made.definition["sections"]] == [None, SHOWN, SHOWN, SHOWN]
    assert made.told() == []


@pytest.mark.parametrize("points", [POINTS, WORDED, [2, 1, 3, 4, 5]], ids=["numbers", "words", "mixed"])
def test_points_that_do_not_go_from_low_to_high_are_told(points: list[Any]) -> None:
    assert js(element("rating", rateValues=points)).told() == [("q", "orderLost")]
    made = js(element("matrix", columns=points, rows=["a"]))
    assert made.questions["q-a"]["points"] == 5
    assert made.told() == [("q", "orderLost")]


def test_panels_that_repeat_for_something_else_are_asked_once() -> None:
    panels = [{"type": "paneldynamic", "name": name, "templateElements": [element("boolean", "sure"), element("text", f"t{name}", visibleIf="{panel.sure} = true")]}
              for name in ("one", "two")]  # fmt: skip
    made = js(*panels)
    assert made.told("layoutLost") == [("one", "layoutLost"), ("two", "layoutLost")]
    assert made.questions["tone"]["showIf"]["question"] == "sure"
    assert made.questions["ttwo"]["showIf"]["question"] == "sure-2"


@pytest.mark.parametrize(
    "more", [{"minSelectedChoices": 4}, {"validators": [{"type": "answercount", "minCount": 4}]}, {"minSelectedChoices": 1.5}]
)  # fmt: skip
def test_a_least_number_of_answers_that_cannot_be_kept_is_told(more: dict[str, Any]) -> None:
    made = js(element("checkbox", choices=["a", "b", "d"], **more))
    assert made.told() == [("q", "validationLost")]
    assert "of its 3 answers must be chosen" in made.said_of("q")
    assert "minimumChoices" not in made.questions["q"]
