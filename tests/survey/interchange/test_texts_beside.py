"""A text beside an answer: whether those who choose the answer must fill it in, and what is not carried of it."""

from typing import Any

import pytest

from tests.survey.interchange.carried import Carried, carried
from tests.survey.interchange.limesurvey_files import lss
from tests.survey.interchange.qualtrics_files import displays, qsf, question
from tests.survey.interchange.test_limesurvey import ANSWERS, ROWS, one
from tests.survey.interchange.test_surveyjs import element, js


def surveyjs(kind: str, *choices: Any, **more: Any) -> Carried:
    return js(element(kind, choices=[*choices, "y"], **more))


def qualtrics(kind: str = "MC", selector: str = "SAVR", **more: Any) -> Carried:
    return carried(
        qsf([question("QID1", kind, selector, Choices=displays("A", "B", c2={"TextEntry": "true", **more}))])
    )


def limesurvey(kind: str, other: str = "Y", **attributes: str) -> Carried:
    parts: dict[str, Any] = {"parts": ROWS} if kind in "MP" else {"answers": ANSWERS}
    return carried(lss([one("q", kind, other=other, attributes=attributes, **parts)]))


@pytest.mark.parametrize(
    ("made", "name", "required"),
    [
        (surveyjs("radiogroup", "x", showOtherItem=True), "q-other-text", True),
        (surveyjs("checkbox", "x", hasOther=True), "q-other-text", True),
        (surveyjs("radiogroup", {"value": "x", "showCommentArea": True, "isCommentRequired": True}), "q-x-text", True),
        (surveyjs("radiogroup", {"value": "x", "showCommentArea": True}), "q-x-text", None),
        (qualtrics(TextEntryForceResponse=True), "Q1-option-2-text", True),
        (qualtrics(TextEntryForceResponse="true"), "Q1-option-2-text", True),
        (qualtrics(TextEntryForceResponse=False), "Q1-option-2-text", None),
        (qualtrics("TE", "FORM", TextEntryForceResponse=True), "Q1-2", True),
        (limesurvey("L", other_comment_mandatory="1"), "q-other-text", True),
        (limesurvey("!", other_comment_mandatory="1"), "q-other-text", True),
        (limesurvey("L", other_comment_mandatory="0"), "q-other-text", None),
        (limesurvey("P", other_comment_mandatory="1"), "q-other-text", None),
    ],
)  # fmt: skip
def test_it_must_be_filled_in_where_the_file_says_so(made: Carried, name: str, required: bool | None) -> None:
    assert made.questions[name].get("required") is required


def test_a_mandatory_other_is_told_where_it_is_not_carried() -> None:
    assert limesurvey("L", other_comment_mandatory="1").told("validationLost") == []
    assert limesurvey("P", other_comment_mandatory="1").told("validationLost") == [("q", "validationLost")]


@pytest.mark.parametrize(("kind", "selector"), [("MC", "SAVR"), ("RO", "DND"), ("TE", "FORM")])
def test_what_kind_of_text_it_must_be_is_told(kind: str, selector: str) -> None:
    assert ("Q1, answer 2", "validationLost") in qualtrics(kind, selector, TextEntryValidation="ValidNumber").told()
    assert qualtrics(kind, selector, TextEntryValidation="None").told("validationLost") == []


def test_a_comment_beside_the_text_of_another_answer_is_told() -> None:
    assert limesurvey("P").told("questionOmitted") == [("q, answer other", "questionOmitted")]
    for made in (limesurvey("P", other="N"), limesurvey("M")):
        assert made.told("questionOmitted") == []
