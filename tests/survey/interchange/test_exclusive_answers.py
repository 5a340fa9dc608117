"""An answer that excludes the others is enough alone, however many must be chosen; no such thing can be said here."""

from typing import Any

import pytest

from tests.survey.interchange.carried import Carried, carried
from tests.survey.interchange.qualtrics_files import displays, qsf, question, validated
from tests.survey.interchange.test_surveyjs import element, js


def surveyjs(*more: Any, **rules: Any) -> Carried:
    return js(element("checkbox", choices=["a", "b", "c", *more], **rules))


@pytest.mark.parametrize("name", ["showNoneItem", "hasNone", "showRefuseItem", "showDontKnowItem"])
def test_what_is_built_in_is_told_and_can_be_chosen_alone(name: str) -> None:
    made = surveyjs(isRequired=True, minSelectedChoices=2, **{name: True})
    assert "minimumChoices" not in made.questions["q"]
    assert made.told() == [("q", "validationLost")] * 2
    assert "At least 2 must be chosen" in made.said_of("q")


def test_where_one_answer_is_enough_nothing_is_lost() -> None:
    made = surveyjs(minSelectedChoices=1, showNoneItem=True)
    assert made.told() == [("q", "validationLost")]
    assert "At least" not in made.said_of("q")


def test_an_answer_that_is_marked_can_be_chosen_alone() -> None:
    made = surveyjs({"value": "x", "isExclusive": True}, minSelectedChoices=2)
    assert "minimumChoices" not in made.questions["q"]
    assert made.told() == [("q", "validationLost")] * 2


def test_a_number_that_holds_for_it_too_is_kept() -> None:
    """SurveyJS counts it as one answer where a validator counts."""
    made = surveyjs(showNoneItem=True, validators=[{"type": "answercount", "minCount": 2}])
    assert made.questions["q"]["minimumChoices"] == surveyjs(minSelectedChoices=2).questions["q"]["minimumChoices"] == 2


def test_an_exclusive_answer_of_qualtrics_can_be_chosen_alone() -> None:
    rules = validated(ForceResponse="ON", Type="MinChoices", MinChoices="2")

    def asked(**more: Any) -> Carried:
        return carried(qsf([question("QID1", "MC", "MAVR", Choices=displays("A", "B", "None", **more), **rules)]))

    made = asked(c3={"ExclusiveAnswer": True})
    assert "minimumChoices" not in made.questions["Q1"]
    assert ("Q1", "validationLost") in made.told()
    assert asked().questions["Q1"]["minimumChoices"] == 2
    rules = validated(ForceResponse="ON", Type="MinChoices", MinChoices="1")
    assert "At least" not in asked(c3={"ExclusiveAnswer": True}).said_of("Q1")
