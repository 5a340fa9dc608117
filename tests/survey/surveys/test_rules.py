from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError

from services.shared.problems import Problem
from services.survey.surveys import examples, rules
from services.survey.surveys.schemas import SurveyBody
from services.survey.surveys.service import checked
from tests.survey.surveys.definitions import OPTIONS, body, municipality, question, text

Change = Callable[[dict[str, Any]], object]


def refusals(changed: dict[str, Any]) -> list[tuple[str | None, str]]:
    """Pointers and codes, from the body's shape and from what its parts say of each other."""
    try:
        checked(SurveyBody.model_validate(changed))
    except ValidationError as refused:
        return [("/" + "/".join(map(str, error["loc"])), error["type"]) for error in refused.errors()]
    except Problem as problem:
        return [(error.pointer, error.code) for error in problem.errors]
    return []


def service(changed: dict[str, Any], number: int) -> Any:
    return changed["sections"][0]["questions"][number]


def set_in(path: str, value: object) -> Change:
    def change(node: Any) -> None:
        *steps, last = [int(step) if step.isdigit() else step for step in path.split("/")[1:]]
        for step in steps:
            node = node[step]
        node[last] = value

    return change


def removed(path: str) -> Change:
    def change(node: Any) -> None:
        *steps, last = [int(step) if step.isdigit() else step for step in path.split("/")[1:]]
        for step in steps:
            node = node[step]
        del node[last]

    return change


def show_if(of: str, operator: str, value: object) -> dict[str, object]:
    return {"question": of, "operator": operator, "value": value}


QUESTIONS = "/sections/0/questions"
REFUSED: list[tuple[Change, str, str]] = [
    (set_in("/languages", ["nl", "en", "nl"]), "/languages/2", "duplicate"),
    (set_in("/topics/1/key", "speed"), "/topics/1/key", "duplicate"),
    (set_in("/sections/1/key", "service"), "/sections/1/key", "duplicate"),
    (set_in("/sections/1/questions/0/key", "overall"), "/sections/1/questions/0/key", "duplicate"),
    (set_in(f"{QUESTIONS}/2/options", [OPTIONS[0], OPTIONS[0]]), f"{QUESTIONS}/2/options/1/key", "duplicate"),
    (removed("/title/en"), "/title/en", "missingTranslation"),
    (removed("/sections/0/title/nl"), "/sections/0/title/nl", "missingTranslation"),
    (removed("/topics/0/name/en"), "/topics/0/name/en", "missingTranslation"),
    (removed("/labels/five/3/en"), "/labels/five/3/en", "missingTranslation"),
    (set_in(f"{QUESTIONS}/0/maximumLabel", {"nl": "top"}), f"{QUESTIONS}/0/maximumLabel/en", "missingTranslation"),
    (set_in(f"{QUESTIONS}/2/options/1/text", {"en": "x"}), f"{QUESTIONS}/2/options/1/text/nl", "missingTranslation"),
    (set_in(f"{QUESTIONS}/1/topic", "price"), f"{QUESTIONS}/1/topic", "unknownTopic"),
    (set_in(f"{QUESTIONS}/2/options/1/topic", "price"), f"{QUESTIONS}/2/options/1/topic", "unknownTopic"),
    (set_in(f"{QUESTIONS}/1/labels", "six"), f"{QUESTIONS}/1/labels", "unknownLabels"),
    (set_in(f"{QUESTIONS}/0/labels", "five"), f"{QUESTIONS}/0/labels", "labelCount"),
    (set_in(f"{QUESTIONS}/4/labels", "five"), f"{QUESTIONS}/4/labels", "labelCount"),
    (set_in("/sections/0/minimumServices", 3), "/sections/0/minimumServices", "aboveMaximum"),
    (set_in("/sections/1/maximumServices", 3), "/sections/1/maximumServices", "notRepeated"),
    (set_in(f"{QUESTIONS}/2/showIf/question", "nothing"), f"{QUESTIONS}/2/showIf/question", "unknownQuestion"),
    (set_in(f"{QUESTIONS}/2/showIf/question", "why"), f"{QUESTIONS}/2/showIf/question", "notEarlier"),
    (set_in(f"{QUESTIONS}/2/showIf/question", "recommend"), f"{QUESTIONS}/2/showIf/question", "notEarlier"),
    (set_in(f"{QUESTIONS}/2/showIf/question", "tell"), f"{QUESTIONS}/2/showIf/question", "notEarlier"),
    (set_in("/sections/1/questions/2/showIf/question", "solved"), "/sections/1/questions/2/showIf/question",
     "notEarlier"),
    (set_in(f"{QUESTIONS}/2/showIf/operator", "contains"), f"{QUESTIONS}/2/showIf/operator", "unfitOperator"),
    (set_in("/sections/1/questions/2/showIf", show_if("tell", "lessThan", True)),
     "/sections/1/questions/2/showIf/operator", "unfitOperator"),
    (set_in(f"{QUESTIONS}/4/showIf", show_if("whyRed", "equals", "x")), f"{QUESTIONS}/4/showIf/operator",
     "unfitOperator"),
    (set_in(f"{QUESTIONS}/2/showIf/value", 11), f"{QUESTIONS}/2/showIf/value", "outOfRange"),
    (set_in(f"{QUESTIONS}/2/showIf/value", True), f"{QUESTIONS}/2/showIf/value", "wrongType"),
    (set_in(f"{QUESTIONS}/2/showIf/value", "6"), f"{QUESTIONS}/2/showIf/value", "wrongType"),
    (set_in(f"{QUESTIONS}/2/showIf/value", 5.5), f"{QUESTIONS}/2/showIf/value", "notWhole"),
    (set_in(f"{QUESTIONS}/2/showIf/value", 1), f"{QUESTIONS}/2/showIf/value", "neverMet"),
    (set_in(f"{QUESTIONS}/7/showIf", show_if("lost", "greaterThan", 43_200)), f"{QUESTIONS}/7/showIf/value", "neverMet"),
    (set_in(f"{QUESTIONS}/7/showIf", show_if("lost", "lessThan", 0)), f"{QUESTIONS}/7/showIf/value", "neverMet"),
    (set_in(f"{QUESTIONS}/2/showIf/value", [1, 2]), f"{QUESTIONS}/2/showIf/value", "wrongType"),
    (set_in(f"{QUESTIONS}/2/showIf", show_if("overall", "in", 3)), f"{QUESTIONS}/2/showIf/value", "wrongType"),
    (set_in(f"{QUESTIONS}/2/showIf", show_if("overall", "in", [3, 12])), f"{QUESTIONS}/2/showIf/value/1", "outOfRange"),
    (set_in(f"{QUESTIONS}/3/showIf/value", "purple"), f"{QUESTIONS}/3/showIf/value", "unknownOption"),
    (set_in(f"{QUESTIONS}/1/points", 6), f"{QUESTIONS}/1/points", "literal_error"),
    (removed(f"{QUESTIONS}/1/points"), f"{QUESTIONS}/1/points", "missing"),
    (removed(f"{QUESTIONS}/1/type"), f"{QUESTIONS}/1/type", "missing"),
    (set_in(f"{QUESTIONS}/1/type", "slider"), f"{QUESTIONS}/1/type", "unknownQuestionType"),
    (set_in(f"{QUESTIONS}/1/type", ["rating"]), f"{QUESTIONS}/1/type", "unknownQuestionType"),
    (set_in(f"{QUESTIONS}/4/points", 10), f"{QUESTIONS}/4/points", "extra_forbidden"),
    (set_in(f"{QUESTIONS}/0/required", "yes"), f"{QUESTIONS}/0/required", "bool_type"),
    (set_in(f"{QUESTIONS}/2/options", OPTIONS[:1]), f"{QUESTIONS}/2/options", "too_short"),
    (set_in(f"{QUESTIONS}/0/text/nl", "a\x00b"), f"{QUESTIONS}/0/text/nl", "unstorableText"),
    (set_in("/sections", []), "/sections", "too_short"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "pointer", "code"), REFUSED, ids=[f"{code} {at}" for _, at, code in REFUSED])
