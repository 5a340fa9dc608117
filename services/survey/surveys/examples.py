"""A survey for the published document: small, and accepted as it stands."""

from typing import Any

from services.survey.surveys.rules import completed

SURVEY: dict[str, Any] = {
    "key": "cleaning",
    "providerId": None,
    "title": {"nl": "Hoe schoon is het?", "en": "How clean is it?"},
    "languages": ["nl", "en"],
    "topics": [{"key": "reliability", "name": {"nl": "Betrouwbaarheid", "en": "Reliability"}}],
    "sections": [
        {
            "key": "service",
            "repeatFor": "ratedService",
            "minimumServices": 1,
            "maximumServices": 3,
            "questions": [
                {
                    "key": "overall", "type": "rating", "points": 10, "required": True,
                    "text": {"nl": "Welk rapportcijfer geeft u deze dienst?",
                             "en": "What mark out of 10 do you give this service?"},
                },
                {
                    "key": "promises", "type": "rating", "points": 5, "topic": "reliability", "notApplicable": True,
                    "text": {"nl": "Afspraken worden nagekomen.", "en": "Promises are kept."},
                    "minimumLabel": {"nl": "helemaal oneens", "en": "strongly disagree"},
                    "maximumLabel": {"nl": "helemaal eens", "en": "strongly agree"},
                },
                {
                    "key": "comment", "type": "text", "maximumLength": 1000,
                    "showIf": {"question": "overall", "operator": "lessThan", "value": 6},
                    "text": {"nl": "Wat kan beter? Noem liever geen namen.",
                             "en": "What could be better? Please do not name people."},
                },
            ],
        }
    ],
}  # fmt: skip

ID, AT = "0198f3a2-6c1e-7b3d-9a4f-2b6a1c0e8f37", "2026-03-09T08:00:00Z"
VIEW = {**completed(SURVEY), "providerId": ID, "id": ID, "latestVersion": 1, "createdAt": AT, "updatedAt": AT}
VERSION = {**completed(SURVEY), "providerId": ID, "surveyId": ID, "version": 1, "publishedAt": AT}
QUESTION = VIEW["sections"][0]["questions"][1]
