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


NUMBERS = any_of([show_if("n", "notEquals", number) for number in range(800)])


def follow_ups(**of_each: Any) -> list[Body]:
    return [
        question(f"why{number}", "yesNo", showIf=show_if("used", "contains", f"o{number}"), **of_each)
        for number in range(12)
    ]


def test_every_option_of_a_dozen_may_have_a_question_of_its_own() -> None:
    assert refusals(survey(question("used", "multipleChoice", options=OPTIONS), *follow_ups())) == []


def test_a_dozen_options_that_decide_together_are_too_many() -> None:
    every = any_of([show_if("used", "contains", f"o{number}") for number in range(12)])
    together = survey(question("used", "multipleChoice", options=OPTIONS), question("why", "yesNo", showIf=every))
    assert refusals(together) == [("/sections/0/questions/1/showIf", "tooComplex")]


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
    few = any_of([show_if("n", "equals", number) for number in range(0, 60, 2)])
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
        first, second = question("n", "number", showIf=who), question("y", "yesNo", showIf=NUMBERS)
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
