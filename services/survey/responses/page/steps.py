"""The pages of a questionnaire, in order: the start, a page for each service, one for each section asked once, the check.

A question with a condition stands on a page of its own after the one that decides, so that no script is needed to show
it; who does not meet the condition never sees that page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from services.survey.responses.page.filled import NOT_APPLICABLE, Filled, Place, places, value_of
from services.survey.responses.page.questionnaire import Questionnaire, Section
from services.survey.surveys.conditions import holds

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
    """By name, in order. A question is asked if its condition holds, and if that of the question it depends on does."""
    asked: dict[str, Place] = {}
    for place in places(questionnaire, filled):
        if place.question.show_if is None or _met(place, asked, filled):
            asked[place.name] = place
    return asked


def _met(place: Place, asked: Mapping[str, Place], filled: Filled) -> bool:
    condition = place.question.show_if or {}
    name = f"q.{condition['question']}"
    decides = asked.get(f"{name}.{place.service_id}") or asked.get(name)
    given = filled.given(decides) if decides else ()
    if decides is None or not given or given == (NOT_APPLICABLE,):
        return False
    return holds(condition, value_of(decides.question, given))


def steps(questionnaire: Questionnaire, filled: Filled, asked: Mapping[str, Place]) -> list[Step]:
    names = {each.id: each.name for each in questionnaire.services}
    made = [Step(START)]
    for service_id in filled.services(questionnaire):
        made += _pages(f"service.{service_id}", names[service_id], questionnaire.rated(True), service_id, asked)
    for section in questionnaire.rated(False):
        made += _pages(f"section.{section.key}", section.title, (section,), None, asked)
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
                if question.level == level and (place := Place(question, service_id)).name in asked
            ))
            for section in sections
        ]  # fmt: skip
        if any(places for _, places in parts):
            shown = tuple(part for part in parts if part[1])
            pages.append(Step(f"{name}.{level}", title, shown, follow_up=bool(pages)))
    return pages


def _numbered(made: Sequence[Step]) -> list[Step]:
    number, counted = 0, []
    for step in made:
        number += 0 if step.follow_up else 1
        counted.append(replace(step, number=number))
    return counted
