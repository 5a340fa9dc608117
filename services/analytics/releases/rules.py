"""The answers that a cell is about, how cells lie in each other, and what they give away by themselves."""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Generic, TypeVar

Node = TypeVar("Node", bound=Hashable)


@dataclass
class Answers:
    """`counts`: how many gave each value, or chose each option. `persons`: how many gave a value, by service."""

    counts: Counter[str] = field(default_factory=Counter)
    persons: Counter[Hashable] = field(default_factory=Counter)
    not_applicable: int = 0

    @property
    def n(self) -> int:
        return self.persons.total()

    @property
    def empty(self) -> bool:
        return not self.n and not self.not_applicable

    @property
    def alike(self) -> bool:
        """Of several choices too: one that all made."""
        return self.n > 0 and max(self.counts.values(), default=0) == self.n

    def least_persons(self, each: int) -> int:
        """Fewer people cannot have given these answers, if each answers once a service and for `each` at the most."""
        return max(max(self.persons.values(), default=0), -(-self.n // each))

    def add(self, other: "Answers") -> None:
        self.counts.update(other.counts)
        self.persons.update(other.persons)
        self.not_applicable += other.not_applicable


def total(parts: Iterable[Answers]) -> Answers:
    result = Answers()
    for part in parts:
        result.add(part)
    return result


class Tree(Generic[Node]):
    """The sets that a table has cells for. `order` has each node after all that are below it."""

    def __init__(self, parents: Mapping[Node, Node | None]) -> None:
        self.parents = parents
        self.depth: dict[Node, int] = {}
        for node in parents:
            self._measure(node)
        self.order = sorted(parents, key=lambda node: -self.depth[node])  # stable: equal depths keep their order

    def _measure(self, node: Node) -> None:
        path: list[Node] = []
        above: Node | None = node
        while above is not None and above not in self.depth:
            path.append(above)
            above = self.parents[above]
        start = -1 if above is None else self.depth[above]
        for steps, passed in enumerate(reversed(path), start=1):
            self.depth[passed] = start + steps

    def totals(self, own: Mapping[Node, Answers]) -> dict[Node, Answers]:
        """`own`: the answers of a node that are of no node below it."""
        sums = {node: total([own[node]] if node in own else []) for node in self.order}
        for node in self.order:
            parent = self.parents[node]
            if parent is not None:
                sums[parent].add(sums[node])
        return sums


@dataclass(frozen=True)
class Rule:
    """`each`: how many services one person may rate in the wave."""

    minimum: int
    each: int

    def too_few(self, answers: Answers) -> bool:
        return not answers.empty and answers.least_persons(self.each) < self.minimum


@dataclass(frozen=True)
class Guess:
    """All of the set at this place gave this value."""

    place: int
    value: str


@dataclass(frozen=True)
class Together:
    """Sets that are hidden together, where it must stay open which of them answered all alike.

    A reader knows how many answered in each (from other questions), what all of them gave (by subtraction), and that one
    at least was all alike: that is why they are hidden. So there must be another explanation for each guess.

    `sizes`: how many answered in each set, none of them nobody. `counts`: what all of them gave; with several
    choices each gave one or more."""

    sizes: Sequence[int]
    counts: Counter[str]

    @property
    def n(self) -> int:
        return sum(self.sizes)

    @property
    def several(self) -> bool:
        return self.counts.total() != self.n

    def undecided(self) -> bool:
        """Nobody can be sure of any set that it was all alike."""
        guesses = list(self.guesses())
        return all(any(self._spares(other, guess) for other in guesses) for guess in guesses)

    def guesses(self) -> Iterator[Guess]:
        for place, value in product(range(len(self.sizes)), self.counts):
            if self.counts[value] >= self.sizes[place]:
                yield Guess(place, value)

    def _spares(self, truth: Guess, guess: Guess) -> bool:
        """If that is the truth, the guess may be wrong: somebody of its set may have answered otherwise."""
        if truth.place == guess.place:
            return truth.value != guess.value
        otherwise = self.n - self.counts[guess.value]
        taken = not self.several and truth.value != guess.value  # by those of the truth, who all answered otherwise
        return otherwise > self.sizes[truth.place] * taken
