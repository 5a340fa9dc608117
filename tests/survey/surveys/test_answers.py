import json
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID, uuid4, uuid5

import msgspec
import pytest

from services.survey.responses.submission import Submission
from services.survey.surveys.answers import Checked, check, compile_definition
from tests.survey.surveys.definitions import MUNICIPALITY, definition, municipality

A, B, C = (UUID(int=number) for number in (10, 11, 12))
OFFERED = [A, B, C]
QUESTIONNAIRE = compile_definition(definition())
Answers = list[dict[str, Any]]


def submission(answers: Answers, language: str = "nl") -> Submission:
    return msgspec.convert({"language": language, "answers": answers}, Submission)


def about(service: UUID | str, **values: Any) -> Answers:
    """None stands for notApplicable."""
    return [
        {"question": key, "serviceId": str(service), **({"notApplicable": True} if value is None else {"value": value})}
        for key, value in values.items()
    ]


def once(**values: Any) -> Answers:
    return [{"question": key, "value": value} for key, value in values.items()]


def refusals(answers: Answers, language: str = "nl", offered: list[UUID] = OFFERED) -> list[tuple[str | None, str]]:
    result = check(QUESTIONNAIRE, submission(answers, language), offered)
    return [] if isinstance(result, Checked) else [(error.pointer, error.code) for error in result]


def accepted(answers: Answers, language: str = "nl") -> Mapping[UUID | None, Any]:
    result = check(QUESTIONNAIRE, submission(answers, language), OFFERED)
    assert isinstance(result, Checked), result
    return result.parts


