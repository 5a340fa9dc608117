"""What has been filled in so far. It travels in the form from page to page as plain text, and is kept nowhere else."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from services.survey.responses.page import numbers
from services.survey.responses.page.questionnaire import NUMBERS, Question, Questionnaire
from services.survey.surveys.values import blank

NOT_APPLICABLE = "."  # no option's key can be this
MOST_FIELDS = 2_000
DAY_FIRST = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})", re.ASCII)


class Unreadable(Exception):
    """Not a form that this page could have sent."""


@dataclass(frozen=True)
class Place:
    """One question about one service, or about none. Its name is that of the form's field."""

    question: Question
    service_id: str | None = None

    @property
    def name(self) -> str:
        return f"q.{self.question.key}" + (f".{self.service_id}" if self.service_id else "")


@dataclass(frozen=True)
class Filled:
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def one(self, name: str) -> str:
        return next(iter(self.fields.get(name, ())), "")

    def given(self, place: Place) -> tuple[str, ...]:
        """Without blanks, and without options that are not shown any more. The box "not applicable" beside a text or
        number wins over what stands in it."""
        if NOT_APPLICABLE in self.fields.get(f"{place.name}.na", ()):
            return (NOT_APPLICABLE,)
        given = tuple(value for value in self.fields.get(place.name, ()) if not blank(value))
        if not place.question.options:
            return given
        shown = {NOT_APPLICABLE, *(option.key for option in place.question.options)}
        return tuple(value for value in given if value in shown)

    def services(self, questionnaire: Questionnaire) -> tuple[str, ...]:
        """In the questionnaire's order; all of them where there is nothing to choose."""
        chosen = self.fields.get("service", ())
        return tuple(each.id for each in questionnaire.services if not questionnaire.chooses or each.id in chosen)


def parse(body: bytes) -> Filled:
    """Line ends as people count them: one, not the two that browsers send."""
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except ValueError as error:
        raise Unreadable from error
    fields: dict[str, tuple[str, ...]] = {}
    for name, value in pairs:
        fields[name] = (*fields.get(name, ()), value.replace("\r\n", "\n"))
    return Filled(fields)


def places(questionnaire: Questionnaire, filled: Filled) -> list[Place]:
    """Every question that could be asked of who chose these services, in the order of the pages."""
    found: list[Place] = []
    for section in questionnaire.order:
        if section is not None:
            found += [Place(question) for question in section.questions]
            continue
        found += [
            Place(question, service_id)
            for service_id in filled.services(questionnaire)
            for each in questionnaire.by_service[service_id]
            for question in each.questions
        ]
    return found


def value_of(question: Question, given: tuple[str, ...]) -> Any:
    """The value as the API takes it. What is not a number stays text, for the validation to refuse."""
    if question.type in ("multipleChoice", "ranking"):
        return list(given)
    text = given[0]
    if question.type == "date":
        return _date(text.strip())
    if question.type == "yesNo":
        return {"true": True, "false": False}.get(text, text)
    if question.type in NUMBERS:
        return numbers.read(text.strip(), question.decimals)
    return text


def _date(text: str) -> str:
    """Browsers with a calendar send 2026-03-31; in others people write what they are used to."""
    written = DAY_FIRST.fullmatch(text)
    return f"{written[3]}-{int(written[2]):02}-{int(written[1]):02}" if written else text


def answer(place: Place, filled: Filled) -> dict[str, Any] | None:
    given = filled.given(place)
    if not given:
        return None
    said: dict[str, Any] = {"question": place.question.key}
    if place.service_id:
        said["serviceId"] = place.service_id
    if given == (NOT_APPLICABLE,):
        return said | {"notApplicable": True}
    return said | {"value": value_of(place.question, given)}


def carried(filled: Filled, questionnaire: Questionnaire, shown: Iterable[str]) -> list[tuple[str, str]]:
    """What the form must bring along in hidden fields: all that is known and not asked on this page. Nothing that the
    page did not ask is carried, however it came in."""
    names = {place.name for place in places(questionnaire, filled)}
    names |= {f"{name}.na" for name in names} | {"service"}
    hidden = sorted(names - set(shown))
    return [(name, value) for name in hidden for value in filled.fields.get(name, ()) if value]
