"""Whether a body of answers fits a published version. On the path of every response: a version is compiled once, and
checking 24 answers takes some tens of microseconds."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from services.shared.problems import FieldError
from services.survey.surveys.conditions import Circumstances
from services.survey.surveys.questionnaire import Asked, Questionnaire, compile_definition
from services.survey.surveys.values import Refusal, Value, too_few

__all__ = ["About", "Checked", "Questionnaire", "check", "compile_definition", "here"]

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
class About:
    """What conditions must know of the respondent, beside their answers: read for the moment, and forgotten."""

    attributes: Mapping[str, str] = field(default_factory=dict)
    uses: Collection[str] = ()


NOTHING = About()
Answers = Sequence[tuple[str, Value | None]]


@dataclass(frozen=True, slots=True)
class Checked:
    """`parts`: by service (None: asked once), questions with their values in the order of the questionnaire, whatever
    the order of the body was: it would be a trace. The value None says not applicable. `given` has all answers,
    `parts` is without those that go on their own."""

    language: str
    parts: Mapping[UUID | None, Answers]
    given: Mapping[str | None, Given] = field(default_factory=dict)


def check(
    questionnaire: Questionnaire, body: AnswerBody, services: Collection[UUID], about: About = NOTHING
) -> Checked | list[FieldError]:
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
    errors = errors or list(_incomplete(questionnaire, parts, body, allowed, about))
    if errors:
        return errors
    return Checked(body.language, {
        allowed[service] if service else None: [
            (key, given[key]) for key in (questionnaire.repeated if service else questionnaire.once)
            if key in given and key not in questionnaire.apart
        ]
        for service, given in parts.items()
    }, parts)  # fmt: skip


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
    questionnaire: Questionnaire, parts: Mapping[str | None, Given], body: AnswerBody,
    offered: Collection[str], about: About,
) -> Iterator[FieldError]:  # fmt: skip
    if not body.answers:
        yield FieldError(pointer="/answers", code="empty", detail="holds no answer")
        return
    if questionnaire.repeated:
        rated = len(parts) - (None in parts)
        least, most = questionnaire.minimum_services, questionnaire.maximum_services
        if rated < least:
            once: dict[str | None, Given] = {None: parts.get(None, {})}
            least = questionnaire.least(offered, lambda service: here(once, service, about))
        if rated < least:
            yield FieldError(pointer="/answers", code="tooFewServices", detail=f"must rate at least {least} services")
        elif rated > most:
            yield FieldError(pointer="/answers", code="tooManyServices", detail=f"may rate {most} services at the most")
    for service, given in parts.items():
        if service is not None:
            yield from _unfit(questionnaire.repeated, service, given, body, here(parts, service, about))
    yield from _unfit(questionnaire.once, None, parts.get(None, {}), body, here(parts, None, about))


def here(parts: Mapping[str | None, Given], service: str | None, about: About) -> Circumstances:
    """What conditions see of a part; questions about a service may look at what was asked once before."""
    own, once = parts.get(service, {}), parts.get(None, {})
    return Circumstances(
        values={**once, **own} if service and once else own, attributes=about.attributes, uses=about.uses,
        rates=[each for each in parts if each], service=service,
    )  # fmt: skip


def _unfit(
    asked: Mapping[str, Asked], service: str | None, given: Given, body: AnswerBody, circumstances: Circumstances
) -> Iterator[FieldError]:
    """Whether a question is shown follows from earlier ones, which were not refused; so they were shown themselves."""
    for question in asked.values():
        shown = question.is_shown(circumstances)
        if question.key in given:
            refusal = _not_shown(question, given[question.key], circumstances) if shown else NOT_SHOWN
            if refusal is not None:
                place = _place_of(body, question.key, service)
                yield FieldError(
                    pointer=f"/answers/{place}{refusal.place}", code=refusal.code, detail=refusal.detail
                )  # fmt: skip
        elif shown and question.must(circumstances):
            about = f" for service {service}" if service else ""
            yield FieldError(pointer="/answers", code="required", detail=f"{question.key} must be answered{about}")


NOT_SHOWN = Refusal("notShown", "answers a question that is not shown", "/question")


def _not_shown(question: Asked, value: Value | None, circumstances: Circumstances) -> Refusal | None:
    """Of options with conditions: whether one was chosen that is not shown, or fewer than are to be."""
    if not question.options or value is None:
        return None
    visible = question.visible(circumstances)
    chosen = value if isinstance(value, list) else [value]
    if not set(chosen) <= set(visible):
        return Refusal("optionNotShown", "is not among the options that are shown after these answers", "/value")
    least = min(question.minimum_choices, len(visible))
    return too_few(least)._replace(place="/value") if len(chosen) < least else None


def _place_of(body: AnswerBody, key: str, service: str | None) -> int:
    return next(
        place for place, answer in enumerate(body.answers)
        if answer.question == key and (answer.service_id or "").lower() == (service or "")
    )  # fmt: skip
