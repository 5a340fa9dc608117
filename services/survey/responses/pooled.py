"""Sums over persons for cluster-robust intervals of pooled figures: several ratings of one person are not independent.

Liang & Zeger (1986), Biometrika 73, 13-22: the variance of a ratio of totals needs Σm², ΣmT and ΣT² over clusters.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from services.survey.responses.ballot import Part, Value

PERSONS = 100  # sums over fewer would tie the responses of one person together again

SCORED = frozenset({"rating", "nps", "effort", "importance", "lostTime", "number", "yesNo"})


class Figure(NamedTuple):
    """Without a provider: the organisation."""

    provider_id: UUID | None
    question: str


@dataclass
class Sums:
    persons: int = 0
    ratings: int = 0
    squares: int = 0
    cross: float = 0
    total_squares: float = 0

    def add(self, ratings: int, total: float) -> None:
        self.persons += 1
        self.ratings += ratings
        self.squares += ratings * ratings
        self.cross += ratings * total
        self.total_squares += total * total


def score(kind: str, value: Value | None) -> float | None:
    """What a figure's interval is about: for nps promoters minus detractors, for yesNo the share of yes."""
    if kind not in SCORED or not isinstance(value, int | float):
        return None
    if kind == "nps":
        return (value >= 9) - (value <= 6)
    return float(value)


class Pool:
    """`providers` maps each service that counts to its provider: those that too few rated are not in it."""

    def __init__(self, kinds: Mapping[str, str], providers: Mapping[UUID, UUID]) -> None:
        self.kinds = kinds
        # Numbers for providers: hashing ids would cost more than all the sums.
        self.known: list[UUID | None] = [None, *dict.fromkeys(providers.values())]
        self.number_of = {service: self.known.index(provider) for service, provider in providers.items()}
        self.sums: defaultdict[tuple[int, str], Sums] = defaultdict(Sums)

    def add(self, parts: Iterable[Part]) -> None:
        """Once for each respondent."""
        person: dict[tuple[int, str], list[float]] = {}
        for part in parts:
            provider = self.number_of.get(part.service) if part.service is not None else None
            if provider is None:
                continue
            for answer in part.answers:
                scored = score(self.kinds.get(answer.question, ""), answer.value)
                if scored is not None:
                    person.setdefault((provider, answer.question), []).append(scored)
                    person.setdefault((0, answer.question), []).append(scored)
        for figure, ratings in person.items():
            self.sums[figure].add(len(ratings), sum(ratings))

    def figures(self) -> dict[Figure, Sums]:
        return {
            Figure(self.known[provider], question): sums
            for (provider, question), sums in self.sums.items()
            if sums.persons >= PERSONS
        }
