"""Tallies: how those who share one value of one attribute answered. Attributes never meet in one row."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from services.survey.responses.ballot import Answer, Value

OTHER = "other"  # also takes an attribute's own value of that name, and the missing value
Scalar = int | float | bool | str


class Key(NamedTuple):
    attribute: str
    value: str
    question: str


class Tally:
    """Answers to one question. Several choices count each option, so counts may exceed `answers`."""

    def __init__(self) -> None:
        self.answers = 0
        self.not_applicable = 0
        self.counts: Counter[tuple[type, Scalar]] = Counter()

    def add(self, value: Value | None) -> None:
        if value is None:
            self.not_applicable += 1
            return
        self.answers += 1
        for item in value if isinstance(value, list) else [value]:
            self.counts[type(item), item] += 1  # with the type, since True == 1

    def join(self, other: "Tally") -> None:
        self.answers += other.answers
        self.not_applicable += other.not_applicable
        self.counts.update(other.counts)


class Tallies:
    """Of one service, or of the questions asked once."""

    def __init__(self) -> None:
        self.shared: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.cells: defaultdict[Key, Tally] = defaultdict(Tally)

    def add(self, attributes: Mapping[str, str], declared: Iterable[str], answers: Iterable[Answer]) -> None:
        """Once for each respondent. `declared`: the attributes that are told apart."""
        answers = list(answers)
        for attribute in declared:
            value = attributes.get(attribute) or OTHER
            self.shared[attribute][value] += 1
            for answer in answers:
                self.cells[Key(attribute, value, answer.question)].add(answer.value)

    def joined(self, minimum: int) -> dict[Key, Tally]:
        """Without values that fewer than the minimum share."""
        kept = {attribute: kept_values(shared, minimum) for attribute, shared in self.shared.items()}
        result: defaultdict[Key, Tally] = defaultdict(Tally)
        for key, tally in self.cells.items():
            value = key.value if key.value in kept[key.attribute] else OTHER
            result[key._replace(value=value)].join(tally)
        return dict(result)


def kept_values(shared: Mapping[str, int], minimum: int) -> frozenset[str]:
    """The values that stand on their own; all others are `other`, which is empty or as many as the minimum.

    Unless all together are fewer than the minimum: then nothing is kept, and the caller destroys them.
    """
    kept = {value: people for value, people in shared.items() if people >= minimum and value != OTHER}
    other = sum(shared.values()) - sum(kept.values())
    while 0 < other < minimum and kept:
        smallest = min(kept, key=lambda value: (kept[value], value))
        other += kept.pop(smallest)
    return frozenset(kept)
