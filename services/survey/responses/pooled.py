"""Design effects of pooled figures: several ratings of one person are not independent.

Liang & Zeger (1986), Biometrika 73, 13-22: the variance of a ratio of totals, from m and T of each cluster; here beside
that of as many single ratings, Kish (1965), Survey Sampling, section 5.4.

Sums over persons would say more than that. Less the responses, which analytics has one by one, they tell what those with
several ratings gave, so which responses are theirs, and by the products how these go together: of ten people and thirty
questions an integer program finds all that one person said. Their number by question tells who left one out. So one
number is told, rounded up to a coarse step: most often the same whoever is whose. Whether it is told hangs on who rated
several services, and on nothing that anybody answered: there must be nobody, or enough for each question that is told of
them. The first questions of the survey go before the others.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
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
    """What is told of a figure: over how many ratings, which those who have these know."""

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


class Pool:
    """`kinds` has the questions' types in the order of the survey. `providers` maps each service that counts to its
    provider: those that too few rated are not in it."""

    def __init__(self, kinds: Mapping[str, str], providers: Mapping[UUID, UUID], minimum: int) -> None:
        self.kinds, self.enough = kinds, max(SEVERAL, minimum)
        # Numbers for providers: hashing ids would cost more than all the sums.
        self.known: list[UUID | None] = [None, *dict.fromkeys(providers.values())]
        self.number_of = {service: self.known.index(provider) for service, provider in providers.items()}
        self.sums: defaultdict[tuple[int, str], Sums] = defaultdict(Sums)
        self.raters: Counter[int] = Counter()
        self.several: Counter[int] = Counter()  # of the raters those who rated several services
        self.across = 0  # of these those who rated several providers

    def add(self, parts: Iterable[Part]) -> None:
        """Once for each respondent."""
        given = [(self.number_of[part.service], part) for part in parts if part.service in self.number_of]
        rated = Counter(provider for provider, _ in given)
        for provider, services in (*rated.items(), (ORGANISATION, len(given))):
            self.raters[provider] += services > 0
            self.several[provider] += services > 1
        self.across += len(rated) > 1
        person: defaultdict[tuple[int, str], list[float]] = defaultdict(list)
        for provider, part in given:
            for answer in part.answers:
                scored = score(self.kinds.get(answer.question, ""), answer.value)
                if scored is not None:
                    person[provider, answer.question].append(scored)
                    person[ORGANISATION, answer.question].append(scored)
        for figure, ratings in person.items():
            self.sums[figure].add(ratings)

    def figures(self) -> dict[Figure, Effect]:
        return {
            Figure(self.known[provider], question): self._told(provider, question)
            for provider, questions in self._questions().items()
            for question in questions
            if (provider, question) in self.sums
        }

    def _questions(self) -> dict[int, list[str]]:
        """By provider, those that may be told of. The organisation's number is about all with several ratings, so what is
        told by provider counts with it."""
        marks = [question for question, kind in self.kinds.items() if kind in MARKS]
        told: dict[int, list[str]] = {}
        spent = 0
        for provider in (*range(1, len(self.known)), ORGANISATION):
            number = self.several[provider] // self.enough - (spent if provider == ORGANISATION else 0)
            if provider == ORGANISATION and 0 < self.across < self.enough:
                number = 0
            questions = marks if not self.several[provider] else marks[: max(0, number)]
            told[provider] = questions if self.raters[provider] >= PERSONS else []
            spent += len(told[provider]) if self.several[provider] else 0
        return told

    def _told(self, provider: int, question: str) -> Effect:
        sums = self.sums[provider, question]
        return Effect(sums.ratings, rounded(sums.design_effect()) if self.several[provider] else 1.0)