GOOD = about(A, overall=8, speed=4)
REFUSED: list[tuple[str, Answers, str, str]] = [
    ("unknown question", [*GOOD, *about(A, nothing=1)], "/answers/2/question", "unknownQuestion"),
    ("answered twice", [*GOOD, *about(A, overall=8)], "/answers/2/question", "answeredTwice"),
    ("no service", [*GOOD, *once(overall=8)], "/answers/2/serviceId", "missing"),
    ("a service for a question asked once", [*GOOD, *about(A, care=3)], "/answers/2/serviceId", "notAskedOfServices"),
    ("a service not used", [*GOOD, *about(uuid4(), overall=3)], "/answers/2/serviceId", "serviceNotOffered"),
    ("no service at all", [*GOOD, *about("everything", overall=3)], "/answers/2/serviceId", "serviceNotOffered"),
    ("none rated", once(care=3), "/answers", "tooFewServices"),
    ("nothing", [], "/answers", "empty"),
    ("too many rated", [*about(A, overall=8), *about(B, overall=8), *about(C, overall=8)], "/answers",
     "tooManyServices"),
    ("above the scale", about(A, overall=11), "/answers/0/value", "outOfRange"),
    ("below the scale", about(A, overall=0), "/answers/0/value", "outOfRange"),
    ("far above", about(A, overall=10**30), "/answers/0/value", "outOfRange"),
    ("true is no number", about(A, overall=True), "/answers/0/value", "wrongType"),
    ("a half point", about(A, overall=7.5), "/answers/0/value", "notWhole"),
    ("text for a number", about(A, overall="8"), "/answers/0/value", "wrongType"),
    ("nps above ten", about(A, overall=8, recommend=11), "/answers/1/value", "outOfRange"),
    ("effort of none", about(A, overall=8, easy=0), "/answers/1/value", "outOfRange"),
    ("negative time", about(A, overall=8, lost=-1), "/answers/1/value", "outOfRange"),
    ("more than a month", about(A, overall=8, lost=43_201), "/answers/1/value", "outOfRange"),
    ("one is not true", about(A, overall=8, solved=1), "/answers/1/value", "wrongType"),
    ("unknown option", about(A, overall=3, why="purple"), "/answers/1/value", "unknownOption"),
    ("a list for one option", about(A, overall=3, why=["red"]), "/answers/1/value", "wrongType"),
    ("one option for a list", about(A, overall=8, colours="red"), "/answers/1/value", "wrongType"),
    ("unknown among options", about(A, overall=8, colours=["red", "pink"]), "/answers/1/value/1", "unknownOption"),
    ("an option twice", about(A, overall=8, colours=["red", "red"]), "/answers/1/value", "duplicate"),
    ("no option", about(A, overall=8, colours=[]), "/answers/1/value", "blank"),
    ("too long", about(A, overall=3, why="red", whyRed="x" * 21), "/answers/2/value", "tooLong"),
    ("NUL", about(A, overall=3, why="red", whyRed="a\0b"), "/answers/2/value", "controlCharacter"),
    ("escape", about(A, overall=3, why="red", whyRed="a\x1bb"), "/answers/2/value", "controlCharacter"),
    ("half a pair", about(A, overall=3, why="red", whyRed="a\ud800"), "/answers/2/value", "controlCharacter"),
    ("only blanks", about(A, overall=3, why="red", whyRed=" \n"), "/answers/2/value", "blank"),
    ("nothing that is seen", about(A, overall=3, why="red", whyRed="\u200b \ufeff\u2060\u00ad\u3164"), "/answers/2/value", "blank"),
    ("not applicable not allowed", about(A, overall=None), "/answers/0/notApplicable", "notApplicableNotAllowed"),
    ("both", [{**about(A, speed=3)[0], "notApplicable": True}], "/answers/0/notApplicable", "valueAndNotApplicable"),
    ("neither", [{"question": "overall", "serviceId": str(A)}], "/answers/0/value", "missing"),
    ("required", about(A, speed=4), "/answers", "required"),
    ("required of each service", [*GOOD, *about(B, speed=4)], "/answers", "required"),
    ("required once shown", about(A, overall=5), "/answers", "required"),
    ("required once shown, asked once", [*GOOD, *once(tell=True)], "/answers", "required"),
    ("not shown", about(A, overall=6, why="red"), "/answers/1/question", "notShown"),
    ("not shown, first in the body", about(A, why="red", overall=6), "/answers/0/question", "notShown"),
    ("shown for another service", [*about(A, overall=8, why="red"), *about(B, overall=2, why="red")],
     "/answers/1/question", "notShown"),
    ("not shown since nothing decides", [*GOOD, *once(told="x")], "/answers/2/question", "notShown"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("answers", "pointer", "code"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED]
)
def test_refused_where_it_stands(answers: Answers, pointer: str, code: str) -> None:
    assert refusals(answers) == [(pointer, code)]


def test_a_language_that_is_not_offered_is_refused() -> None:
    assert refusals(GOOD, "de") == [("/language", "languageNotOffered")]


def test_everything_that_is_wrong_is_said_at_once() -> None:
    answers = [*about(A, overall=11, speed=9), *once(care=0)]
    assert [pointer for pointer, _ in refusals(answers)] == ["/answers/0/value", "/answers/1/value", "/answers/2/value"]


def test_errors_are_bounded() -> None:
    assert len(refusals(about(A, overall=11) * 1_000)) == 100


def test_who_uses_fewer_services_than_the_minimum_rates_those() -> None:
    assert refusals(once(care=3), offered=[]) == []
    two = definition()
    two["sections"][0]["minimumServices"] = 2
    assert isinstance(check(compile_definition(two), submission(GOOD), [A]), Checked)
    assert not isinstance(check(compile_definition(two), submission(GOOD), OFFERED), Checked)


def test_order_and_spelling_leave_no_trace() -> None:
    answers = [
        *once(care=3.0),
        *about(str(B).upper(), colours=["blue", "red"], why="red", whyRed="een\r\ntwee", overall=2.0),
    ]
    assert accepted(answers) == {
        None: [("care", 3)],
        B: [("overall", 2), ("why", "red"), ("whyRed", "een\ntwee"), ("colours", ["red", "blue"])],
    }
    assert all(type(value) is not float for part in accepted(answers).values() for _, value in part)


def test_one_service_spelled_in_two_ways_is_one() -> None:
    letters = UUID("abcdefab-0000-4000-8000-abcdefabcdef")
    answers = [*about(letters, overall=8), *about(str(letters).upper(), overall=7)]
    assert refusals(answers, offered=[letters]) == [("/answers/1/question", "answeredTwice")]


def test_not_applicable_answers_a_question_and_meets_no_condition() -> None:
    assert accepted(about(A, overall=8, speed=None, lost=None)) == {
        A: [("overall", 8), ("speed", None), ("lost", None)]
    }
    changed = definition()
    overall, _, why, *_ = changed["sections"][0]["questions"]
    overall["notApplicable"] = True
    unsure = compile_definition(changed)
    assert isinstance(check(unsure, submission(about(A, overall=None)), OFFERED), Checked)
    assert why["required"]
    assert not isinstance(check(unsure, submission(about(A, overall=None, why="red")), OFFERED), Checked)


def test_a_comment_may_hold_any_writing() -> None:
    said = "Καλό 👍🏽\tإيه\n\u202e\u200d=1+1<b>"
    changed = definition()
    changed["sections"][0]["questions"][3] = {"key": "said", "type": "text", "maximumLength": 2000}
    result = check(compile_definition(changed), submission(about(A, overall=8, said=said)), OFFERED)
    assert isinstance(result, Checked)
    assert result.parts[A][-1] == ("said", said)


def recorded(wave: str) -> Iterator[tuple[Answers, str]]:
    with (MUNICIPALITY / f"answers-{wave}.ndjson").open(encoding="utf-8") as lines:
        for line in map(json.loads, lines):
            answers = [
                {"serviceId": str(uuid5(A, answer["service"])), **{k: v for k, v in answer.items() if k != "service"}}
                if "service" in answer else answer
                for answer in line["answers"]
            ]  # fmt: skip
            yield answers, line["language"]


@pytest.mark.parametrize("wave", ["2025", "2026"])
def test_every_recorded_answer_of_the_municipality_is_accepted(wave: str) -> None:
    questionnaire = compile_definition(municipality())
    for answers, language in recorded(wave):
        offered = [UUID(answer["serviceId"]) for answer in answers if "serviceId" in answer]
        result = check(questionnaire, submission(answers, language), set(offered))
        assert isinstance(result, Checked), result
        assert sum(map(len, result.parts.values())) == len(answers)
