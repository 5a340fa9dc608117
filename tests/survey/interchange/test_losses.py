"""What other tools check, arrange or fill in is told where it is lost, and not told where it is carried."""

from typing import Any

import pytest

from tests.survey.interchange.carried import Carried, carried
from tests.survey.interchange.limesurvey_files import Asked, lss
from tests.survey.interchange.qualtrics_files import displays, qsf, question, validated
from tests.survey.interchange.test_surveyjs import element, js

PARTS = [("SQ1", "Receptie"), ("SQ2", "Schoonmaak"), ("SQ3", "Post")]
ROWS = {"Choices": displays("Desk", "Mail"), "Answers": displays("Bad", "Fair")}
CHOICES = ["a", "b", "c"]


def limesurvey(kind: str, **attributes: str) -> Carried:
    parts = {} if kind in "NSTD" else {"answers" if kind == "R" else "parts": PARTS}
    return carried(lss([Asked("q", kind, {"nl": "Hoe?"}, attributes=attributes, **parts)], languages="nl"))  # type: ignore[arg-type]  # of these names


@pytest.mark.parametrize(
    ("kind", "attributes", "code"),
    [
        ("N", {"max_num_value_n": "age-5"}, "validationLost"), ("N", {"min_num_value_n": "{a.NAOK}"}, "validationLost"),
        ("K", {"slider_max": "age"}, "validationLost"), ("R", {"min_answers": "2"}, "validationLost"),
        ("M", {"min_answers": "count(x)"}, "validationLost"), ("M", {"min_answers": "4"}, "validationLost"),
        ("Q", {"max_answers": "1"}, "validationLost"), ("S", {"prefix": "EUR"}, "textChanged"),
        ("N", {"prefix": "EUR"}, "textChanged"), ("T", {"suffix": "km"}, "textChanged"),
        ("T", {"maximum_chars": "9000"}, "validationLost"), ("N", {"maximum_chars": "3"}, "validationLost"),
        ("M", {"other_numbers_only": "1"}, "validationLost"), ("A", {"random_order": "1"}, "orderLost"),
        ("C", {"subquestion_order": "random"}, "orderLost"), ("K", {"subquestion_order": "random"}, "orderLost"),
        ("M", {"subquestion_order": "alphabetical"}, "orderLost"), ("R", {"answer_order": "alphabetical"}, "orderLost"),
        ("M", {"alphasort": "1"}, "orderLost"), ("D", {"date_format": "dd-mm-yyyy HH:MM"}, "questionChanged"),
    ],
)  # fmt: skip
def test_limesurvey_tells(kind: str, attributes: dict[str, str], code: str) -> None:
    made = limesurvey(kind, **attributes)
    assert ("q", code) in made.told()
    assert next(iter(attributes)) in made.said_of("q") or "9000" in made.said_of("q")


@pytest.mark.parametrize(
    ("kind", "attributes"),
    [
        ("N", {"max_num_value_n": "12.5", "min_num_value_n": "-3", "suffix": "km", "prefix": " "}), ("K", {"slider_max": "9"}),
        ("R", {"max_answers": "2", "min_answers": "0"}), ("M", {"min_answers": "2", "max_answers": "9"}), ("T", {"maximum_chars": "80"}),
        ("S", {"numbers_only": "1", "max_num_value_n": "7"}), ("Q", {"maximum_chars": "30"}),
        ("M", {"random_order": "1", "alphasort": "0"}), ("R", {"answer_order": "random"}), ("M", {"subquestion_order": "normal"}),
        ("D", {"date_format": "dd-mm-yyyy"}),
    ],
)  # fmt: skip
def test_limesurvey_has_nothing_to_tell(kind: str, attributes: dict[str, str]) -> None:
    assert limesurvey(kind, **attributes).told() == []


@pytest.mark.parametrize("code", ["N", "0"])
def test_an_answer_that_excludes_the_others_is_told_whatever_its_code(code: str) -> None:
    def asked(*codes: str) -> Carried:
        rules = {"exclude_all_others": code}
        question = Asked("q", "M", {"nl": "Hoe?"}, parts=[(each, each) for each in codes], attributes=rules)
        return carried(lss([question], languages="nl"))

    assert asked("A", code).told() == [("q", "validationLost")]
    assert asked("A", "B").told() == []


def test_a_longer_text_than_there_can_be_is_the_longest() -> None:
    assert limesurvey("T", maximum_chars="9000").questions["q"]["maximumLength"] == 4_000
    assert limesurvey("Q", maximum_chars="30").questions["q-SQ1"]["maximumLength"] == 30
    assert js(element("comment", maxLength=9_000)).questions["q"]["maximumLength"] == 4_000


