"""What can be told of a page before the whole is sent. The API's own validation has the last word on everything."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.survey.responses.page.filled import NOT_APPLICABLE, Filled, Place, value_of
from services.survey.responses.page.numbers import is_doubtful
from services.survey.responses.page.questionnaire import NUMBERS, Question, Questionnaire
from services.survey.responses.page.steps import CHECK, START, Step, askable
from services.survey.surveys.values import Refusal


@dataclass(frozen=True)
class Mistake:
    """`number` and `names` are for the text that says what is wrong."""

    name: str
    code: str
    number: int = 0
    names: tuple[str, ...] = ()


def mistakes_on(step: Step, questionnaire: Questionnaire, filled: Filled) -> list[Mistake]:
    if step.name == START:
        return _of_choice(questionnaire, filled)
    return [mistake for place in step.places if (mistake := _of_place(place, filled)) is not None]


def _of_choice(questionnaire: Questionnaire, filled: Filled) -> list[Mistake]:
    """That nothing is asked about what was chosen is certain after the questions before that may decide it, if any."""
    chosen, possible = filled.services(questionnaire), askable(questionnaire, filled)
    least = min(questionnaire.minimum_services, len(possible))
    if len(chosen) < least:
        return [Mistake("service", "tooFewServices", least)]
    if questionnaire.chooses and len(chosen) > questionnaire.maximum_services:
        return [Mistake("service", "tooManyServices", questionnaire.maximum_services)]
    certain = questionnaire.order[:1] == (None,) or filled.one("checked") or filled.one("step") == CHECK
    if certain and sum(each.id in chosen for each in possible) < least:
        return [Mistake("service", "nothingAsked", least, tuple(each.name for each in possible))]
    return []


def _of_place(place: Place, filled: Filled) -> Mistake | None:
    question, given = place.question, filled.given(place)
    if not given:
        return Mistake(place.name, "required") if question.required else None
    if given == (NOT_APPLICABLE,):
        return None
    if question.type in NUMBERS and is_doubtful(given[0].strip(), question.decimals):
        return Mistake(place.name, "doubtfulNumber")
    value = question.accept(value_of(question, given))
    if isinstance(value, Refusal):
        return Mistake(place.name, _code(question, value.code), _number(question, value.code))
    least = min(question.minimum_choices, len(question.options))
    return Mistake(place.name, "tooFewOptions", least) if isinstance(value, list) and len(value) < least else None


def _code(question: Question, code: str) -> str:
    return "dateOutOfRange" if question.type == "date" and code == "outOfRange" else code


def _number(question: Question, code: str) -> int:
    return {
        "tooFewOptions": min(question.minimum_choices, len(question.options)),
        "tooManyOptions": question.maximum_choices,
        "tooManyDecimals": question.decimals,
    }.get(code, question.maximum_length)


def from_refusal(pointers: Iterable[tuple[str | None, str]], sent: Sequence[Place], least: int) -> list[Mistake]:
    """The API's errors, each at the field whose answer its pointer names; `sent` has the order of the answers. Of the
    `least` services that had to be chosen some have no answer."""
    found: list[Mistake] = []
    for pointer, code in pointers:
        parts = (pointer or "").split("/")
        if len(parts) > 2 and parts[1] == "answers" and parts[2].isdecimal() and int(parts[2]) < len(sent):
            mistake = Mistake(sent[int(parts[2])].name, code)
        elif code == "tooFewServices":
            mistake = Mistake("", "tooFewRated", least)
        else:
            mistake = Mistake("", code)
        if mistake not in found:
            found.append(mistake)
    return found
