"""The group rule: the lowest unit of which an answer may speak (hierarchical suppression by construction).

From the leaves up, people without a group are a unit's remainder. Enough of them become the unit's own group; too few
take the nearest group below apart, or go up. Every figure of a closed unit is a sum of whole groups, and so is every
difference of two: none speaks of fewer people than the minimum.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

Tree = Mapping[UUID, UUID | None]


@dataclass(frozen=True)
class Grouping:
    """`group_of` maps the unit somebody is in to the unit that is their group; the destroyed are missing there.

    `closed`: all who answered in or below the unit have their group there. `protected`: at least the minimum answered
    there, yet some of them count higher up.
    """

    group_of: dict[UUID, UUID]
    people: dict[UUID, int]
    closed: frozenset[UUID]
    protected: frozenset[UUID]
    destroyed: int


def form_groups(tree: Tree, people: Mapping[UUID, int], minimum: int) -> Grouping:
    """`tree` gives each unit's parent; `people` counts those who answered, by the unit they are in.

    A unit that is not in the tree counts as a root of its own.
    """
    below = _children(tree, people)
    order = _leaves_first(below)
    answered = _in_or_below(order, below, people)
    members: dict[UUID, list[UUID]] = {}
    remainder: dict[UUID, list[UUID]] = {}
    for unit in order:
        rest = [unit] if people.get(unit, 0) else []
        for child in below.get(unit, ()):
            rest += remainder.pop(child, [])
        while rest and _count(rest, people) < minimum:
            nearest = _nearest(unit, below, members, answered)
            if nearest is None:
                break
            rest += members.pop(nearest)
        if rest:
            (members if _count(rest, people) >= minimum else remainder)[unit] = rest
    group_of = {own: group for group, units in members.items() for own in units}
    closed = _closed(tree, answered, group_of, people)
    return Grouping(
        group_of=group_of,
        people={group: _count(units, people) for group, units in members.items()},
        closed=closed,
        protected=frozenset(unit for unit, n in answered.items() if n >= minimum and unit not in closed),
        destroyed=sum(_count(units, people) for units in remainder.values()),
    )


def _count(units: Iterable[UUID], people: Mapping[UUID, int]) -> int:
    return sum(people[unit] for unit in units)


def _children(tree: Tree, people: Mapping[UUID, int]) -> dict[UUID | None, list[UUID]]:
    """Under None: the roots."""
    below: dict[UUID | None, list[UUID]] = {}
    for unit in {**dict.fromkeys(tree), **dict.fromkeys(people)}:
        parent = tree.get(unit)
        below.setdefault(parent if parent in tree else None, []).append(unit)
    return below


def _leaves_first(below: Mapping[UUID | None, list[UUID]]) -> list[UUID]:
    order = list(below.get(None, ()))
    for unit in order:  # grows while it is read: parents come before their children
        order.extend(below.get(unit, ()))
    return order[::-1]


def _in_or_below(
    order: list[UUID], below: Mapping[UUID | None, list[UUID]], people: Mapping[UUID, int]
) -> dict[UUID, int]:
    total: dict[UUID, int] = {}
    for unit in order:
        total[unit] = people.get(unit, 0) + sum(total[child] for child in below.get(unit, ()))
    return total


def _nearest(
    unit: UUID, below: Mapping[UUID | None, list[UUID]], members: Mapping[UUID, list[UUID]], answered: dict[UUID, int]
) -> UUID | None:
    """Fewest levels down; of equally near ones the one with the fewest answerers in or below it."""
    level = below.get(unit, [])
    while level:
        groups = [candidate for candidate in level if candidate in members]
        if groups:
            return min(groups, key=lambda group: (answered[group], group))
        level = [child for candidate in level for child in below.get(candidate, ())]
    return None


def _closed(
    tree: Tree, answered: Mapping[UUID, int], group_of: Mapping[UUID, UUID], people: Mapping[UUID, int]
) -> frozenset[UUID]:
    """Whoever has their group higher up leaves every unit on the way open."""
    left: set[UUID] = set()
    for own, count in people.items():
        if count:
            left.update(_passed(tree, own, group_of.get(own)))
    return frozenset(unit for unit, n in answered.items() if n and unit not in left)


def _passed(tree: Tree, own: UUID, group: UUID | None) -> Iterator[UUID]:
    unit: UUID | None = own
    while unit is not None and unit != group:
        yield unit
        unit = tree.get(unit)
