"""What conditions of other tools say, before it is known what their names mean here."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

Operator = Literal[
    "answered",
    "isTrue",
    "equals",
    "lessThan",
    "lessOrEqual",
    "greaterThan",
    "greaterOrEqual",
    "contains",
    "anyOf",
    "allOf",
]


class Unclear(Exception):
    """It cannot be said here; the text says why."""


class Test(NamedTuple):
    """Of the answer to `name`; what was not answered meets none. Negations stand around it (`Opposite`): to the other
    tools what was not answered does not equal anything."""

    name: str
    operator: Operator
    value: Any = None


@dataclass(frozen=True, slots=True)
class Every:
    parts: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Some:
    parts: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Opposite:
    of: "Expression"


@dataclass(frozen=True, slots=True)
class Fixed:
    holds: bool


@dataclass(frozen=True, slots=True)
class Lost:
    """A condition that was there and cannot be said; together with others it makes all of them unclear."""

    why: str


Expression = Test | Every | Some | Opposite | Fixed | Lost
ALWAYS, NEVER = Fixed(True), Fixed(False)


def every(*parts: Expression) -> Expression:
    return _joined(Every, parts, unit=ALWAYS, zero=NEVER)


def some(*parts: Expression) -> Expression:
    return _joined(Some, parts, unit=NEVER, zero=ALWAYS)


def opposite(part: Expression) -> Expression:
    if isinstance(part, Fixed):
        return Fixed(not part.holds)
    if isinstance(part, Lost):
        return part
    return part.of if isinstance(part, Opposite) else Opposite(part)


def _joined(kind: type[Every] | type[Some], parts: tuple[Expression, ...], unit: Fixed, zero: Fixed) -> Expression:
    flat: list[Expression] = []
    for part in parts:
        flat += part.parts if isinstance(part, kind) else [part]
    found = dict.fromkeys(part for part in flat if part != unit)
    if zero in found:
        return zero
    left = [part for part in found if not _follows(kind, part, found)]
    if not left:
        return unit
    return left[0] if len(left) == 1 else kind(tuple(left))


def _follows(kind: type[Every] | type[Some], part: Expression, others: Collection[Expression]) -> bool:
    """Whether it says nothing beside the others: `a and (a or b)` is `a`."""
    if not isinstance(part, Every | Some) or isinstance(part, kind):
        return False
    return any(set(each.parts if isinstance(each, kind) else (each,)) <= set(others) for each in part.parts)
