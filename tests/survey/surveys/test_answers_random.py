"""Random questionnaires with random answers, held against a reading of the rules that is written the slow way."""

from typing import Any
from uuid import UUID

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from services.survey.responses.submission import Submission
from services.survey.surveys.answers import Checked, check, compile_definition
from services.survey.surveys.rules import faults
from services.survey.surveys.values import scale
from tests.survey.surveys.definitions import OPTIONS, definition, question

SERVICES = [UUID(int=number) for number in range(1, 4)]
KINDS = ("rating", "nps", "effort", "importance", "lostTime", "yesNo", "singleChoice", "multipleChoice", "text")
CONDITIONS: dict[str, list[tuple[str, Any]]] = {
    "rating": [("lessThan", 3), ("greaterOrEqual", 4), ("in", [1, 5])], "nps": [("equals", 0), ("notEquals", 10)],
    "effort": [("lessOrEqual", 4)], "importance": [("greaterThan", 1)], "lostTime": [("greaterThan", 0)],
    "yesNo": [("equals", False)], "singleChoice": [("notEquals", "red"), ("in", ["red", "blue"])],
    "multipleChoice": [("contains", "green")], "text": [],
}  # fmt: skip


@st.composite
def questionnaires(draw: st.DrawFn) -> dict[str, Any]:
    made = definition()
    for number, section in enumerate(made["sections"]):
        asked: list[dict[str, Any]] = []
        for place in range(draw(st.integers(1, 5))):
            kind = draw(st.sampled_from(KINDS))
            more: dict[str, Any] = {"required": draw(st.booleans()), "notApplicable": draw(st.booleans())}
            more |= {"points": draw(st.sampled_from([5, 7, 10]))} if kind in ("rating", "effort", "importance") else {}
            more |= {"options": OPTIONS} if kind.endswith("Choice") else {}
            possible = [(each["key"], *condition) for each in asked for condition in CONDITIONS[each["type"]]]
            if draw(st.booleans()) and possible:
                more["showIf"] = dict(
                    zip(("question", "operator", "value"), draw(st.sampled_from(possible)), strict=True)
                )
            asked.append(question(f"q{number}x{place}", kind, maximumLength=20, **more))
        section["questions"] = asked
    made["sections"][0]["minimumServices"] = draw(st.integers(1, 2))
    made["sections"][0]["maximumServices"] = draw(st.integers(2, 3))
    return made


def right(each: dict[str, Any]) -> st.SearchStrategy[Any]:
    kind = each["type"]
    if kind in ("rating", "nps", "effort", "importance"):
        return st.integers(*scale(each))
    keys = st.sampled_from([option["key"] for option in OPTIONS])
    return {
        "lostTime": st.integers(0, 43_200), "yesNo": st.booleans(), "singleChoice": keys,
        "multipleChoice": st.lists(keys, min_size=1, unique=True), "text": st.text("ab é\n", min_size=1, max_size=20),
    }[kind]  # fmt: skip


WRONG: st.SearchStrategy[Any] = st.one_of(
    st.integers(), st.floats(allow_nan=False), st.booleans(), st.text(max_size=25), st.lists(st.text(max_size=3))
)