def test_points_that_go_from_high_to_low_are_told() -> None:
    down = {str(point): {"Display": f"point {point}"} for point in range(5, 0, -1)}
    made = qualtrics("Matrix", "Likert", Answers=down, AnswerOrder=[5, 4, 3, 2, 1])
    assert made.told() == [("Q1", "orderLost")]
    assert made.definition["labels"]["Q1-labels"][0] == {"en": "point 1"}
    answers = [(str(point), f"punt {point}") for point in range(5, 0, -1)]
    made = carried(lss([Asked("q", "F", {"nl": "Hoe?"}, parts=PARTS, answers=answers)], languages="nl"))
    assert made.told() == [("q", "orderLost")]
    assert made.definition["labels"]["q-labels"][0] == {"nl": "punt 1"}


def qualtrics(kind: str = "MC", selector: str = "MAVR", settings: dict[str, Any] | None = None, **more: Any) -> Carried:
    more = {"Choices": displays("A", "B"), **more}
    return carried(qsf([question("QID1", kind, selector, **more, **validated(**(settings or {})))]))


EXCLUSIVE = displays("A", "B", c2={"ExclusiveAnswer": True})


@pytest.mark.parametrize(
    ("made", "place", "code"),
    [
        (qualtrics(Choices=EXCLUSIVE), "Q1, answer 2", "validationLost"),
        (qualtrics(DefaultChoices={"1": {"Selected": True}}), "Q1", "settingLost"),
        (qualtrics(DynamicChoices={"Locator": "q://QID2/ChoiceGroup/SelectedChoices"}), "Q1", "settingLost"),
        (qualtrics("Matrix", "Likert", **ROWS, Randomization={"Type": "All"}), "Q1", "orderLost"),
        (qualtrics("Matrix", "Likert", {"MinChoices": "2"}, **ROWS), "Q1", "validationLost"),
        (qualtrics(settings={"MinChoices": "3"}), "Q1", "validationLost"),
        (qualtrics("TE", "ML", {"MaxChars": "9000"}), "Q1", "validationLost"),
        (qualtrics("Matrix", "Likert", **{**ROWS, "Choices": displays("Desk", "Other", c2={"TextEntry": "true"})}), "Q1, answer 2", "questionOmitted"),
        (qualtrics("Slider", "HSLIDER", Choices=displays("A", c1={"TextEntry": "true"})), "Q1, answer 1", "questionOmitted"),
        (qualtrics(Randomization={"Type": "Advanced", "Advanced": {"RandomSubSet": ["1", "2"]}, "TotalRandSubset": "1"}), "Q1", "layoutLost"),
        (qualtrics(Randomization={"Type": "Advanced", "Advanced": {"TotalRandSubset": 1}}), "Q1", "layoutLost"),
        (qualtrics("Matrix", "Likert", **ROWS, Randomization={"Type": "Subset", "TotalRandSubset": 1}), "Q1", "layoutLost"),
        (qualtrics(Randomization={"Type": "Advanced", "Advanced": {"Undisplayed": ["2"]}}), "Q1", "layoutLost"),
        (qualtrics("TE", "SL", {"ContentType": "ValidNumber", "ValidNumber": {"Min": "${q://QID3}"}}), "Q1", "validationLost"),
    ],
)  # fmt: skip
def test_qualtrics_tells(made: Carried, place: str, code: str) -> None:
    assert (place, code) in made.told()


def test_qualtrics_has_nothing_to_tell() -> None:
    settings = {"MinChoices": "1", "MaxChoices": "2", "MaxChars": ""}
    assert qualtrics(settings=settings, DefaultChoices=False, DynamicChoicesData=[]).told() == []
    assert qualtrics("TE", "ML", {"MaxChars": "300"}).told() == []
    assert qualtrics(Randomization={"Type": "All", "TotalRandSubset": ""}).told() == []


@pytest.mark.parametrize(("given", "decimals"), [({}, 6), ({"NumDecimals": ""}, 6), ({"NumDecimals": "0"}, 0), ({"NumDecimals": "2"}, 2),
                                                ({"NumDecimals": "9"}, 6)])  # fmt: skip
def test_a_number_of_qualtrics_has_decimals_unless_it_says_none(given: dict[str, str], decimals: int) -> None:
    made = qualtrics("TE", "SL", {"ContentType": "ValidNumber", "ValidNumber": {"Min": "0", **given}})
    assert made.questions["Q1"].get("decimals", 0) == decimals


