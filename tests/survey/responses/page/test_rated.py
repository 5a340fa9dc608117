"""A service is rated by an answer about it: choosing it is not enough, for the page as for the API."""

from typing import Any
from urllib.parse import urlencode

import pytest

from services.survey.responses.page import render
from services.survey.responses.page.filled import parse
from services.survey.responses.page.flow import Turn, turn
from services.survey.responses.page.questionnaire import Questionnaire
from services.survey.responses.page.words import words_for
from tests.survey.responses.page.view import CATERING, CLEANING, question, small

USED = {"key": "before", "questions": [question("used", "yesNo", required=True)]}
AFTER = {"key": "after", "questions": [
    question("also", "yesNo", required=True, showIf={"service": CLEANING, "operator": "rates"}),
]}  # fmt: skip


def about(*questions: dict[str, Any], least: int = 1, **more: Any) -> dict[str, Any]:
    return {"key": "about", "repeatFor": "ratedService", "minimumServices": least, "maximumServices": 2,
            "questions": list(questions) or [question("mark", "rating", points=10, required=True)], **more}  # fmt: skip


def pressed(questionnaire: Questionnaire, **fields: str | list[str]) -> Turn:
    body = {name.replace("_", "."): value for name, value in fields.items()}
    return turn(questionnaire, parse(urlencode({"go": "next", **body}, doseq=True).encode()))


def sent(shown: Turn) -> list[str]:
    assert shown.send
    return [place.question.key for place in shown.sent]


def test_who_is_asked_nothing_about_what_they_chose_has_not_rated_it() -> None:
    asked = small(sections=[USED, about(showIf={"question": "used", "operator": "equals", "value": True}), AFTER])
    assert sent(pressed(asked, step="check", service=CLEANING, q_used="false")) == ["used"]
    said: dict[str, Any] = {"step": "check", "service": CLEANING, "q_used": "true", f"q_mark_{CLEANING}": "8"}
    assert pressed(asked, **said).step.name == "section.after.0"
    assert sent(pressed(asked, **said, q_also="true")) == ["used", "mark", "also"]


def test_who_leaves_everything_open_about_a_service_has_not_rated_it() -> None:
    asked = small(sections=[about(question("mark", "rating", points=10, notApplicable=True)), USED, AFTER])
    said: dict[str, Any] = {
        "step": "check",
        "service": [CLEANING, CATERING],
        "q_used": "true",
        f"q_mark_{CATERING}": "8",
    }
    assert sent(pressed(asked, **said)) == ["mark", "used"]
    assert pressed(asked, **said, **{f"q_mark_{CLEANING}": "."}).step.name == "section.after.0"


def mistakes(shown: Turn) -> list[tuple[str, str, int, tuple[str, ...]]]:
    return [(each.name, each.code, each.number, each.names) for each in shown.mistakes]


NOT_CLEANING: dict[str, Any] = {"skipIf": {"service": CLEANING, "operator": "is"}}
OTHERS = ("Catering", "Service desk <b>")
NOTHING = [("service", "nothingAsked", 1, OTHERS)]


def test_who_chooses_only_what_nothing_is_asked_about_hears_what_to_choose() -> None:
    asked = small(sections=[about(**NOT_CLEANING), USED])
    shown = pressed(asked, step="start", service=CLEANING)
    assert (shown.step.name, mistakes(shown)) == ("start", NOTHING)
    assert pressed(asked, step="start", service=[CLEANING, CATERING]).step.name == f"service.{CATERING}.0"
    two = small(sections=[about(least=2, **NOT_CLEANING), USED])
    assert mistakes(pressed(two, step="start", service=[CLEANING, CATERING])) == [
        ("service", "nothingAsked", 2, OTHERS)
    ]


def test_where_answers_decide_it_is_said_after_them() -> None:
    """Before, something might still be asked about it."""
    used = {"question": "used", "operator": "equals", "value": True}
    rather = {"any": [used, {"not": NOT_CLEANING["skipIf"]}]}
    asked = small(sections=[USED, about(showIf=rather)])
    assert pressed(asked, step="start", service=CLEANING).step.name == "section.before.0"
    assert pressed(asked, step="section.before.0", service=CLEANING, q_used="true").step.name == f"service.{CLEANING}.0"
    for step, checked in (("check", ""), ("start", "1")):
        shown = pressed(asked, step=step, checked=checked, service=CLEANING, q_used="false")
        assert (shown.step.name, mistakes(shown)) == ("start", NOTHING)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_services_to_choose_are_named(language: str) -> None:
    asked = small(language=language, sections=[about(**NOT_CLEANING)])
    shown = pressed(asked, step="start", service=CLEANING)
    text = render.text_of(shown.mistakes[0], words_for(language))
    assert text.endswith(
        "1 van deze: Catering, Service desk <b>." if language == "nl" else "1 of these: Catering, Service desk <b>."
    )
    page = render.page(asked, parse(f"service={CLEANING}".encode()), shown.path, shown.step, shown.mistakes)
    assert "Catering, Service desk &lt;b&gt;." in page
