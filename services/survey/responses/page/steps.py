"""The pages of a questionnaire, in order: the start, a page for each service, one for each section asked once, the check.

What hangs on an answer, a question or some of its options, stands on a page of its own after the one that decides, so
that no script is needed to show it; who does not meet the condition never sees that page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from services.survey.responses.page.filled import NOT_APPLICABLE, Filled, Place, places, value_of
from services.survey.responses.page.questionnaire import Question, Questionnaire, Rated, Section
from services.survey.surveys.conditions import Circumstances
from services.survey.surveys.values import SCALES, Refusal

START, CHECK = "start", "check"


@dataclass(frozen=True)
class Step:
    """`number` counts pages as the respondent does: a follow-up has the number of the page that it follows."""

    name: str
    title: str = ""
    sections: tuple[tuple[str, tuple[Place, ...]], ...] = ()
    follow_up: bool = False
    number: int = 0

    @property
    def places(self) -> tuple[Place, ...]:
        return tuple(place for _, asked in self.sections for place in asked)


def asked_places(questionnaire: Questionnaire, filled: Filled) -> dict[str, Place]:
    """By name, in order, each with the options that are shown and whether it must be answered: a question is asked if
    its condition holds, of answers to questions that are asked themselves. Services are rated as the API sees it: by an
    answer about them, not by having been chosen."""
    asked: dict[str, Place] = {}
    values: dict[str | None, dict[str, Any]] = {}
    rates: set[str] = set()
    for place in places(questionnaire, filled):
        own = values.setdefault(place.service_id, {})
        seen = {**values.get(None, {}), **own} if place.service_id else own
        here = Circumstances(values=seen, rates=rates, service=place.service_id)
        personal = _personal(place, here)
        if personal is not None:
            asked[place.name] = personal
            own[place.question.key] = _value(personal, filled)
            if place.service_id and filled.given(personal):
                rates.add(place.service_id)
    return asked


def _personal(place: Place, here: Circumstances) -> Place | None:
    question = place.question
    if question.shown is not None and not question.shown(here):
        return None
    options = tuple(option for option in question.options if option.shown is None or option.shown(here))
    if question.options and not options:
        return None
    required = question.required or (question.required_if is not None and question.required_if(here))
    if required == question.required and len(options) == len(question.options):
        return place
    return replace(place, question=replace(question, required=required, options=options))


def _value(place: Place, filled: Filled) -> Any:
    """None unless it is an answer that fits: conditions look at nothing else."""
    given = filled.given(place)
    if not given or given == (NOT_APPLICABLE,):
        return None
    value = place.question.accept(value_of(place.question, given))
    return None if isinstance(value, Refusal) else value


def askable(questionnaire: Questionnaire, filled: Filled) -> list[Rated]:
    """The services about which something would be asked, after these answers to what is asked once."""
    asked = asked_places(questionnaire, filled).values()
    values = {place.question.key: _value(place, filled) for place in asked if place.service_id is None}
    return [
        each for each in questionnaire.services
        if any(
            _personal(Place(question, each.id), Circumstances(values=values, service=each.id)) is not None
            for section in questionnaire.by_service[each.id] for question in section.questions
        )
    ]  # fmt: skip


def least_services(questionnaire: Questionnaire, filled: Filled) -> int:
    """How many must be chosen: of services about which nothing would be asked, none."""
    return min(questionnaire.minimum_services, len(askable(questionnaire, filled)))


def steps(questionnaire: Questionnaire, filled: Filled, asked: Mapping[str, Place]) -> list[Step]:
    names = {each.id: each.name for each in questionnaire.services}
    made = [Step(START)]
    for section in questionnaire.order:
        if section is not None:
            made += _pages(f"section.{section.key}", section.title, (section,), None, asked)
            continue
        for service_id in filled.services(questionnaire):
            sections = questionnaire.by_service[service_id]
            made += _pages(f"service.{service_id}", names[service_id], sections, service_id, asked)
    return _numbered([*made, Step(CHECK)])


def _pages(
    name: str, title: str, sections: Sequence[Section], service_id: str | None, asked: Mapping[str, Place]
) -> list[Step]:
    deepest = max(question.level for section in sections for question in section.questions)
    pages: list[Step] = []
    for level in range(deepest + 1):
        parts = [
            (section.title, tuple(
                place for question in section.questions
                if question.level == level and (place := asked.get(Place(question, service_id).name)) is not None
            ))
            for section in sections
        ]  # fmt: skip
        if any(places for _, places in parts):
            shown = tuple(part for part in parts if part[1])
            pages.append(Step(f"{name}.{level}", title, shown, follow_up=bool(pages)))
    return pages


def rows(places: Sequence[Place]) -> list[list[Place]]:
    """Neighbours that can be rows of one table; anything else is on its own."""
    made: list[list[Place]] = []
    for place in places:
        if made and place.question.matrix and columns(made[-1][0].question) == columns(place.question):
            made[-1].append(place)
        else:
            made.append([place])
    return made


def columns(question: Question) -> Any:
    """What rows of one table have in common; of other questions, something that no other has."""
    if not question.matrix or question.type not in (*SCALES, "yesNo", "singleChoice"):
        return question.key
    options = tuple((option.key, option.text) for option in question.options)
    ends = (question.minimum_label, question.maximum_label)
    return (question.matrix, question.type, question.low, question.high, question.labels, ends, options)


def _numbered(made: Sequence[Step]) -> list[Step]:
    number, counted = 0, []
    for step in made:
        number += 0 if step.follow_up else 1
        counted.append(replace(step, number=number))
    return counted
