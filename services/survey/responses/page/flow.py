"""What a pressed button leads to."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.survey.responses.page.filled import Filled, Place, answer
from services.survey.responses.page.mistakes import Mistake, from_refusal, mistakes_on
from services.survey.responses.page.questionnaire import Questionnaire
from services.survey.responses.page.steps import CHECK, START, Step, asked_places, least_services, steps

BACK, LANGUAGE, STEP = "back", "language.", "step."


@dataclass(frozen=True)
class Turn:
    """The page to show, or, if `send`, the moment to send the answers of `sent`, about `least` services at the least."""

    path: Sequence[Step]
    step: Step
    mistakes: Sequence[Mistake] = ()
    send: bool = False
    sent: Sequence[Place] = ()
    least: int = 0


def turn(questionnaire: Questionnaire, filled: Filled) -> Turn:
    """Only going on checks what was filled in: who goes back or changes the language may leave things half done."""
    asked = asked_places(questionnaire, filled)
    path = steps(questionnaire, filled, asked)
    at = _place_of(path, filled.one("step") or START)
    go = filled.one("go")
    if not filled.fields or go.startswith(LANGUAGE):
        return Turn(path, path[at])
    if go == BACK:
        return Turn(path, path[max(at - 1, 0)])
    if go.startswith(STEP):
        return Turn(path, path[_place_of(path, go.removeprefix(STEP))])
    if path[at].name != CHECK:
        mistakes = mistakes_on(path[at], questionnaire, filled)
        return Turn(path, path[at], mistakes) if mistakes else Turn(path, _next(path, at, questionnaire, filled))
    for step in path:
        mistakes = mistakes_on(step, questionnaire, filled)
        if mistakes:
            return Turn(path, step, mistakes)
    sent = [place for place in asked.values() if answer(place, filled)]
    return Turn(path, path[at], send=True, sent=sent, least=least_services(questionnaire, filled))


def _place_of(path: Sequence[Step], name: str) -> int:
    """A page that is no longer asked for leads to the one before it."""
    names = [step.name for step in path]
    if name in names:
        return names.index(name)
    page = name.rpartition(".")[0]
    return next((at for at, other in enumerate(names) if other.rpartition(".")[0] == page and page), 0)


def _next(path: Sequence[Step], at: int, questionnaire: Questionnaire, filled: Filled) -> Step:
    """Who came from the last page to change something goes straight back there, past nothing that is missing."""
    if not filled.one("checked"):
        return path[at + 1]
    follows = path[at + 1]
    if follows.follow_up and not all(filled.given(place) for place in follows.places):
        return follows
    return next((step for step in path if mistakes_on(step, questionnaire, filled)), path[-1])


def refused(turn: Turn, errors: Sequence[tuple[str | None, str]]) -> Turn:
    """The page with the first answer that the API refused."""
    mistakes = from_refusal(errors, turn.sent, turn.least)
    names = {mistake.name for mistake in mistakes}
    step = next((step for step in turn.path if names & {place.name for place in step.places}), turn.path[-1])
    return Turn(turn.path, step, mistakes)
