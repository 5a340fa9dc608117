"""What a draft is made of."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from services.survey.interchange.expressions import ALWAYS, Expression
from services.survey.interchange.report import Place

Raw = Mapping[str, str]  # a text as the source has it, by language
Texts = dict[str, str]
MOST_QUESTIONS, MOST_OPTIONS, LONGEST_ANSWER = 2_000, 50, 4_000
POINTS = (5, 7, 10)
OPEN, CLOSE = "\ue001", "\ue002"  # around a name that is filled in here too: characters for private use


class Filled(NamedTuple):
    """A text without what a tool fills in, what that was, and what it fills in only where somebody sets it."""

    text: str
    gone: list[str]
    kept: Sequence[str] = ()


Filling = Callable[[str], Filled]


class TooLarge(Exception):
    """More questions than a survey may have."""


@dataclass(frozen=True)
class Choice:
    """An answer that can be chosen. `wants`: it comes with a text field of its own, for which conditions have the names
    `called`, and which `must` be filled in."""

    value: Any
    text: Raw
    place: Place
    show: Expression = ALWAYS
    wants: bool = False
    must: bool = False
    key: str | None = None
    called: Sequence[str] = ()
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """A question among several with one stem. `names` are those that conditions may use for it."""

    names: Sequence[str]
    text: Raw
    place: Place
    show: Expression = ALWAYS
    key: str | None = None


@dataclass
class Asked:
    """A question of the draft. `options` has the conditions of its options, in their order."""

    place: Place
    question: dict[str, Any]
    show: Expression = ALWAYS
    require: Expression | None = None
    options: list[tuple[Place, Expression]] = field(default_factory=list)


@dataclass
class Section:
    place: Place
    key: str
    title: Texts | None
    show: Expression = ALWAYS
    more: dict[str, Any] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)


def spelled(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def points_of(choices: Sequence[Choice]) -> list[Choice] | None:
    """The choices from the lowest to the highest point, if they are the points of a scale: valued 1 to 5, 7 or 10."""
    if len(choices) not in POINTS or any(choice.show != ALWAYS or choice.wants for choice in choices):
        return None
    ordered = sorted(choices, key=lambda choice: (len(spelled(choice.value)), spelled(choice.value)))
    wanted = [str(point) for point in range(1, len(choices) + 1)]
    return ordered if [spelled(choice.value) for choice in ordered] == wanted else None
