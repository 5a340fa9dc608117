"""How continuous programmes that ask the same people divide what the contact policy lets each of these be asked.

The whole is one invitation in the days that the policy has between two, and a quarter more (`rules.SLACK`). Makers have
alike of it, whatever number of programmes they have; of a maker's part these have alike too. But a programme of few people
has what its waves need for a figure, if those of a quarter do from other makers too. Nobody has more than they ask for,
and the others that much more: max-min fairness, Bertsekas and Gallager, Data Networks (1992), 6.5.2. Whose waves would
be too small for a figure all the same asks nobody, and leaves its part to the others. It hangs on plans and on how many
people there are where, and on nobody's invitations.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple, TypeVar
from uuid import UUID

from services.survey.programmes import rules

HALVINGS = 40
Who = TypeVar("Who")


class People(NamedTuple):
    """Of a unit, who work there themselves."""

    unit_id: UUID
    parent_id: UUID | None
    number: int


class Asking(NamedTuple):
    """A programme, which asks in and below the units that the audiences of its services name; and, of these, in and below
    those of its own audience, if it has one. `alone`: days of its cycle, if no other asked them. `makers`: who has it.
    `least`: people of a figure of its own, below which it asks nobody."""

    using: frozenset[UUID]
    audience: frozenset[UUID]
    period: str
    alone: int
    makers: frozenset[UUID] = frozenset()
    least: int = 0


class Share(NamedTuple):
    """How many people a programme asks, in how many days each has a turn, and about how many the wave of a whole period
    asks."""

    people: int
    days: int
    in_a_period: float


class Bounds(NamedTuple):
    """Of the part that one has of the whole. `kept`: what no other maker takes; of several of one maker the most, or a
    department would have more by making more."""

    need: float
    want: float
    kept: float = 0

    def at(self, level: float) -> float:
        return min(max(level, self.need), self.want)


def shares(units: Sequence[People], programmes: Sequence[Asking], apart: int, least: int) -> list[Share]:
    """`programmes`: in the order in which they were made; `apart`: the days that the policy has between two invitations;
    `least`: people of a figure. While some have too little for their own, the last made of these leaves its part to the
    others. Its share is what it had beside them; unless in the end it can have enough, with enough for all who stay."""
    numbers, whole = _met(units, programmes), apart * rules.SLACK

    def among(asking: Collection[int]) -> dict[int, Share]:
        met = Counter[frozenset[int]]()
        for asked, number in numbers.items():
            met[asked.intersection(asking)] += number
        return _shares(met, {each: programmes[each] for each in asking}, whole, least)

    found = among(range(len(programmes)))
    staying = dict(found)
    while short := _short(staying, programmes):
        found |= staying
        staying = among(staying.keys() - {max(short)})
    for each in sorted(found.keys() - staying.keys()):
        beside = among({*staying, each})
        staying = staying if _short(beside, programmes) else beside
    return [staying.get(each, found[each]) for each in range(len(programmes))]


def _short(found: Mapping[int, Share], programmes: Sequence[Asking]) -> list[int]:
    return [each for each, share in found.items() if share.in_a_period < programmes[each].least]


def _shares(
    numbers: Mapping[frozenset[int], int], programmes: Mapping[int, Asking], whole: float, least: int
) -> dict[int, Share]:
    people = {each: sum(number for met, number in numbers.items() if each in met) for each in programmes}
    bounds = {each: _bounds(programme, people[each], whole, least) for each, programme in programmes.items()}
    turns = dict.fromkeys(programmes, 0.0)
    for met, number in numbers.items():
        for each, part in _parts({each: bounds[each] for each in met}, programmes).items():
            turns[each] += number * part
    return {
        each: _share(programme, people[each], round(whole * people[each] / turns[each]) if turns[each] else 0)
        for each, programme in programmes.items()
    }


def _bounds(programme: Asking, people: int, whole: float, least: int) -> Bounds:
    want = min(1, whole / programme.alone)
    need, kept = (
        min(want, whole / max(1, rules.longest_cycle(people, period, least)))
        for period in (programme.period, "quarter")
    )
    return Bounds(need, want, kept)


def _share(programme: Asking, people: int, days: int) -> Share:
    days = max(programme.alone, days)
    return Share(people, days, rules.in_a_period(people, programme.period, days))


def up(unit_id: UUID, above: Mapping[UUID, UUID | None]) -> Iterator[UUID]:
    """The unit and all above it."""
    upper: UUID | None = unit_id
    while upper is not None:
        yield upper
        upper = above.get(upper)


def _met(units: Sequence[People], programmes: Sequence[Asking]) -> dict[frozenset[int], int]:
    """How many people are asked by each set of programmes."""
    using = _below(units, [programme.using for programme in programmes])
    everywhere = frozenset(each for each, programme in enumerate(programmes) if not programme.audience)
    wanted = _below(units, [programme.audience for programme in programmes])
    numbers = dict[frozenset[int], int]()
    for unit in units:
        met = using[unit.unit_id] & (wanted[unit.unit_id] | everywhere)
        numbers[met] = numbers.get(met, 0) + unit.number
    return {met: number for met, number in numbers.items() if met and number}


def _below(units: Sequence[People], tops: Sequence[Collection[UUID]]) -> dict[UUID, frozenset[int]]:
    """Of each unit those of the `tops` that it is among or below."""
    above = {unit.unit_id: unit.parent_id for unit in units}
    named = dict[UUID, set[int]]()
    for each, units_named in enumerate(tops):
        for unit_id in units_named:
            named.setdefault(unit_id, set()).add(each)
    return {
        unit.unit_id: frozenset(chain.from_iterable(named.get(one, ()) for one in up(unit.unit_id, above)))
        for unit in units
    }


def _parts(asked: Mapping[int, Bounds], programmes: Mapping[int, Asking]) -> dict[int, float]:
    makers = {programmes[each].makers for each in asked}
    theirs = {maker: {each: asked[each] for each in asked if programmes[each].makers == maker} for maker in makers}
    wanted = {
        maker: Bounds(max(each.kept for each in own.values()), min(1, sum(each.want for each in own.values())))
        for maker, own in theirs.items()
    }
    parts = dict[int, float]()
    for maker, whole in divided(wanted, 1).items():
        parts |= divided(theirs[maker], whole)
    return parts


def divided(asked: Mapping[Who, Bounds], whole: float) -> dict[Who, float]:
    """What each has of the whole. Of what all need, if that is more than there is, each has as large a part."""
    needed = sum(bounds.need for bounds in asked.values())
    if needed >= whole:
        return {each: bounds.need * whole / needed if needed else 0.0 for each, bounds in asked.items()}
    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        level = (low + high) / 2
        fits = sum(bounds.at(level) for bounds in asked.values()) <= whole
        low, high = (level, high) if fits else (low, level)
    return {each: bounds.at(high) for each, bounds in asked.items()}
