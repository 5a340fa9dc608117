"""A service is rated by an answer about it: choosing it is not enough, for the page as for the API."""

from typing import Any
from urllib.parse import urlencode

from services.survey.responses.page.filled import parse
from services.survey.responses.page.flow import Turn, turn
from services.survey.responses.page.questionnaire import Questionnaire
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
    said = {"step": "check", "service": CLEANING, "q_used": "true", f"q_mark_{CLEANING}": "8"}
    assert pressed(asked, **said).step.name == "section.after.0"
    assert sent(pressed(asked, **said, q_also="true")) == ["used", "mark", "also"]


def test_who_leaves_everything_open_about_a_service_has_not_rated_it() -> None:
    asked = small(sections=[about(question("mark", "rating", points=10, notApplicable=True)), USED, AFTER])
    said = {"step": "check", "service": [CLEANING, CATERING], "q_used": "true", f"q_mark_{CATERING}": "8"}
    assert sent(pressed(asked, **said)) == ["mark", "used"]
    assert pressed(asked, **said, **{f"q_mark_{CLEANING}": "."}).step.name == "section.after.0"
