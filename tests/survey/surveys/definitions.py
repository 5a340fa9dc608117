"""Questionnaires for the tests."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

from services.survey.surveys.rules import completed

MUNICIPALITY = Path(__file__).parents[3] / "deploy" / "demo" / "municipality"


def municipality() -> dict[str, Any]:
    body: dict[str, Any] = json.loads((MUNICIPALITY / "survey.json").read_text("utf-8"))
    return body


def text(said: str = "x") -> dict[str, str]:
    return {"nl": said, "en": said}


def question(key: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "type": kind, "text": text(f"{key}?"), **more}


OPTIONS = [{"key": "red", "text": text()}, {"key": "green", "text": text()}, {"key": "blue", "text": text()}]
BODY: dict[str, Any] = {
    "key": "all-types",
    "title": text("All types"),
    "languages": ["nl", "en"],
    "topics": [{"key": "speed", "name": text()}, {"key": "care", "name": text()}],
    "labels": {"five": [text(str(point)) for point in range(1, 6)]},
    "sections": [
        {
            "key": "service",
            "title": text(),
            "repeatFor": "ratedService",
            "minimumServices": 1,
            "maximumServices": 2,
            "questions": [
                question("overall", "rating", points=10, required=True),
                question("speed", "rating", points=5, topic="speed", labels="five", notApplicable=True),
                question("why", "singleChoice", options=OPTIONS, required=True,
                         showIf={"question": "overall", "operator": "lessThan", "value": 6}),
                question("whyRed", "text", maximumLength=20,
                         showIf={"question": "why", "operator": "equals", "value": "red"}),
                question("recommend", "nps"),
                question("easy", "effort", points=7),
                question("lost", "lostTime", notApplicable=True),
                question("solved", "yesNo"),
                question("colours", "multipleChoice", options=OPTIONS),
            ],
        },
        {
            "key": "you",
            "questions": [
                question("care", "importance", points=5, topic="care"),
                question("tell", "yesNo"),
                question("told", "text", required=True, showIf={"question": "tell", "operator": "equals", "value": True}),
            ],
        },
    ],
}  # fmt: skip


def body() -> dict[str, Any]:
    """One of every type. A copy that may be changed."""
    return deepcopy(BODY)


def definition() -> dict[str, Any]:
    return completed(body())