@pytest.mark.parametrize("more", [{"selector": "HSLIDER"}, {"selector": "STAR", "StarCount": 5}])
def test_a_slider_may_not_apply(more: dict[str, Any]) -> None:
    for given in (True, False):
        made = qualtrics("Slider", more["selector"], Configuration={**more, "NotApplicable": given})
        assert [bool(each.get("notApplicable")) for each in made.questions.values()] == [given, given]


MATRIX: dict[str, Any] = {"columns": CHOICES, "rows": ["r", "s"]}


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (element("checkbox", choices=["a", {"value": "b", "isExclusive": True}]), "validationLost"),
        (element("checkbox", choices=CHOICES, showSelectAllItem=True), "settingLost"),
        (element("ranking", choices=CHOICES, minSelectedChoices=2), "validationLost"),
        (element("matrix", **MATRIX, eachRowUnique=True), "validationLost"),
        (element("radiogroup", choices=CHOICES, validators=[{"type": "expression", "expression": "{a} > 1"}]), "validationLost"),
        (element("boolean", validators=[{"type": "expression"}]), "validationLost"),
        (element("rating", validators=[{"type": "numeric", "minValue": 2}]), "validationLost"),
        (element("text", inputType="date", min="=today(-3)"), "validationLost"),
        (element("text", inputType="number", max="{a}"), "validationLost"),
        (element("text", inputType="number", validators=[{"type": "numeric", "minValue": "{a}"}]), "validationLost"),
        (element("comment", maxLength=9_000), "validationLost"),
        (element("boolean", defaultValue=False), "settingLost"), (element("text", inputType="number", defaultValue=0), "settingLost"),
        (element("radiogroup", choices=["none", "b"], defaultValue="none"), "settingLost"),
        ({"type": "panel", "name": "p", "questionOrder": "random", "elements": [element("text")]}, "orderLost"),
        ({"type": "panel", "name": "p", "questionsOrder": "random", "elements": [element("text")]}, "orderLost"),
        (element("slider", step=5), "validationLost"), (element("slider", step=0.25), "validationLost"),
        (element("slider", sliderType="range"), "questionChanged"), (element("text", inputType="range", step=10), "validationLost"),
        (element("matrixdropdown", rows=["r"], columns=[{"name": "c", "cellType": "text", "isUnique": True}]), "validationLost"),
        (element("matrixdropdown", rows=["r"], columns=[{"name": "c", "cellType": "text", "totalType": "sum"}]), "settingLost"),
        (element("multipletext", items=[{"name": "i", "validators": [{"type": "email"}]}]), "validationLost"),
    ],
)  # fmt: skip
def test_surveyjs_tells(given: dict[str, Any], code: str) -> None:
    assert code in {told for _, told in js(given).told()}


@pytest.mark.parametrize(
    "given",
    [
        element("checkbox", choices=CHOICES, minSelectedChoices=1, validators=[{"type": "answercount", "maxCount": 2}]),
        element("ranking", choices=CHOICES, maxSelectedChoices=2, showSelectAllItem=False),
        element("text", inputType="date", min="2026-01-01"),
        element("text", inputType="range", step=1),
        element("text", inputType="number", min=0, validators=[{"type": "numeric", "maxValue": 9}]),
        element("comment", validators=[{"type": "text", "maxLength": 90}]),
        element("text", maskType="none", defaultValue=None, hasSelectAll=False),
        {"type": "panel", "name": "p", "questionOrder": "default", "elements": [element("text")]},
    ],
)
def test_surveyjs_has_nothing_to_tell(given: dict[str, Any]) -> None:
    assert js(given).told() == []


def test_answers_in_a_range_of_numbers_are_there() -> None:
    made = js(element("dropdown", choicesMin=2, choicesMax=8, choicesStep=2))
    assert [option["key"] for option in made.questions["q"]["options"]] == [f"option-{n}" for n in (2, 4, 6, 8)]
    assert made.told() == []


@pytest.mark.parametrize(
    ("step", "decimals"), [(1, 0), (0.5, 1), (0.25, 2), (1e-06, 6), ("0.10", 1), (None, 6), (10, 0)]
)
def test_a_step_says_how_many_decimals(step: Any, decimals: int) -> None:
    made = js(element("text", inputType="number", step=step))
    assert made.questions["q"].get("decimals", 0) == decimals
