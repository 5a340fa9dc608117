"""A survey with one of everything."""

from typing import Any

from services.survey.surveys.rules import completed
from tests.survey.surveys.definitions import question, text

Definition = dict[str, Any]


def options(*keys: str, **conditions: Any) -> list[dict[str, Any]]:
    return [
        {"key": key, "text": text(key.upper()), **({"showIf": conditions[key]} if key in conditions else {})}
        for key in keys
    ]


def where(question_key: str, operator: str, *value: Any) -> dict[str, Any]:
    return {"question": question_key, "operator": operator, **({"value": value[0]} if value else {})}


SERVICE = [
    question("overall", "rating", points=10, required=True, role="overall"),
    question("speed", "rating", points=5, topic="speed", labels="five", notApplicable=True, matrix="table"),
    question("care", "rating", points=5, topic="care", labels="five", notApplicable=True, matrix="table"),
    question("why", "singleChoice", required=True, notApplicable=True, showIf=where("overall", "lessThan", 6),
             options=[{**each, "topic": "speed"} for each in options("slow", "dear", "rude")]),
    question("notSlow", "yesNo", notApplicable=True, showIf=where("why", "notEquals", "slow")),
    question("factors", "multipleChoice", minimumChoices=2, maximumChoices=2, notApplicable=True, randomOptions=True,
             options=options("a", "b", "c", a=where("overall", "lessOrEqual", 5), b=where("overall", "greaterThan", 5))),
    question("easy", "effort", points=7, minimumLabel=text("no"), maximumLabel=text("yes")),
    question("recommend", "nps", notApplicable=True),
    question("fan", "text", maximumLength=20, showIf=where("recommend", "greaterOrEqual", 9)),
    question("asked", "text", maximumLength=20, showIf=where("recommend", "answered")),
    question("unasked", "yesNo", skipIf=where("recommend", "answered")),
    question("lost", "lostTime", notApplicable=True, required=True),
    question("whyLost", "text", maximumLength=20, requireIf=where("lost", "greaterThan", 60)),
    question("here", "yesNo", showIf={"service": "external:FAC-02", "operator": "is"}),
]  # fmt: skip
YOU = [
    question("tell", "yesNo", required=True),
    question("told", "text", maximumLength=30, required=True, notApplicable=True, showIf=where("tell", "equals", True)),
    question("years", "number", minimum=0, maximum=60, decimals=1, unit=text("years")),
    question("since", "date", earliestDate="2000-01-01", latestDate="2030-12-31"),
    question("late", "yesNo", showIf={"all": [where("since", "greaterThan", "2020-06-30"), {"not": where("years", "atLeast", 5)}]}),
    question("best", "ranking", options=options("x", "y", "z"), maximumChoices=2),
    question("first", "yesNo", showIf={"any": [where("best", "contains", "x"), where("years", "equals", 2.5)]}),
    question("colours", "multipleChoice", options=options("red", "green", "blue")),
    question("noRed", "yesNo", showIf=where("colours", "notContains", "red")),
    question("some", "yesNo", showIf={"any": [where("colours", "contains", "green"), where("colours", "notAnswered")]}),
    question("matters", "importance", points=5, topic="care", labels="five"),
    question("oneOf", "yesNo", showIf=where("matters", "in", [1, 2])),
    question("depot", "yesNo", showIf={"attribute": "location", "operator": "equals", "value": "Depot 'Oost'"}),
    question("elsewhere", "yesNo", showIf={"attribute": "location", "operator": "notEquals", "value": "Depot 'Oost'"}),
    question("user", "yesNo", showIf={"service": "external:ICT-01", "operator": "uses"}),
    question("rater", "yesNo", showIf={"not": {"service": "external:ICT-01", "operator": "rates"}}),
]  # fmt: skip


def widest() -> Definition:
    """Not published anywhere: the organisation need not have its services."""
    service_title = text("{service} of {provider}")
    return completed({
        "key": "widest", "providerId": None, "title": text("Widest of {organisation}"), "languages": ["nl", "en"],
        "topics": [{"key": "speed", "name": text("Speed")}, {"key": "care", "name": text("Care")}],
        "labels": {"five": [text(f"point {point}") for point in range(1, 6)]},
        "sections": [
            {"key": "service", "title": service_title, "repeatFor": "ratedService", "minimumServices": 1,
             "maximumServices": 2, "randomOrder": "topics", "questions": SERVICE},
            {"key": "you", "title": text("You"), "questions": YOU},
            {"key": "end", "randomOrder": "questions", "showIf": where("tell", "equals", True),
             "questions": [question("one", "yesNo"), question("two", "text", maximumLength=10, required=True)]},
        ],
    })  # fmt: skip
