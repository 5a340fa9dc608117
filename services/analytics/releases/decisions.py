"""Which cells of a wave are shown, worked out at once for all questions. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import Literal
from uuid import UUID

from services.analytics.releases.control import control
from services.analytics.releases.rules import Answers, Rule, Tree, total
from services.analytics.releases.wave import ONCE, WHOLE, Cell, Question, Taken, Wave, upwards

Reason = Literal["belowMinimum", "protectsAnother"]
Decided = dict[str, dict[Cell, Reason | None]]  # by question; None: shown


@dataclass
class Sets:
    """The answer sets of one section as a tree. Cells that are always the same set, such as a unit with one unit below
    that holds all who answered, share a node: `node` maps a cell to it."""

    tree: Tree[Cell]
    node: Mapping[Cell, Cell]
    groups: Mapping[Cell, Mapping[UUID | None, Iterable[UUID]]]

    def own(self, wave: Wave, question: str) -> dict[Cell, Answers]:
        """The answers of a node that are of no node below it."""
        result: dict[Cell, Answers] = {}
        for node, by_service in self.groups.items():
            parts = [
                wave.answers[service, question][group]
                for service, groups in by_service.items()
                for group in groups
                if group in wave.answers.get((service, question), {})
            ]
            if parts:
                result[node] = total(parts)
        return result


class Table:
    """The sets of a wave: one tree for what is asked of each service, one for what is asked once, and one for each
    question that goes on its own."""

    def __init__(self, wave: Wave) -> None:
        self.wave = wave
        self.questions = {question.key: question for question in wave.questions}
        self._sums: dict[str, dict[Cell, Answers]] = {}
        self._alone: dict[str, Sets] = {}

    @cached_property
    def rated(self) -> Sets:
        return _sets(self.wave, _pooled(self.wave), self.wave.providers.items())

    @cached_property
    def once(self) -> Sets:
        return _sets(self.wave, {}, [(ONCE, None)])

    def sets(self, question: Question) -> Sets:
        if question.alone is None:
            return self.rated if question.rated else self.once
        if question.alone not in self._alone:
            services = self.wave.providers.items() if question.rated else [(ONCE, None)]
            above = _pooled(self.wave, question.alone) if question.rated else {}
            self._alone[question.alone] = _sets(self.wave, above, services, question.alone)
        return self._alone[question.alone]

    def answers(self, question: Question, cell: Cell) -> Answers:
        """All of a cell that is a set of the tree."""
        if question.key not in self._sums:
            sets = self.sets(question)
            self._sums[question.key] = sets.tree.totals(sets.own(self.wave, question.key))
        return self._sums[question.key][self.sets(question).node[cell]]

    @cached_property
    def sound(self) -> dict[str, Question]:
        """Each after those that decide who is asked it. Left out, and never shown: questions that hang on a text, on
        one of another tree, or on each other."""
        sound: dict[str, Question] = {}
        while ready := [
            question
            for key, question in self.questions.items()
            if key not in sound
            and all(
                key in sound and (sound[key].rated, sound[key].alone) == (question.rated, question.alone)
                for key in question.depends_on
            )
        ]:
            sound.update((question.key, question) for question in ready)
        return sound  # fmt: skip

    def few(self, question: Question, cell: Cell) -> bool:
        """Whether `belowMinimum` may be said. How many were asked a question of some is an answer, so there a question
        that all of them have answered must have too few."""
        if question.key not in self.sound:
            return False
        if question.depends_on:
            return any(self.few(self.sound[key], cell) for key in question.needs)
        return self.answers(question, cell).n < self.wave.minimum

    def decide(self, chance: Random) -> Decided:
        """`chance` must not be one that a reader could repeat."""
        decided: Decided = {}
        for question in (self.sound | self.questions).values():
            sets = self.sets(question)
            shown = self._shown(question, decided, chance) if question.key in self.sound else frozenset()
            decided[question.key] = {
                node: None if node in shown else self.reason(question, node) for node in reversed(sets.tree.order)
            }
        return decided

    def _shown(self, question: Question, decided: Decided, chance: Random) -> frozenset[Cell]:
        """At most where all the questions are shown that decide who is asked."""
        sets = self.sets(question)
        deciding = [{node for node, reason in decided[key].items() if reason is None} for key in question.depends_on]
        allowed = set.intersection(*deciding) if deciding else None
        rule = Rule(self.wave.minimum, self.wave.each if question.rated else 1)
        return control(sets.tree, sets.own(self.wave, question.key), rule, allowed, chance)

    def reason(self, question: Question, cell: Cell) -> Reason:
        return "belowMinimum" if self.few(question, cell) else "protectsAnother"


def _pooled(wave: Wave, alone: str | None = None) -> dict[Cell, Cell | None]:
    """The sets above the services; services that fewer than the minimum rated are in none."""
    rated = {wave.providers[service] for service in wave.providers if _taken(wave, service, alone).groups}
    return {WHOLE: None, **{Cell(provider): WHOLE for provider in sorted(rated)}}


def _taken(wave: Wave, service: UUID | None, alone: str | None) -> Taken:
    return wave.taken_of(service, alone) or Taken({}, frozenset(), frozenset())


def _sets(
    wave: Wave, above: Mapping[Cell, Cell | None], services: Iterable[tuple[UUID | None, UUID | None]],
    alone: str | None = None,
) -> Sets:  # fmt: skip
    parents: dict[Cell, Cell | None] = dict(above)
    groups: dict[Cell, dict[UUID | None, list[UUID]]] = {}
    people: dict[Cell, int] = {}
    for service, provider in sorted(services, key=str):
        taken = _taken(wave, service, alone)
        if not taken.groups:
            continue
        whole = Cell(provider, service)
        parents[whole] = Cell(provider) if service is not ONCE else None
        for unit in sorted(taken.closed):
            parents[whole._replace(unit=unit)] = _nearest(wave, taken, whole, unit, above_it=True)
        for unit, size in taken.groups.items():
            node = _nearest(wave, taken, whole, unit, above_it=False)
            groups.setdefault(node, {}).setdefault(service, []).append(unit)
            people[node] = people.get(node, 0) + size
    return _collapsed(parents, groups, people)


def _nearest(wave: Wave, taken: Taken, whole: Cell, unit: UUID, *, above_it: bool) -> Cell:
    path = list(upwards(wave.parents, unit))[1 if above_it else 0 :]
    return whole._replace(unit=next((each for each in path if each in taken.closed), None))


def _collapsed(
    parents: dict[Cell, Cell | None], groups: dict[Cell, dict[UUID | None, list[UUID]]], people: Mapping[Cell, int]
) -> Sets:
    """A node with nobody of its own and one node below is that node: both cells are one figure, shown or hidden."""
    node = {cell: cell for cell in parents}
    below: dict[Cell, list[Cell]] = {}
    for cell, parent in parents.items():
        if parent is not None:
            below.setdefault(parent, []).append(cell)
    kept: dict[Cell, Cell | None] = {}
    for cell in Tree(parents).order[::-1]:
        parent = parents[cell]
        if parent is not None and not people.get(parent) and below[parent] == [cell]:
            node[cell] = node[parent]
        else:
            kept[cell] = None if parent is None else node[parent]
    own: dict[Cell, dict[UUID | None, list[UUID]]] = {}
    for cell, by_service in groups.items():
        for service, units in by_service.items():
            own.setdefault(node[cell], {}).setdefault(service, []).extend(units)
    return Sets(Tree(kept), node, own)
