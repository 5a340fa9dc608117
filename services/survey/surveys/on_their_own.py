"""The answers that go on their own, each question for itself, so that nobody can read from them who else said what.

Where it hangs on answers how such a question is asked, how many were asked is itself an answer of those of whom it is not
certain beforehand. So it is written down as one, under `asked:` and the question's key: whether the question was asked,
with which options, and whether it had to be answered. Analytics never shows it, and shows the question only where
that could be shown.
"""

from collections.abc import Iterator
from typing import NamedTuple
from uuid import UUID

from services.survey.surveys.answers import About, Answers, Checked, here
from services.survey.surveys.conditions import Circumstances
from services.survey.surveys.logic import ASKED, Certain
from services.survey.surveys.questionnaire import Asked, Questionnaire
from services.survey.surveys.values import Value


class Alone(NamedTuple):
    service: UUID | None
    question: str
    answers: Answers


def on_their_own(questionnaire: Questionnaire, checked: Checked, about: About) -> Iterator[Alone]:
    """In the order of the questionnaire."""
    if not questionnaire.apart:
        return
    for service in dict.fromkeys([*checked.given, None]):
        circumstances = here(checked.given, service, about)
        certain = Certain(questionnaire.logic, circumstances)
        given = checked.given.get(service, {})
        for asked in (questionnaire.repeated if service else questionnaire.once).values():
            if asked.key not in questionnaire.apart:
                continue
            answers: list[tuple[str, Value | None]] = []
            if questionnaire.logic[asked.key].kind != "text" and certain.is_open(asked.key):
                answers.append((ASKED + asked.key, _how(asked, circumstances)))
            if asked.key in given:
                answers.append((asked.key, given[asked.key]))
            if answers:
                yield Alone(UUID(service) if service else None, asked.key, answers)


def _how(asked: Asked, circumstances: Circumstances) -> str:
    if not asked.is_shown(circumstances):
        return "no"
    return " ".join(["required" if asked.must(circumstances) else "yes", *asked.visible(circumstances)])