@st.composite
def answered(draw: st.DrawFn) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Answers that fit, with at most two things spoilt."""
    made = draw(questionnaires())
    bounds = made["sections"][0]
    rated = draw(st.permutations(SERVICES))[: draw(st.integers(bounds["minimumServices"], bounds["maximumServices"]))]
    answers: list[dict[str, Any]] = []
    for service in [*rated, None]:
        answers += draw(part(made["sections"][0 if service else 1]["questions"], service))
    for _ in range(draw(st.sampled_from([0, 0, 1, 2]))):
        draw(spoilt(made, answers))
    return made, draw(st.permutations(answers))


@st.composite
def part(draw: st.DrawFn, asked: list[dict[str, Any]], service: UUID | None) -> list[dict[str, Any]]:
    given: dict[str, dict[str, Any]] = {}
    for each in asked:
        condition = each.get("showIf")
        decided = given.get(condition["question"], {}) if condition else {}
        shown = not condition or ("value" in decided and meets(condition, decided["value"]))
        if not shown or not (each["required"] or draw(st.booleans())):
            continue
        answer: dict[str, Any] = {"question": each["key"]} | ({"serviceId": str(service)} if service else {})
        unsure = each["notApplicable"] and draw(st.integers(0, 4)) == 0
        given[each["key"]] = answer | ({"notApplicable": True} if unsure else {"value": draw(right(each))})
    return list(given.values())


@st.composite
def spoilt(draw: st.DrawFn, made: dict[str, Any], answers: list[dict[str, Any]]) -> None:
    """Changes `answers`, mostly for the worse."""
    how = draw(st.integers(0, 5))
    if how == 0 or not answers:
        section = draw(st.sampled_from(made["sections"]))
        each = draw(st.sampled_from(section["questions"]))
        service = (
            {"serviceId": str(draw(st.sampled_from([*SERVICES, UUID(int=9)])))} if section.get("repeatFor") else {}
        )
        answers.append({"question": each["key"], "value": draw(right(each))} | service)
        return
    place = draw(st.integers(0, len(answers) - 1))
    if how == 1:
        del answers[place]
    elif how == 2:
        answers.append(answers[place])
    elif how == 3:
        answers[place] = {**without(answers[place], "value"), "notApplicable": True}
    else:
        answers[place] = {**without(answers[place], "notApplicable"), "value": draw(WRONG)}


def without(answer: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in answer.items() if key != name}


def fits(each: dict[str, Any], value: Any) -> bool:
    kind = each["type"]
    if kind == "yesNo":
        return isinstance(value, bool)
    if kind == "text":
        said = value.replace("\r\n", "\n") if isinstance(value, str) else ""
        control = any((ord(letter) < 32 and letter not in "\t\n\r") or 127 <= ord(letter) < 160 for letter in said)
        return 0 < len(said) <= 20 and bool(said.strip()) and not control
    keys = [option["key"] for option in each.get("options", ())]
    if kind == "singleChoice":
        return isinstance(value, str) and value in keys
    if kind == "multipleChoice":
        listed = isinstance(value, list) and bool(value)
        return listed and all(key in keys for key in value) and len(set(value)) == len(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    if isinstance(value, float) and not value.is_integer():
        return False
    lowest, highest = (0, 43_200) if kind == "lostTime" else scale(each)
    return lowest <= value <= highest


def meets(condition: dict[str, Any], value: Any) -> bool:
    wanted = condition["value"]
    match condition["operator"]:
        case "equals" | "notEquals" as operator:
            return bool((value == wanted) is (operator == "equals"))
        case "lessThan" | "greaterOrEqual" as operator:
            return bool((value < wanted) is (operator == "lessThan"))
        case "greaterThan" | "lessOrEqual" as operator:
            return bool((value > wanted) is (operator == "greaterThan"))
        case "in":
            return value in wanted
    return wanted in value


def is_right(made: dict[str, Any], answers: list[dict[str, Any]]) -> bool:
    """The rules, one after the other."""
    asked = {each["key"]: each for section in made["sections"] for each in section["questions"]}
    given = {(answer.get("serviceId"), answer["question"]): answer for answer in answers}
    rated = {service for service, _ in given if service}
    bounds = made["sections"][0]
    if not answers or len(given) < len(answers) or not rated <= set(map(str, SERVICES)):
        return False
    if not min(bounds["minimumServices"], len(SERVICES)) <= len(rated) <= bounds["maximumServices"]:
        return False
    for answer in answers:
        each = asked[answer["question"]]
        if not (each["notApplicable"] if "notApplicable" in answer else fits(each, answer["value"])):
            return False
    for service in [*rated, None]:
        for each in made["sections"][0 if service else 1]["questions"]:
            condition = each.get("showIf")
            decided = given.get((service, condition["question"])) if condition else None
            shown = not condition or (decided is not None and "value" in decided and meets(condition, decided["value"]))
            there = (service, each["key"]) in given
            if (there and not shown) or (each["required"] and shown and not there):
                return False
    return True


@settings(max_examples=400, deadline=None)
@given(answered())
def test_what_is_accepted_is_what_the_rules_say(case: tuple[dict[str, Any], list[dict[str, Any]]]) -> None:
    made, answers = case
    assert list(faults(made)) == []
    body = msgspec.convert({"language": "nl", "answers": answers}, Submission)
    result = check(compile_definition(made), body, SERVICES)
    assert isinstance(result, Checked) is is_right(made, answers)
    if isinstance(result, Checked):
        kept = {(str(service) if service else None, key) for service, part in result.parts.items() for key, _ in part}
        assert kept == {(answer.get("serviceId"), answer["question"]) for answer in answers}


@settings(max_examples=200, deadline=None)
@given(questionnaires(), st.lists(st.fixed_dictionaries({"question": st.text(max_size=5)}, optional={
    "serviceId": st.text(max_size=5), "value": WRONG, "notApplicable": st.booleans()}), max_size=8))  # fmt: skip
def test_nothing_that_decodes_breaks_the_check(made: dict[str, Any], answers: list[dict[str, Any]]) -> None:
    body = msgspec.convert({"language": "nl", "answers": answers}, Submission)
    result = check(compile_definition(made), body, SERVICES)
    if not isinstance(result, Checked):
        assert all(error.pointer for error in result)