def test_what_makes_no_sense_is_refused_where_it_stands(change: Change, pointer: str, code: str) -> None:
    changed = body()
    change(changed)
    assert (pointer, code) in refusals(changed)


@pytest.mark.parametrize(
    ("of", "operator", "value"),
    [("lost", "equals", 30), ("lost", "greaterThan", 43_199), ("lost", "in", [5]), ("lost", "notEquals", 0),
     ("overall", "lessOrEqual", 1), ("overall", "in", [10]), ("recommend", "lessThan", 1), ("why", "notEquals", "red"),
     ("why", "in", ["red", "blue"])],
)  # fmt: skip
def test_conditions_that_some_answer_meets_are_accepted(of: str, operator: str, value: object) -> None:
    changed = body()
    service(changed, 7)["showIf"] = show_if(of, operator, value)
    assert refusals(changed) == []


def test_every_type_is_accepted() -> None:
    assert refusals(body()) == []


def test_the_municipality_survey_is_kept_as_it_is() -> None:
    assert checked(SurveyBody.model_validate(municipality())) == municipality()


def test_the_published_example_is_accepted() -> None:
    assert refusals(examples.SURVEY) == []


def test_a_second_overall_question_is_refused() -> None:
    changed = body()
    service(changed, 0)["role"] = service(changed, 1)["role"] = "overall"
    assert refusals(changed) == [(f"{QUESTIONS}/1/role", "severalOverall")]


def test_repeated_sections_are_about_the_same_services() -> None:
    changed = body()
    changed["sections"].append({
        "key": "more", "repeatFor": "ratedService", "maximumServices": 3, "questions": [question("extra", "yesNo")],
    })  # fmt: skip
    assert refusals(changed) == [("/sections/2/maximumServices", "differs")]


def test_defaults_are_written_out() -> None:
    made = rules.completed({
        "sections": [{"key": "s", "repeatFor": "ratedService", "minimumServices": 4, "questions": [
            question("easy", "effort"), question("heavy", "importance"), question("said", "text"),
            question("lost", "lostTime"),
        ]}],
    })  # fmt: skip
    section = made["sections"][0]
    assert (section["minimumServices"], section["maximumServices"]) == (4, 4)
    easy, heavy, said, lost = section["questions"]
    assert (easy["points"], heavy["points"], said["maximumLength"], lost["unit"]) == (7, 5, 2_000, "minutesPerMonth")
    assert not any(each["required"] or each["notApplicable"] for each in section["questions"])


def test_a_text_may_have_more_languages_than_the_survey() -> None:
    changed = body()
    changed["title"] = {**text(), "de": "x"}
    assert refusals(changed) == []
