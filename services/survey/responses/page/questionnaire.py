"""The questionnaire as the page needs it, read from what `GET /v1/respond/{token}` answers: the page knows no more than
any other frontend."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from services.survey.surveys import piping
from services.survey.surveys.conditions import Condition, Met, both, compiled, leaves, shown_if
from services.survey.surveys.values import MAXIMUM_LENGTH, SCALES, Accept, acceptor, scale

NUMBERS = (*SCALES, "lostTime", "number")


@dataclass(frozen=True)
class Option:
    """Unpacks as key and text."""

    key: str
    text: str
    shown: Met | None = None

    def __iter__(self) -> Iterator[str]:
        return iter((self.key, self.text))


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
    options: tuple[Option, ...]
    maximum_length: int
    shown: Met | None
    required_if: Met | None
    accept: Accept
    level: int
    matrix: str
    minimum_choices: int
    maximum_choices: int
    minimum: float | None
    maximum: float | None
    decimals: int
    unit: str
    earliest_date: str
    latest_date: str

    def about(self, names: Mapping[str, str]) -> "Question":
        """With the names of a service in its texts."""
        return replace(
            self, text=piping.filled(self.text, names), unit=piping.filled(self.unit, names),
            minimum_label=piping.filled(self.minimum_label, names),
            maximum_label=piping.filled(self.maximum_label, names),
            options=tuple(replace(option, text=piping.filled(option.text, names)) for option in self.options),
        )  # fmt: skip


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

    @property
    def names(self) -> dict[str, str]:
        return {"service": self.name, "provider": self.provider}


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

    @cached_property
    def order(self) -> tuple[Section | None, ...]:
        """The sections asked once, with None where all are asked that are about services: at the first of these."""
        made: list[Section | None] = []
        for section in self.sections:
            if not section.repeated:
                made.append(section)
            elif None not in made:
                made.append(None)
        return tuple(made)

    @cached_property
    def by_service(self) -> Mapping[str, tuple[Section, ...]]:
        """The sections about services, with the names of each in their texts."""
        return {
            each.id: tuple(
                replace(
                    section, title=piping.filled(section.title, each.names),
                    questions=tuple(question.about(each.names) for question in section.questions),
                )
                for section in self.rated(True)
            )
            for each in self.services
        }  # fmt: skip


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
            shown = both(shown_if(section), shown_if(each))
            decided = [shown, *(shown_if(option) for option in each.get("options") or ())]
            names = {leaf["question"] for condition in decided for leaf in leaves(condition) if "question" in leaf}
            level = max((here[name] + 1 for name in names if name in here), default=0)
            here[each["key"]] = level
            questions.append(_question(each, labels, level, shown))
        made.append(Section(section["key"], section.get("title") or "", repeated, tuple(questions)))
    return tuple(made)


def _question(each: Mapping[str, Any], labels: Mapping[str, Any], level: int, shown: Condition | None) -> Question:
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
        options=tuple(_option(option) for option in each.get("options") or ()),
        maximum_length=each.get("maximumLength") or MAXIMUM_LENGTH,
        shown=compiled(shown) if shown else None,
        required_if=compiled(each["requireIf"]) if each.get("requireIf") else None,
        accept=acceptor(each),
        level=level,
        matrix=each.get("matrix") or "",
        minimum_choices=each.get("minimumChoices") or 1,
        maximum_choices=each.get("maximumChoices") or len(each.get("options") or ()),
        minimum=each.get("minimum"),
        maximum=each.get("maximum"),
        decimals=each.get("decimals") or 0,
        unit=each.get("unit") or "",
        earliest_date=each.get("earliestDate") or "",
        latest_date=each.get("latestDate") or "",
    )


def _option(option: Mapping[str, Any]) -> Option:
    condition = shown_if(option)
    return Option(option["key"], option["text"], compiled(condition) if condition else None)
