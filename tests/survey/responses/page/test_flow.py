from collections.abc import Mapping
from urllib.parse import urlencode

import pytest

from services.survey.responses.page.filled import Filled, Unreadable, answer, parse
from services.survey.responses.page.flow import Turn, refused, turn
from services.survey.responses.page.questionnaire import Questionnaire
from tests.survey.responses.page.view import CATERING, CLEANING, question, small, small_view

START = {"step": "start", "go": "next", "service": CLEANING}
FIRST, FOLLOW, DEEPER = (f"service.{CLEANING}.{level}" for level in range(3))
OVERALL, REASON, LOST, COMMENT, WHICH = (
    f"q.{key}.{CLEANING}" for key in ("overall", "reason", "lostTime", "comment", "which")
)


def pressed(fields: Mapping[str, str | list[str]], questionnaire: Questionnaire | None = None) -> Turn:
    return turn(questionnaire or small(), parse(urlencode(fields, doseq=True).encode()))


def names(shown: Turn) -> list[str]:
    return [step.name for step in shown.path]


def codes(shown: Turn) -> list[tuple[str, str]]:
    return [(mistake.name, mistake.code) for mistake in shown.mistakes]


def test_it_begins_at_the_start() -> None:
    shown = turn(small(), Filled())
    assert shown.step.name == "start"
    assert names(shown) == ["start", "section.once.0", "check"]


def test_a_chosen_service_gets_its_page() -> None:
    shown = pressed(START)
    assert shown.step.name == FIRST
    assert names(shown) == ["start", FIRST, "section.once.0", "check"]
    assert [place.question.key for place in shown.step.places] == ["overall", "speed", "lostTime", "comment"]


@pytest.mark.parametrize(
    ("chosen", "code"),
    [([], "tooFewServices"), ([CLEANING, CATERING, "00000003-0000-4000-8000-000000000000"], "tooManyServices")],
)
def test_the_number_of_services_is_bounded(chosen: list[str], code: str) -> None:
    shown = pressed({**START, "service": chosen})
    assert (shown.step.name, codes(shown)) == ("start", [("service", code)])


def used_or_not(**more: str) -> Turn:
    """Services are asked about only if something was used."""
    view = small_view()
    service, once = view["sections"]
    once["questions"] = [question("used", "yesNo", required=True)]
    service["showIf"] = {"question": "used", "operator": "equals", "value": True}
    return pressed({"go": "next", **more}, small(sections=[once, service]))


def test_who_used_nothing_need_not_choose_a_service() -> None:
    assert used_or_not(step="start").step.name == "section.once.0"
    sent = used_or_not(step="check", **{"q.used": "false"})
    assert [place.question.key for place in sent.sent] == ["used"]
    asked = used_or_not(step="check", **{"q.used": "true"})
    assert (asked.step.name, codes(asked)) == ("start", [("service", "tooFewServices")])
    assert asked.mistakes[0].number == 1
    assert used_or_not(step="check", service=CLEANING, **{"q.used": "true", OVERALL: "8"}).send


def test_a_service_that_was_not_offered_is_not_chosen() -> None:
    assert codes(pressed({**START, "service": "elsewhere"})) == [("service", "tooFewServices")]


def test_without_a_choice_all_services_are_asked_about() -> None:
    view = small_view()
    view["services"] = view["services"][:1]
    shown = pressed({"step": "start", "go": "next"}, small(services=view["services"]))
    assert shown.step.name == FIRST


def test_a_low_mark_leads_to_its_follow_up_and_that_to_another() -> None:
    fields: dict[str, str | list[str]] = {**START, "step": FIRST, OVERALL: "5"}
    shown = pressed(fields)
    assert (shown.step.name, shown.step.follow_up, shown.step.number) == (FOLLOW, True, 2)
    assert pressed({**fields, "step": FOLLOW, REASON: "other"}).step.name == DEEPER
    assert pressed({**fields, "step": FOLLOW, REASON: "slow"}).step.name == "section.once.0"
    assert pressed({**fields, OVERALL: "6"}).step.name == "section.once.0"


def test_an_answer_no_longer_asked_for_is_not_sent() -> None:
    fields: dict[str, str | list[str]] = {
        **START, "step": "check", OVERALL: "8", REASON: "other", WHICH: ["slow"],
    }  # fmt: skip
    shown = pressed(fields)
    assert shown.send
    assert [place.question.key for place in shown.sent] == ["overall"]


