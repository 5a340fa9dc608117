"""Sums over persons for cluster-robust intervals of pooled figures: several ratings of one person are not independent.

Liang & Zeger (1986), Biometrika 73, 13-22: the variance of a ratio of totals needs Σm², ΣmT and ΣT² over clusters.

What these say beyond the distribution is how ratings of one person go together, Σ of the products of two ratings. It is
about those with several ratings alone, however many have one; and the sums of the organisation less those of its
providers are about those who rated several providers. So in each of these sets there must be nobody, or enough who
did not all answer alike.

Each sum is an equation about which responses are one person's, and all of them hold at once: of ten people and thirty
questions an integer program finds all that one person said within seconds, since nothing else adds up. So how many
questions are told of grows with those with several ratings, the first questions of the survey before the others. Twenty
people can be put together in 2^61 ways, and the sums of one question tell some 15 bits. Minutes and numbers would tell
many more, and are left out.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from services.survey.responses.ballot import Part, Value

PERSONS = 100  # sums over fewer would tie the responses of one person together again
SEVERAL = 20  # with several ratings, for each question that is told of them
ORGANISATION = 0  # in place of a provider's number

MARKS = frozenset({"rating", "nps", "effort", "importance", "yesNo"})


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
    if kind not in MARKS or not isinstance(value, int | float):
        return None
    if kind == "nps":
        return (value >= 9) - (value <= 6)
    return float(value)


@dataclass
class Several:
    """Those with several ratings: how many, and what they gave."""

    persons: int = 0
    given: set[float] = field(default_factory=set)

    def add(self, other: "Several") -> None:
        self.persons += other.persons
        self.given |= other.given

    def enough(self, minimum: int, questions: int) -> bool:
        return self.persons == 0 or (self.persons >= max(SEVERAL * questions, minimum) and len(self.given) > 1)


class Pool:
    """`kinds` has the questions' types in the order of the survey. `providers` maps each service that counts to its
    provider: those that too few rated are not in it."""

    def __init__(self, kinds: Mapping[str, str], providers: Mapping[UUID, UUID], minimum: int) -> None:
        self.kinds, self.minimum = kinds, minimum
        # Numbers for providers: hashing ids would cost more than all the sums.
        self.known: list[UUID | None] = [None, *dict.fromkeys(providers.values())]
        self.number_of = {service: self.known.index(provider) for service, provider in providers.items()}
        self.sums: defaultdict[tuple[int, str], Sums] = defaultdict(Sums)
        # By question: who rated several services, by the providers of these.
        self.across: defaultdict[str, defaultdict[frozenset[int], Several]]
        self.across = defaultdict(lambda: defaultdict(Several))
        self.within: defaultdict[tuple[int, str], Several] = defaultdict(Several)

    def add(self, parts: Iterable[Part]) -> None:
        """Once for each respondent."""
        person: dict[str, dict[int, list[float]]] = {}
        for part in parts:
            provider = self.number_of.get(part.service) if part.service is not None else None
            if provider is None:
                continue
            for answer in part.answers:
                scored = score(self.kinds.get(answer.question, ""), answer.value)
                if scored is not None:
                    person.setdefault(answer.question, {}).setdefault(provider, []).append(scored)
        for question, by_provider in person.items():
            self._add(question, by_provider)

    def _add(self, question: str, by_provider: Mapping[int, list[float]]) -> None:
        everything = [scored for ratings in by_provider.values() for scored in ratings]
        for provider, ratings in (*by_provider.items(), (ORGANISATION, everything)):
            self.sums[provider, question].add(len(ratings), sum(ratings))
            if provider != ORGANISATION and len(ratings) > 1:
                self.within[provider, question].add(Several(1, set(ratings)))
        if len(everything) > 1:
            self.across[question][frozenset(by_provider)].add(Several(1, set(everything)))

    def figures(self) -> dict[Figure, Sums]:
        told: set[tuple[int, str]] = set()
        spent: Counter[int] = Counter()  # questions told of those with several ratings, by provider
        for provider in (*range(1, len(self.known)), ORGANISATION):
            for question in self.kinds:
                if self.sums[provider, question].persons < PERSONS:
                    continue
                if provider == ORGANISATION:
                    several, about = self._beyond(question, told)
                else:
                    several, about = self.within[provider, question], {provider}
                if several.enough(self.minimum, sum(spent[each] for each in about) + 1):
                    told.add((provider, question))
                    spent[provider] += several.persons > 0
        return {Figure(self.known[provider], question): self.sums[provider, question] for provider, question in told}

    def _beyond(self, question: str, told: Collection[tuple[int, str]]) -> tuple[Several, set[int]]:
        """Those with several ratings whom the sums of the organisation are about, and those of no provider; and whose
        sums were about them before."""
        beyond, about = Several(), {ORGANISATION}
        for providers, several in self.across[question].items():
            untold = {provider for provider in providers if (provider, question) not in told}
            if len(providers) > 1 or untold:
                beyond.add(several)
                about |= untold
        return beyond, about
