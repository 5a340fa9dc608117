"""Design effects of pooled figures: several ratings of one person are not independent.

Liang & Zeger (1986), Biometrika 73, 13-22: the variance of a ratio of totals, from m and T of each cluster; here beside
that of as many single ratings, Kish (1965), Survey Sampling, section 5.4.

Sums over persons would say more than that. Less the responses, which analytics has one by one, they tell what those with
several ratings gave, so which responses are theirs, and by the products how these go together: of ten people and thirty
questions an integer program finds all that one person said. So one number is told, rounded up to a coarse step: most
often the same whoever is whose. And still only where those with several ratings are nobody, or enough who did not all
answer alike, for each question that is told of them; the same of those who rated several providers, whom the
organisation's number is about. The first questions of the survey go before the others.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from services.survey.responses.ballot import Part, Value

PERSONS = 100  # a number of fewer would tie the responses of one person together again
SEVERAL = 20  # with several ratings, for each question that is told of them
STEPS = 2  # of the design effect, to 1
ORGANISATION = 0  # in place of a provider's number

MARKS = frozenset({"rating", "nps", "effort", "importance", "yesNo"})


class Figure(NamedTuple):
    """Without a provider: the organisation."""

    provider_id: UUID | None
    question: str


@dataclass
class Sums:
    """Over persons with m ratings that total T each, and over their ratings."""

    persons: int = 0
    ratings: int = 0
    total: float = 0
    squares: int = 0
    cross: float = 0
    total_squares: float = 0
    rating_squares: float = 0

    def add(self, ratings: Sequence[float]) -> None:
        number, total = len(ratings), sum(ratings)
        self.persons += 1
        self.ratings += number
        self.total += total
        self.squares += number * number
        self.cross += number * total
        self.total_squares += total * total
        self.rating_squares += sum(rating * rating for rating in ratings)

    def design_effect(self) -> float:
        """The clustered variance of the mean, with k / (k - 1), beside s² / n. 1 where all ratings are alike."""
        mean = self.total / self.ratings
        spread = self.rating_squares - self.ratings * mean**2
        clustered = self.total_squares - 2 * mean * self.cross + mean**2 * self.squares
        if spread < 1e-9 or self.persons < 2:
            return 1.0
        return clustered / spread * self.persons / (self.persons - 1) * (self.ratings - 1) / self.ratings


class Effect(NamedTuple):
    """What is told of a figure."""

    persons: int
    ratings: int
    design_effect: float


def rounded(effect: float) -> float:
    """Up, so that an interval errs to the wide side. The first step begins above 1: on which side of it an effect lies is
    an even chance where ratings of one person are independent, and would tell."""
    return max(1 + 1 / STEPS, math.ceil(effect * STEPS - 1e-9) / STEPS)


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


def _told(sums: Sums) -> Effect:
    single = sums.persons == sums.ratings
    return Effect(sums.persons, sums.ratings, 1.0 if single else rounded(sums.design_effect()))


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
            self.sums[provider, question].add(ratings)
            if provider != ORGANISATION and len(ratings) > 1:
                self.within[provider, question].add(Several(1, set(ratings)))
        if len(everything) > 1:
            self.across[question][frozenset(by_provider)].add(Several(1, set(everything)))

    def figures(self) -> dict[Figure, Effect]:
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
        return {Figure(self.known[key[0]], key[1]): _told(self.sums[key]) for key in told}

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