@pytest.mark.parametrize(
    ("name", "given", "code"),
    [
        (OVERALL, "", "required"), (OVERALL, "11", "outOfRange"), (OVERALL, "x", "wrongType"),
        (LOST, "much", "wrongType"), (LOST, "1,5", "notWhole"), (LOST, "-3", "outOfRange"),
        (COMMENT, "x" * 21, "tooLong"), (COMMENT, "a\0b", "controlCharacter"), (LOST, "9" * 400, "wrongType"),
    ],
)  # fmt: skip
def test_mistakes_are_told_on_their_page(name: str, given: str, code: str) -> None:
    shown = pressed({**START, "step": FIRST, OVERALL: "8", name: given})
    assert (shown.step.name, codes(shown)) == (FIRST, [(name, code)])


def test_line_ends_count_once() -> None:
    shown = pressed({**START, "step": FIRST, OVERALL: "8", COMMENT: "a\r\n" * 10})
    assert not shown.mistakes


def test_going_back_and_changing_the_language_check_nothing() -> None:
    half: dict[str, str | list[str]] = {**START, "step": FIRST, LOST: "much"}
    assert (pressed({**half, "go": "back"}).step.name, codes(pressed({**half, "go": "back"}))) == ("start", [])
    assert (pressed({**half, "go": "language.nl"}).step.name, codes(pressed({**half, "go": "language.nl"}))) == (
        FIRST,
        [],
    )


def test_nothing_is_sent_while_something_is_missing() -> None:
    shown = pressed({**START, "step": "check"})
    assert (shown.send, shown.step.name, codes(shown)) == (False, FIRST, [(OVERALL, "required")])


def test_who_changes_something_goes_straight_back_to_the_check() -> None:
    done: dict[str, str | list[str]] = {**START, "step": FIRST, "checked": "1", OVERALL: "8"}
    assert pressed(done).step.name == "check"
    assert pressed({**done, OVERALL: "3"}).step.name == FOLLOW
    assert pressed({**done, "step": "start", "service": [CLEANING, CATERING]}).step.name == f"service.{CATERING}.0"
    assert pressed({**done, "step": "check", "go": f"step.{FIRST}"}).step.name == FIRST


def test_answers_have_the_shape_of_the_api() -> None:
    fields: dict[str, str | list[str]] = {
        **START, "step": "check", OVERALL: "3", LOST: "12", f"{LOST}.na": ".", f"q.speed.{CLEANING}": ".",
        REASON: "other", WHICH: ["slow", "other"], COMMENT: " why \r\n not ", "q.again": "false",
    }  # fmt: skip
    filled = parse(urlencode(fields, doseq=True).encode())
    sent = [answer(place, filled) for place in turn(small(), filled).sent]
    about = {"serviceId": CLEANING}
    assert sent == [
        {"question": "overall", **about, "value": 3},
        {"question": "speed", **about, "notApplicable": True},
        {"question": "lostTime", **about, "notApplicable": True},
        {"question": "reason", **about, "value": "other"},
        {"question": "which", **about, "value": ["slow", "other"]},
        {"question": "comment", **about, "value": " why \n not "},
        {"question": "again", "value": False},
    ]


def test_a_refusal_leads_to_the_page_of_its_answer() -> None:
    shown = pressed({**START, "step": "check", OVERALL: "8", "q.again": "true"})
    again = refused(shown, [("/answers/1/value", "odd"), (None, "answerTooLong"), ("/answers/9/value", "odd")])
    assert again.step.name == "section.once.0"
    assert codes(again) == [("q.again", "odd"), ("", "answerTooLong"), ("", "odd")]
    assert refused(shown, [(None, "answerTooLong")]).step.name == "check"
    [few] = refused(shown, [("/answers", "tooFewServices")]).mistakes
    assert (few.code, few.number) == ("tooFewRated", 1)


@pytest.mark.parametrize("body", [b"a=%ff", b"\xff=1", b"&".join(b"a=1" for _ in range(3000))])
def test_a_form_that_is_none_is_refused(body: bytes) -> None:
    with pytest.raises(Unreadable):
        parse(body)
