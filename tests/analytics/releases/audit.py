"""What a release gives away, measured by an attacker on everything that readers can fetch.

Targets. A *set* is any choice of own units of one service, of two services together (so every hidden cell, every union of
hidden cells, siblings, a parent without its children, pooled figures without services), or of the questions asked once.
For each set and question the audit tries to work out

- how many gave each value or chose each option, how many gave one of the lowest or highest two, and how many met the
  condition on which another question is asked (who is asked it);
- the sum of the values, and how many said that it does not apply;
- of a question asked of some, how many answered it.

It is a finding if one of these can be worked out (1) for a set in which fewer people than the minimum gave an answer,
people and not ratings, or (2) for a set who answered all alike. A set in which nobody answered is none. A count that is
zero (or complete, of a group of values) in a figure that may be shown, or in what those shown below leave of it, holds of every part of that set: such a zero is
no finding, for every figure with a zero in its distribution has it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from services.analytics.releases.figures import Rate, Row, label
from services.survey.responses.ballot import Part
from tests.analytics.releases.attacker import Attacker, Leaf, Terms, Vector
from tests.analytics.releases.organisations import values_of
from tests.analytics.worlds import World

NOTHING = 1e-6
NONE = "notApplicable"
DIRECTIONS = 8  # a random projection keeps apart what is not zero


@dataclass(frozen=True)
class Finding:
    question: str
    what: str
    units: frozenset[Leaf]
    people: int
    values: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Target:
    """`group`: the values that are counted; empty for sums and the like."""

    what: str
    group: frozenset[str]
    terms: Mapping[Leaf, Terms]


class Audit:
    def __init__(self, world: World, rows: Sequence[Row], rates: Sequence[Rate]) -> None:
        self.world = world
        self.attacker = Attacker(world, rows, rates)
        self.shown = [(row.question.key, frozenset(self.attacker.leaves_of(row))) for row in rows if row.figures]
        self.moves = _projected(self.attacker.free())
        self.plain_moves = _projected(self.attacker.free_by_equations())

    def findings(self) -> Iterator[Finding]:
        for key in self.attacker.questions:
            targets = self.targets(key)
            fair = {target: self._fair_zeros(key, target) for target in targets}
            for units, fixed in self.sets(targets, self.moves):
                peopled = {leaf for leaf in units if any(True for _ in self._given(key, frozenset({leaf})))}
                yield from self._judge(key, targets, units, [t for t in fixed if not peopled <= fair[t]])

    def _fair_zeros(self, key: str, target: Target) -> frozenset[Leaf]:
        """Where a count is zero, or complete, because it is so in a set of enough people that may be known."""
        fair: set[Leaf] = set()
        cells = [leaves for question, leaves in self.shown if question == key]
        known = [self.plain_moves, self.moves] if target.what == "na" else [self.plain_moves]
        blocks = [cell.difference(*(other for other in cells if other < cell)) for cell in cells]
        for units in [*cells, *blocks, *(units for moves in known for units, _ in self.sets([target], moves))]:
            given = list(self._given(key, units, target))
            if len({person for person, _ in given}) < self.world.minimum:
                continue
            inside = [value for _, value in given if target.group & set(value.split("+"))]
            if target.what != "sum" and (not inside or (len(target.group) > 1 and len(inside) == len(given))):
                fair |= units
        return frozenset(fair)

    def targets(self, key: str) -> list[Target]:
        question = self.attacker.questions[key]
        leaves = [leaf for leaf in self.attacker.leaves if question in self.attacker.questions_of(leaf)]
        values = [label(value) for value in values_of(question)]
        groups = [frozenset({value}) for value in values]
        if "points" in question:
            groups += [frozenset(values[:2]), frozenset(values[-2:])]
        groups += [frozenset(name[2] for name in self.attacker.asked(other, leaves[0]) if isinstance(name, tuple))
                   for other in self.attacker.questions.values()
                   if leaves and other.get("showIf", {}).get("question") == key]  # fmt: skip
        targets = [Target("count", group, {leaf: {(key, leaf, value): 1.0 for value in group} for leaf in leaves})
                   for group in dict.fromkeys(groups)]  # fmt: skip
        if "points" in question:
            targets.append(
                Target("sum", frozenset(), {leaf: {(key, leaf, v): float(v) for v in values} for leaf in leaves})
            )
        if question.get("notApplicable"):
            targets.append(Target("na", frozenset({NONE}), {leaf: {("na", key, leaf): 1.0} for leaf in leaves}))
        if "showIf" in question:
            met = frozenset(str(name[2]) for leaf in leaves[:1] for name in self.attacker.asked(question, leaf)
                            if isinstance(name, tuple))  # fmt: skip
            targets.append(Target("n", met, {leaf: self.attacker.n(question, leaf) for leaf in leaves}))
        return targets

    def sets(self, targets: Sequence[Target], moves: Vector) -> Iterator[tuple[frozenset[Leaf], list[Target]]]:
        """Those of which something can be worked out, with what."""
        columns = self.attacker.columns
        by_service: dict[Any, list[Leaf]] = {}
        for leaf in targets[0].terms:
            by_service.setdefault(leaf[0], []).append(leaf)
        for leaves in by_service.values():
            choices = _choices(len(leaves))
            fixed = np.stack([_fixed(choices @ _along(moves, columns, target, leaves)) for target in targets])
            for place in np.flatnonzero(fixed.any(axis=0)):
                chosen = frozenset(leaf for leaf, taken in zip(leaves, choices[place], strict=True) if taken)
                yield chosen, [target for target, yes in zip(targets, fixed[:, place], strict=True) if yes]
        for one, other in combinations(by_service.values(), 2):
            yield from self._of_two(targets, moves, one, other)

    def _of_two(
        self, targets: Sequence[Target], moves: Vector, one: list[Leaf], other: list[Leaf]
    ) -> Iterator[tuple[frozenset[Leaf], list[Target]]]:
        first, second = _choices(len(one)), _choices(len(other))
        found: dict[tuple[int, int], list[Target]] = {}
        for target in targets:
            columns = self.attacker.columns
            here, there = first @ _along(moves, columns, target, one), second @ _along(moves, columns, target, other)
            apart = ~_fixed(here)[:, None] & ~_fixed(there)[None, :]  # else each was tried alone
            both = _fixed(here[:, None, :] + there[None, :, :]) & apart
            for a, b in np.argwhere(both):
                found.setdefault((int(a), int(b)), []).append(target)
        for (a, b), fixed in found.items():
            chosen = [leaf for leaf, taken in zip(one, first[a], strict=True) if taken]
            chosen += [leaf for leaf, taken in zip(other, second[b], strict=True) if taken]
            yield frozenset(chosen), fixed

    def _judge(
        self, key: str, targets: Sequence[Target], units: frozenset[Leaf], fixed: Sequence[Target]
    ) -> Iterator[Finding]:
        for target in fixed:
            given = list(self._given(key, units, target))
            people = len({person for person, _ in given})
            if 0 < people < self.world.minimum:
                yield Finding(key, target.what, units, people, tuple(value for _, value in given))
        values = tuple(value for _, value in self._given(key, units))
        single = [target for target in targets if target.what == "count" and len(target.group) == 1]
        if len(values) >= self.world.minimum and len(set(values)) == 1 and all(target in fixed for target in single):
            yield Finding(key, "alike", units, len(values), values)

    def _given(self, key: str, units: frozenset[Leaf], target: Target | None = None) -> Iterator[tuple[int, str]]:
        """Who in the set answered what. How many answered a question is an answer to the one that decided it; how many
        said that it does not apply is a share of all who rated."""
        everybody = target is not None and target.what == "na"
        if target is not None and target.what == "n":
            key = self.attacker.questions[key]["showIf"]["question"]
        for person, ballot in enumerate(self.world.ballots):
            for part in ballot.parts:
                if (part.service, ballot.unit) in units:
                    value = _value(part, key)
                    if everybody or value not in (None, NONE):
                        yield person, value or ""


def _value(part: Part, key: str) -> str | None:
    """None without an answer."""
    for answer in part.answers:
        if answer.question == key:
            given = answer.value
            if given is None:
                return NONE
            return "+".join(sorted(given)) if isinstance(given, list) else label(given)
    return None


def _projected(basis: Vector) -> Vector:
    moves: Vector = basis @ np.random.default_rng(1).normal(size=(basis.shape[1], DIRECTIONS))
    return moves


def _along(moves: Vector, columns: Mapping[Any, int], target: Target, leaves: Sequence[Leaf]) -> Vector:
    rows = [[factor * moves[columns[name]] for name, factor in target.terms[leaf].items()] for leaf in leaves]
    return np.stack([sum(row, np.zeros(DIRECTIONS)) for row in rows])


def _fixed(moves: Vector) -> Any:
    return np.abs(moves).max(axis=-1) < NOTHING


def _choices(size: int) -> Vector:
    """Every set but the empty one, a row each."""
    numbers = np.arange(1, 2**size)[:, None]
    return ((numbers >> np.arange(size)[None, :]) & 1).astype(float)
