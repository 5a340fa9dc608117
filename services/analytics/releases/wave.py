"""What a release is worked out from: one wave's facts. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, NamedTuple
from uuid import UUID

from services.analytics.releases.asking import FIGURED, Question, questions_of
from services.analytics.releases.rules import Answers

__all__ = [
    "FIGURED",
    "ONCE",
    "WHOLE",
    "Cell",
    "Population",
    "Question",
    "Taken",
    "Wave",
    "questions_of",
    "upwards",
]
ONCE: Final = None  # in place of a service: the questions asked once


class Cell(NamedTuple):
    """What figures are about, apart from the question. Without a unit: the whole organisation; without a service: the
    provider's services pooled; without a provider too: all services pooled, or a question asked once."""

    provider: UUID | None = None
    service: UUID | None = None
    unit: UUID | None = None


WHOLE: Final = Cell()


@dataclass(frozen=True)
class Taken:
    """What a taking out says of one service, or of the questions asked once."""

    groups: Mapping[UUID, int]
    closed: frozenset[UUID]
    protected: frozenset[UUID]


@dataclass
class Population:
    """People by their own unit; the sums are of the units below too."""

    parents: Mapping[UUID, UUID | None]
    own: Mapping[UUID, int]

    @cached_property
    def below(self) -> dict[UUID, int]:
        sums: dict[UUID, int] = {}
        for unit, people in self.own.items():
            for above in upwards(self.parents, unit):
                sums[above] = sums.get(above, 0) + people
        return sums

    def of(self, unit: UUID | None) -> int:
        return sum(self.own.values()) if unit is None else self.below.get(unit, 0)


def upwards(parents: Mapping[UUID, UUID | None], unit: UUID) -> Iterator[UUID]:
    """The unit and all above it."""
    above: UUID | None = unit
    while above is not None:
        yield above
        above = parents.get(above)


@dataclass
class Wave:
    """`answers` by service (or ONCE) and question, then by group; `alone` has the groups of questions that go on their
    own, by service and question. `users` by provider and service, neither: of any. `providers` as they were when the
    wave opened. `enough`: at least the minimum answered. `answered` counts people, None where it may not be told; so does
    `turnout`, in or below the units of which it may be."""

    id: UUID
    minimum: int
    each: int
    parents: Mapping[UUID, UUID | None]
    questions: Sequence[Question]
    providers: Mapping[UUID, UUID]
    taken: Mapping[UUID | None, Taken]
    turnout: Mapping[UUID, int]
    enough: bool
    answered: int | None
    people: Population
    invited: Population
    users: Mapping[tuple[UUID | None, UUID | None], Population]
    answers: Mapping[tuple[UUID | None, str], Mapping[UUID, Answers]]
    alone: Mapping[tuple[UUID | None, str], Taken] = field(default_factory=dict)

    def taken_of(self, service: UUID | None, question: str | None) -> Taken | None:
        """`question`: one that goes on its own."""
        return self.taken.get(service) if question is None else self.alone.get((service, question))

    @cached_property
    def root(self) -> UUID | None:
        """The unit that is the whole organisation; None when the tree has several tops."""
        tops = [unit for unit, parent in self.parents.items() if parent is None]
        return tops[0] if len(tops) == 1 else None

    def population(self, cell: Cell) -> int:
        return self.users_of(cell.provider, cell.service).of(cell.unit)

    def users_of(self, provider: UUID | None, service: UUID | None) -> Population:
        """Of all services: everybody, in a wave that is about no service."""
        scope = (None, service) if service is not None else (provider, None)
        found = self.users.get(scope)
        if found is None:
            return self.people if scope == (None, None) else Population(self.parents, {})
        return found
