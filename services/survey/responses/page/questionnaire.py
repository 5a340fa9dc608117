"""The questionnaire as the page needs it, read from what `GET /v1/respond/{token}` answers: the page knows no more than
any other frontend."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.survey.surveys.values import MAXIMUM_LENGTH, SCALES, Accept, acceptor, scale

NUMBERS = (*SCALES, "lostTime")


@dataclass(frozen=True)
class Question:
    """`level` is how many questions of the same step must be answered first: 0 if it is shown at once."""

    key: str
    type: str
    text: str
    required: bool
    not_applicable: bool
    low: int
    high: int
    labels: tuple[str, ...]
    minimum_label: str
    maximum_label: str
    options: tuple[tuple[str, str], ...]
    maximum_length: int
    show_if: Mapping[str, Any] | None
    accept: Accept
    level: int


@dataclass(frozen=True)
class Section:
    key: str
    title: str
    repeated: bool
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class Rated:
    """A service that the respondent may rate."""

    id: str
    name: str
    provider: str


@dataclass(frozen=True)
class Questionnaire:
    language: str
    languages: tuple[str, ...]
    organisation: str
    title: str
    introduction: str
    services: tuple[Rated, ...]
    minimum_services: int
    maximum_services: int
    sections: tuple[Section, ...]

    @property
    def chooses(self) -> bool:
        """Whether there is a choice at all."""
        return self.minimum_services < len(self.services) and bool(self.services)

    def rated(self, repeated: bool) -> tuple[Section, ...]:
        return tuple(section for section in self.sections if section.repeated is repeated)


def read(view: Mapping[str, Any]) -> Questionnaire:
    sections = [section for section in view["sections"] if section["questions"]]
    repeated = [section for section in sections if section.get("repeatFor")]
    services = tuple(
        Rated(str(each["id"]), each["name"], each.get("providerName") or "") for each in view["services"] if repeated
    )
    minimum = max((section.get("minimumServices") or 1 for section in repeated), default=0)
    maximum = min((section.get("maximumServices") or len(services) for section in repeated), default=0)
    return Questionnaire(
        language=view["language"],
        languages=tuple(view["languages"]),
        organisation=_name(view["organisation"]),
        title=view["title"],
        introduction=view["introduction"],
        services=services,
        minimum_services=min(minimum, len(services)),
        maximum_services=min(maximum, len(services)),
        sections=_sections(sections, view.get("labels") or {}),
    )


def _name(organisation: Any) -> str:
    return str(organisation["name"] if isinstance(organisation, Mapping) else organisation)


def _sections(sections: list[Mapping[str, Any]], labels: Mapping[str, Any]) -> tuple[Section, ...]:
    """Levels count within a step: all repeated sections of one service share a page, any other has its own."""
    made: list[Section] = []
    levels: dict[bool, dict[str, int]] = {True: {}}
    for section in sections:
        repeated = bool(section.get("repeatFor"))
        here = levels[True] if repeated else {}
        questions = []
        for each in section["questions"]:
            condition = each.get("showIf")
            level = 0 if condition is None else here.get(condition["question"], -1) + 1
            here[each["key"]] = level
            questions.append(_question(each, labels, level))
        made.append(Section(section["key"], section.get("title") or "", repeated, tuple(questions)))
    return tuple(made)


def _question(each: Mapping[str, Any], labels: Mapping[str, Any], level: int) -> Question:
    named = each.get("labels")
    low, high = scale(each) if each["type"] in SCALES else (0, 0)
    return Question(
        key=each["key"],
        type=each["type"],
        text=each["text"],
        required=bool(each.get("required")),
        not_applicable=bool(each.get("notApplicable")),
        low=low,
        high=high,
        labels=tuple(labels.get(named) or ()) if isinstance(named, str) else tuple(named or ()),
        minimum_label=each.get("minimumLabel") or "",
        maximum_label=each.get("maximumLabel") or "",
        options=tuple((option["key"], option["text"]) for option in each.get("options") or ()),
        maximum_length=each.get("maximumLength") or MAXIMUM_LENGTH,
        show_if=each.get("showIf"),
        accept=acceptor(each),
        level=level,
    )
