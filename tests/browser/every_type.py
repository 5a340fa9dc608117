"""A long questionnaire: every type, two tables, and logic over several pages, in Dutch and English."""

from typing import Any

from services.survey.surveys.rules import completed

Question = dict[str, Any]


def said(nl: str, en: str) -> dict[str, str]:
    return {"nl": nl, "en": en}


def question(key: str, kind: str, nl: str, en: str, **more: Any) -> Question:
    return {"key": key, "type": kind, "text": said(nl, en), **more}


def option(key: str, nl: str, en: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "text": said(nl, en), **more}


AGREEMENT = [said("helemaal oneens", "strongly disagree"), said("oneens", "disagree"), said("neutraal", "neutral"),
             said("eens", "agree"), said("helemaal eens", "strongly agree")]  # fmt: skip
LOW = {"question": "overall", "operator": "lessThan", "value": 6}
HIGH = {"question": "overall", "operator": "atLeast", "value": 8}
STATEMENT = {"points": 5, "labels": "agreement", "matrix": "statements", "notApplicable": True}


def about_services() -> list[Question]:
    return [
        question("overall", "rating", "Welk rapportcijfer geeft u {service}?", "What mark out of 10 do you give {service}?",
                 points=10, required=True),
        question("fast", "rating", "{service} reageert snel.", "{service} responds quickly.", **STATEMENT),
        question("expert", "rating", "De medewerkers van {provider} weten waar ze het over hebben.",
                 "The people of {provider} know what they are talking about.", **STATEMENT),
        question("kept", "rating", "Afspraken worden nagekomen.", "Promises are kept.", **STATEMENT, required=True),
        question("why", "multipleChoice", "Waar ligt dat aan?", "What makes it so?", minimumChoices=1, maximumChoices=2,
                 showIf={"question": "overall", "operator": "answered"}, required=True, options=[
                     option("slow", "Het duurt te lang", "It takes too long", showIf=LOW),
                     option("rude", "De toon", "The tone", showIf=LOW),
                     option("fast", "Het gaat snel", "It is quick", showIf=HIGH),
                     option("kind", "De hulpvaardigheid", "The helpfulness", showIf=HIGH),
                     option("other", "Iets anders", "Something else"),
                 ]),
        question("other", "text", "Wat dan?", "What is it?", maximumLength=300,
                 showIf={"question": "why", "operator": "contains", "value": "other"}),
    ]  # fmt: skip


def asked_once() -> list[Question]:
    yes = {"matrix": "facts", "required": True}
    return [
        question("order", "ranking", "Wat moet als eerste beter?", "What should improve first?", maximumChoices=3, options=[
            option("speed", "Snelheid", "Speed"), option("price", "Prijs", "Price"), option("tone", "Toon", "Tone"),
            option("reach", "Bereikbaarheid", "Reachability"),
        ]),
        question("hours", "number", "Hoeveel uur per week werkt u thuis?", "How many hours a week do you work at home?",
                 minimum=0, maximum=40, decimals=1, unit=said("uur per week", "hours a week")),
        question("since", "date", "Sinds wanneer?", "Since when?", earliestDate="2015-01-01", latestDate="2026-12-31",
                 requireIf={"question": "hours", "operator": "greaterThan", "value": 0}),
        question("desk", "yesNo", "Hebt u een goede stoel?", "Do you have a good chair?", **yes),
        question("screen", "yesNo", "Hebt u een goed scherm?", "Do you have a good screen?", **yes),
        question("parking", "rating", "Hoe parkeert u bij de werf?", "How is parking at the depot?", points=5,
                 showIf={"attribute": "location", "operator": "equals", "value": "werf"}),
        question("hall", "yesNo", "Gebruikt u de raadzaal?", "Do you use the council chamber?",
                 showIf={"attribute": "location", "operator": "equals", "value": "stadhuis"}),
        question("canteen", "nps", "Zou u de catering aanraden?", "Would you recommend the catering?",
                 showIf={"service": "service 0", "operator": "rates"}),
        question("heavy", "importance", "Hoe belangrijk is rust?", "How important is quiet?"),
    ]  # fmt: skip


def survey() -> dict[str, Any]:
    service = {"key": "service", "repeatFor": "ratedService", "minimumServices": 1, "maximumServices": 2,
               "questions": about_services()}  # fmt: skip
    once = {"key": "you", "title": said("Over uw werk bij {organisation}", "About your work at {organisation}"),
            "questions": asked_once()}  # fmt: skip
    return completed({
        "key": "everyType", "providerId": None, "title": said("Alles in één", "All in one"), "languages": ["nl", "en"],
        "topics": [], "labels": {"agreement": AGREEMENT}, "sections": [service, once],
    })  # fmt: skip
