"""How continuous programmes that ask the same people divide what the contact policy lets each of these be asked.

The whole is one invitation in the days that the policy has between two, and a quarter more (`rules.SLACK`). Whoever needs
more than others for the people of a figure has that; the rest is divided alike, and nobody has more than they ask for:
max-min fairness, Bertsekas and Gallager, Data Networks (1992), 6.5.2. It hangs on plans and on how many people there are
where, and on nobody's invitations.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from services.survey.programmes import rules

HALVINGS = 40


class People(NamedTuple):
    """Of a unit, who work there themselves."""

    unit_id: UUID
    parent_id: UUID | None
    number: int


class Asking(NamedTuple):
    """A programme, which asks in and below the units that the audiences of its services name; and, of these, in and below
    those of its own audience, if it has one. `alone`: days of its cycle, if no other asked them."""

    using: frozenset[UUID]
    audience: frozenset[UUID]
    period: str
    alone: int


class Share(NamedTuple):
    """How many people a programme asks, and in how many days each has a turn. `crowded`: somewhere it takes what others
    need."""

    people: int
    days: int
    crowded: bool


def share_of_first(units: Sequence[People], programmes: Sequence[Asking], apart: int, least: int) -> Share:
    """`apart`: the days that the policy has between two invitations; `least`: people of a figure."""
    numbers = _met(units, programmes)
    people = [sum(number for met, number in numbers.items() if each in met) for each in range(len(programmes))]
    alone = programmes[0].alone
    if not people[0] or not apart:
        return Share(people[0], alone, crowded=False)
    whole = apart * rules.SLACK
    wants = [min(1, whole / programme.alone) for programme in programmes]
    needs = [
        min(want, whole / max(1, rules.longest_cycle(number, programme.period, least)))
        for want, number, programme in zip(wants, people, programmes, strict=True)
    ]
    turns, crowded = 0.0, False
    for met, number in numbers.items():
        if 0 in met:
            others = sum(needs[each] for each in met - {0})
            crowded |= others <= 1 < others + needs[0]
            turns += number * _divided({each: (needs[each], wants[each]) for each in met})[0]
    return Share(people[0], max(alone, round(whole * people[0] / turns)), crowded)


def _met(units: Sequence[People], programmes: Sequence[Asking]) -> dict[frozenset[int], int]:
    """How many people are asked by each set of programmes."""
    using = _below(units, [programme.using for programme in programmes])
    everywhere = frozenset(each for each, programme in enumerate(programmes) if not programme.audience)
    wanted = _below(units, [programme.audience for programme in programmes])
    numbers = dict[frozenset[int], int]()
    for unit in units:
        met = using[unit.unit_id] & (wanted[unit.unit_id] | everywhere)
        numbers[met] = numbers.get(met, 0) + unit.number
    return {met: number for met, number in numbers.items() if number}


def _below(units: Sequence[People], tops: Sequence[Collection[UUID]]) -> dict[UUID, frozenset[int]]:
    """Of each unit those of the `tops` that it is among or below."""
    above = {unit.unit_id: unit.parent_id for unit in units}
    named = dict[UUID, set[int]]()
    for each, units_named in enumerate(tops):
        for unit_id in units_named:
            named.setdefault(unit_id, set()).add(each)
    found = dict[UUID, frozenset[int]]()
    for unit in units:
        path, upper = list[UUID](), unit.unit_id if unit.unit_id not in found else None
        while upper is not None and upper not in found:
            path.append(upper)
            upper = above[upper]
        there = frozenset[int]() if upper is None else found[upper]
        for below in reversed(path):
            found[below] = there = there | named.get(below, frozenset())
    return found


def _divided(asked: Mapping[int, tuple[float, float]]) -> dict[int, float]:
    """What each has of the whole. Of what all need, if that is more than there is, each has as large a part."""
    needed = sum(need for need, _ in asked.values())
    if needed >= 1:
        return {each: need / needed for each, (need, _) in asked.items()}
    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        level = (low + high) / 2
        fits = sum(_within(level, *bounds) for bounds in asked.values()) <= 1
        low, high = (level, high) if fits else (low, level)
    return {each: _within(high, *bounds) for each, bounds in asked.items()}


def _within(level: float, need: float, want: float) -> float:
    return min(max(level, need), want)
