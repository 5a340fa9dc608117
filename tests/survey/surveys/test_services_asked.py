"""How many services must be rated where conditions may leave nothing to be asked about them."""

from typing import Any
from uuid import UUID

import msgspec
import pytest

from services.survey.responses.submission import Submission
from services.survey.surveys.answers import NOTHING, About, Checked, check, compile_definition
from services.survey.surveys.rules import completed
from tests.survey.surveys.definitions import question, text
from tests.survey.surveys.test_rules import refusals, show_if

A, B = UUID(int=10), UUID(int=11)
IS_A = {"service": str(A), "operator": "is"}
WERF = {"attribute": "location", "operator": "equals", "value": "werf"}
Body = dict[str, Any]
USED: Body = {"showIf": show_if("used", "equals", True)}


def survey(least: int = 1, more: Body | None = None, **of_section: Any) -> Body:
    about = question("mark", "rating", points=5, **(more or {}))
    return {
        "key": "k", "title": text(), "languages": ["nl", "en"],
        "sections": [
            {"key": "a", "questions": [question("used", "yesNo", required=True)]},
            {"key": "b", "repeatFor": "ratedService", "minimumServices": least, **of_section, "questions": [about]},
        ],
    }  # fmt: skip


def codes(made: Body, used: bool, rated: tuple[UUID, ...] = (), about: About = NOTHING) -> list[str]:
    answers: list[Body] = [{"question": "used", "value": used}]
    answers += [{"question": "mark", "serviceId": str(service), "value": 4} for service in rated]
    body = msgspec.convert({"language": "nl", "answers": answers}, Submission)
    judged = check(compile_definition(completed(made)), body, [A, B], about)
    return [] if isinstance(judged, Checked) else [error.code for error in judged]


CASES: list[tuple[str, Body, bool, tuple[UUID, ...], About, list[str]]] = [
    ("skipped", survey(**USED), False, (), NOTHING, []),
    ("skipped, yet rated", survey(**USED), False, (A,), NOTHING, ["notShown"]),
    ("used, not rated", survey(**USED), True, (), NOTHING, ["tooFewServices"]),
    ("used and rated", survey(**USED), True, (B,), NOTHING, []),
    ("asked about one of two", survey(2, {"showIf": IS_A}), True, (A,), NOTHING, []),
    ("not that one", survey(2, {"showIf": IS_A}), True, (), NOTHING, ["tooFewServices"]),
    ("asked of others", survey(showIf=WERF), True, (), NOTHING, []),
    ("asked of them", survey(showIf=WERF), True, (), About({"location": "werf"}), ["tooFewServices"]),
]  # fmt: skip


@pytest.mark.parametrize(("made", "used", "rated", "about", "expected"), [each[1:] for each in CASES],
                         ids=[each[0] for each in CASES])  # fmt: skip
def test_services_without_a_question_need_not_be_rated(
    made: Body, used: bool, rated: tuple[UUID, ...], about: About, expected: list[str]
) -> None:
    assert refusals(made) == []
    assert codes(made, used, rated, about) == expected


def test_who_is_shown_no_option_of_the_only_question_is_asked_nothing() -> None:
    options = [{"key": key, "text": text(), "showIf": WERF} for key in "ab"]
    made = survey()
    made["sections"] = [{"key": "a", "questions": [question("only", "singleChoice", options=options)]}]
    assert refusals(made) == [("/sections", "deadEnd")]
