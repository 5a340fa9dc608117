"""Whether a body of answers fits a published version. On the path of every response: a version is compiled once, and
checking 24 answers takes some tens of microseconds."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from services.shared.problems import FieldError
from services.survey.surveys.conditions import predicate
from services.survey.surveys.rules import service_bounds
from services.survey.surveys.values import Accept, Refusal, Value, acceptor

MOST_ERRORS = 100
Given = dict[str, Value | None]


class GivenAnswer(Protocol):
    """As it was decoded. `value` is None when there is none."""

    @property
    def question(self) -> str: ...
    @property
    def service_id(self) -> str | None: ...
    @property
    def value(self) -> Value | None: ...
    @property
    def not_applicable(self) -> bool: ...


class AnswerBody(Protocol):
    @property
    def language(self) -> str: ...
    @property
    def answers(self) -> Sequence[GivenAnswer]: ...


@dataclass(frozen=True, slots=True)
class Asked:
    """A question. It is shown if `depends_on` (when there is one) was answered with a value that `holds`."""

    key: str
    accept: Accept
    required: bool
    not_applicable: bool
    depends_on: str | None
    holds: Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """`repeated` is asked for each rated service, `once` once; both in the order of the questionnaire."""

    languages: frozenset[str]
    repeated: Mapping[str, Asked]
    once: Mapping[str, Asked]
    minimum_services: int
    maximum_services: int


@dataclass(frozen=True, slots=True)
class Checked:
    """`parts`: by service (None: asked once), questions with their values in the order of the questionnaire, whatever
    the order of the body was: it would be a trace. The value None says not applicable."""

    language: str
    parts: Mapping[UUID | None, Sequence[tuple[str, Value | None]]]


def compile_definition(definition: Mapping[str, Any]) -> Questionnaire:
    repeated: dict[str, Asked] = {}
    once: dict[str, Asked] = {}
    for section in definition["sections"]:
        target = repeated if section.get("repeatFor") else once
        for question in section["questions"]:
            condition = question.get("showIf")
            target[question["key"]] = Asked(
                key=question["key"],
                accept=acceptor(question),
                required=bool(question.get("required")),
                not_applicable=bool(question.get("notApplicable")),
                depends_on=condition["question"] if condition else None,
                holds=predicate(condition) if condition else bool,
            )
    return Questionnaire(frozenset(definition["languages"]), repeated, once, *service_bounds(definition))


def check(questionnaire: Questionnaire, body: AnswerBody, services: Collection[UUID]) -> Checked | list[FieldError]:
    """`services`: those that the respondent may rate. Errors of single answers come first, alone; what is missing or
    was not to be answered is said once the answers that are there can be read."""
    allowed = {str(service): service for service in services}
    errors: list[FieldError] = []
    if body.language not in questionnaire.languages:
        offered = ", ".join(sorted(questionnaire.languages))
        errors.append(FieldError(pointer="/language", code="languageNotOffered", detail=f"must be one of {offered}"))
    parts: dict[str | None, Given] = {}
    for place, answer in enumerate(body.answers):
        refusal = _take(questionnaire, allowed, parts, answer)
        if refusal is not None:
            pointer = f"/answers/{place}{refusal.place}"
            errors.append(FieldError(pointer=pointer, code=refusal.code, detail=refusal.detail))
            if len(errors) == MOST_ERRORS:
                break
    errors = errors or list(_incomplete(questionnaire, parts, body, len(allowed)))
    if errors:
        return errors
    return Checked(body.language, {
        allowed[service] if service else None: [
            (key, given[key]) for key in (questionnaire.repeated if service else questionnaire.once) if key in given
        ]
        for service, given in parts.items()
    })  # fmt: skip


def _take(
    questionnaire: Questionnaire, allowed: Mapping[str, UUID], parts: dict[str | None, Given], answer: GivenAnswer
) -> Refusal | None:
    """Puts the answer into its part, or says why not."""
    service, key = answer.service_id, answer.question
    if service is None:
        asked = questionnaire.once.get(key)
    else:
        asked = questionnaire.repeated.get(key)
        if service not in allowed:
            service = service.lower()
    if asked is None or (service is not None and service not in allowed):
        return _misplaced(questionnaire, answer)
    given = parts.get(service)
    if given is None:
        given = parts[service] = {}
    elif key in given:
        return Refusal("answeredTwice", "answers a question a second time", "/question")
    value: Value | Refusal | None = answer.value
    if answer.not_applicable:
        if value is not None:
            return Refusal("valueAndNotApplicable", "has a value and says notApplicable", "/notApplicable")
        if not asked.not_applicable:
            return Refusal("notApplicableNotAllowed", "this question cannot be answered so", "/notApplicable")
    elif value is None:
        return Refusal("missing", "needs a value, or notApplicable", "/value")
    else:
        value = asked.accept(value)
        if type(value) is Refusal:
            return value._replace(place=f"/value{value.place}")
    given[key] = value  # type: ignore[assignment]  # a Refusal has just left
    return None


def _misplaced(questionnaire: Questionnaire, answer: GivenAnswer) -> Refusal:
    key = answer.question
    if key not in questionnaire.repeated and key not in questionnaire.once:
        return Refusal("unknownQuestion", "there is no such question", "/question")
    if answer.service_id is None:
        return Refusal("missing", "this question is asked for each service", "/serviceId")
    if key in questionnaire.once:
        return Refusal("notAskedOfServices", "this question is asked once, about no service", "/serviceId")
    return Refusal("serviceNotOffered", "is no service that you may rate", "/serviceId")


def _incomplete(
    questionnaire: Questionnaire, parts: Mapping[str | None, Given], body: AnswerBody, offered: int
) -> Iterator[FieldError]:
    if not body.answers:
        yield FieldError(pointer="/answers", code="empty", detail="holds no answer")
        return
    if questionnaire.repeated:
        rated = len(parts) - (None in parts)
        least, most = min(questionnaire.minimum_services, offered), questionnaire.maximum_services
        if rated < least:
            yield FieldError(pointer="/answers", code="tooFewServices", detail=f"must rate at least {least} services")
        elif rated > most:
            yield FieldError(pointer="/answers", code="tooManyServices", detail=f"may rate {most} services at the most")
    for service, given in parts.items():
        if service is not None:
            yield from _unfit(questionnaire.repeated, service, given, body)
    yield from _unfit(questionnaire.once, None, parts.get(None, {}), body)


def _unfit(asked: Mapping[str, Asked], service: str | None, given: Given, body: AnswerBody) -> Iterator[FieldError]:
    """Whether a question is shown follows from an earlier one, which was not refused; so it was shown itself."""
    for question in asked.values():
        decides = question.depends_on
        if decides is None:
            shown = True
        else:
            value = given.get(decides)
            shown = value is not None and question.holds(value)
        if question.key in given:
            if not shown:
                place = _place_of(body, question.key, service)
                detail = "answers a question that is not shown"
                yield FieldError(pointer=f"/answers/{place}/question", code="notShown", detail=detail)
        elif shown and question.required:
            about = f" for service {service}" if service else ""
            yield FieldError(pointer="/answers", code="required", detail=f"{question.key} must be answered{about}")


def _place_of(body: AnswerBody, key: str, service: str | None) -> int:
    return next(
        place for place, answer in enumerate(body.answers)
        if answer.question == key and (answer.service_id or "").lower() == (service or "")
    )  # fmt: skip
