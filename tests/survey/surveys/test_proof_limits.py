"""What the proof takes on, and what it leaves: a body of any size is judged after so many looks at it, beside others."""

import threading
from typing import Any

import pytest

from services.survey.surveys import proof
from services.survey.surveys.conditions import leaves
from services.survey.surveys.search import MOST_LOOKS, Search
from tests.survey.surveys.conftest import House, made
from tests.survey.surveys.definitions import body, question, text
from tests.survey.surveys.test_rules import refusals, show_if

Body = dict[str, Any]
OPTIONS = [{"key": f"o{number}", "text": text()} for number in range(12)]


def survey(*questions: Body) -> Body:
    return {"key": "k", "title": text(), "languages": ["nl", "en"],
            "sections": [{"key": "a", "questions": list(questions)}]}  # fmt: skip


def any_of(leaves: list[Body]) -> Body:
    while len(leaves) > 20:
        leaves = [{"any": leaves[at : at + 20]} for at in range(0, len(leaves), 20)]
    return {"any": leaves}


NUMBERS = {"not": any_of([show_if("n", "equals", number) for number in range(800)])}


def follow_ups(**of_each: Any) -> list[Body]:
    return [
        question(f"why{number}", "yesNo", showIf=show_if("used", "contains", f"o{number}"), **of_each)
        for number in range(12)
    ]


def test_every_option_of_a_dozen_may_have_a_question_of_its_own() -> None:
    assert refusals(survey(question("used", "multipleChoice", options=OPTIONS), *follow_ups())) == []


@pytest.mark.parametrize("kind", ["multipleChoice", "ranking"])
@pytest.mark.parametrize("name", ["any", "all"])
@pytest.mark.parametrize("operator", ["contains", "notContains"])
def test_a_dozen_options_may_decide_together(kind: str, name: str, operator: str) -> None:
    options = [*OPTIONS, {"key": "more", "text": text()}]
    every = {name: [show_if("used", operator, f"o{number}") for number in range(12)]}
    asked = [question("used", kind, options=options), question("why", "yesNo", showIf=every)]
    assert refusals(survey(*asked)) == []


def test_a_dozen_follow_ups_may_have_one_of_their_own() -> None:
    low = any_of([show_if(f"why{number}", "equals", False) for number in range(12)])
    asked = [question("used", "multipleChoice", options=OPTIONS), *follow_ups(), question("sum", "text", showIf=low)]
    assert refusals(survey(*asked)) == []


@pytest.mark.parametrize(("most", "expected"), [(12, []), (11, [("/sections/0/questions/1/showIf", "neverShown")])])
def test_how_many_may_be_chosen_is_reckoned_with(most: int, expected: list[Any]) -> None:
    every = {"all": [show_if("used", "contains", f"o{number}") for number in range(12)]}
    used = question("used", "multipleChoice", options=OPTIONS, maximumChoices=most)
    assert refusals(survey(used, question("why", "yesNo", showIf=every))) == expected


def test_what_was_chosen_of_a_dozen_may_be_chosen_from_again() -> None:
    """Required both, so that it is proved that some option is always left."""
    again = [{**each, "showIf": show_if("used", "contains", each["key"])} for each in OPTIONS]
    used = question("used", "multipleChoice", options=OPTIONS, required=True)
    assert refusals(survey(used, question("most", "singleChoice", options=again, required=True))) == []
    used["notApplicable"] = True
    asked = survey(used, question("most", "singleChoice", options=again, required=True))
    assert refusals(asked) == [("/sections/0/questions/1/options", "deadEnd")]


def test_each_condition_is_weighed_with_each_value(monkeypatch: pytest.MonkeyPatch) -> None:
    assert refusals(survey(question("n", "number"), question("y", "yesNo", showIf=NUMBERS))) == [
        ("/sections/0/questions/1/showIf", "tooComplex")
    ]
    looked: list[int] = []
    look = Search.look

    def counted(self: Search, times: int = 1) -> None:
        looked.append(times)
        look(self, times)

    monkeypatch.setattr(Search, "look", counted)
    few = {"not": any_of([show_if("n", "equals", number) for number in range(0, 60, 2)])}
    assert refusals(survey(question("n", "number"), question("y", "yesNo", showIf=few))) == []
    assert 30 * 60 < sum(looked) < MOST_LOOKS / 50


@pytest.mark.parametrize("name", ["requireIf", "options", "sections"])
def test_what_could_not_be_proved_is_not_called_something_else(name: str) -> None:
    first = question("n", "number")
    second = question("y", "yesNo", requireIf=NUMBERS)
    pointer = "/sections/0/questions/1/requireIf"
    if name != "requireIf":
        options = [{**each, "skipIf": NUMBERS} for each in OPTIONS[:1]] + [{**OPTIONS[1], "showIf": NUMBERS}]
        second = question("y", "singleChoice", options=options, required=True)
        pointer = "/sections/0/questions/1/options"
    if name == "sections":
        who = {"attribute": "location", "operator": "equals", "value": "werf"}
        first, second = question("n", "number", showIf=who), question("y", "yesNo", skipIf=NUMBERS)
        pointer = "/sections"
    assert (pointer, "tooComplex") in (found := refusals(survey(first, second)))
    assert {code for _, code in found} == {"tooComplex"}


def test_a_chain_of_hundreds_is_followed_without_recursion() -> None:
    made = survey(question("q0", "yesNo"))
    made["sections"] = [
        {"key": f"s{place}", "questions": [
            question(f"q{place * 50 + number}", "yesNo",
                     **({"showIf": {"question": f"q{place * 50 + number - 1}", "operator": "answered"}}
                        if place + number else {}))
            for number in range(50)
        ]}
        for place in range(20)
    ]  # fmt: skip
    made["sections"][-1]["questions"][-1]["showIf"] = show_if("q0", "equals", True)
    assert {code for _, code in refusals(made)} <= {"tooComplex"}


def test_names_are_followed_once_however_often_they_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    walked: list[Body | None] = []

    def counted(condition: Body | None) -> Any:
        walked.append(condition)
        return leaves(condition)

    monkeypatch.setattr("services.survey.surveys.references.leaves", counted)
    later = [
        {"key": f"s{place}", "questions": [
            question(f"q{place}x{number}", "yesNo", showIf=any_of([
                show_if(f"q{min(place + 1, 19)}x{other}", "equals", True) for other in range(20)
            ]))
            for number in range(20)
        ]}
        for place in range(20)
    ]  # fmt: skip
    found = refusals({**survey(), "sections": later})
    assert len(found) == 100
    assert {code for _, code in found} == {"notEarlier"}
    assert len([each for each in walked if each]) == 20 * 20


async def test_others_are_served_meanwhile(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The proof may take seconds, so it runs beside the loop that serves everybody."""
    threads: list[threading.Thread] = []
    prove = proof.faults

    def watched(definition: Body) -> Any:
        threads.append(threading.current_thread())
        return prove(definition)

    monkeypatch.setattr(proof, "faults", watched)
    admin = await house.role("admin")
    location = (await made(admin)).headers["location"]
    changed = await admin.patch(location, json={"title": text()}, headers={"If-Match": "*"})
    shown = await admin.post(f"{location}/preview", json={"survey": body()})
    assert (changed.status_code, shown.status_code) == (200, 200)
    assert len(threads) == 3
    assert threading.current_thread() not in threads
