"""A small questionnaire as respond shows it: a choice of services, a question with a follow-up, one asked once."""

from typing import Any

from services.survey.responses.page.questionnaire import Questionnaire, read

CLEANING, CATERING, DESK = (f"0000000{number}-0000-4000-8000-000000000000" for number in (1, 2, 3))


def question(key: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "type": kind, "text": f"About {key}?", "required": False, "notApplicable": False, **more}


def small_view(**more: Any) -> dict[str, Any]:
    why = {"question": "overall", "operator": "lessThan", "value": 6}
    more_why = {"question": "reason", "operator": "equals", "value": "other"}
    options = [{"key": "slow", "text": "Too slow"}, {"key": "other", "text": "Something else"}]
    rated = [
        question("overall", "rating", points=10, required=True),
        question("speed", "rating", points=5, notApplicable=True, labels="agreement"),
        question("lostTime", "lostTime", notApplicable=True),
        question("reason", "singleChoice", required=True, showIf=why, options=options),
        question("which", "multipleChoice", showIf=more_why, options=options),
        question("comment", "text", maximumLength=20),
    ]
    once = [question("again", "yesNo")]
    return {
        "organisation": "Rivierenmark",
        "languages": ["nl", "en"],
        "language": "en",
        "title": "Our services",
        "introduction": "Nobody sees who said what.\nReally.",
        "services": [
            {"id": CLEANING, "name": "Cleaning"}, {"id": CATERING, "name": "Catering"},
            {"id": DESK, "name": "Service desk <b>"},
        ],
        "topics": [],
        "labels": {"agreement": ["no", "rather not", "neither", "rather", "yes"]},
        "sections": [
            {"key": "service", "title": "About it", "repeatFor": "ratedService", "minimumServices": 1,
             "maximumServices": 2, "questions": rated},
            {"key": "once", "title": "In general", "questions": once},
        ],
        **more,
    }  # fmt: skip


def small(**more: Any) -> Questionnaire:
    return read(small_view(**more))
