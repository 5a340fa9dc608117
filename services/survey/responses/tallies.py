"""Tallies: how those who share one value of one attribute answered. Attributes never meet in one row."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from services.survey.responses.ballot import Answer

OTHER = "other"  # also takes an attribute's own value of that name, and the missing value
Scalar = int | float | bool | str


class Key(NamedTuple):
    attribute: str
    value: str
    question: str


@dataclass
class Tally:
    """Answers to one question. Several choices count each option, so counts may exceed `answers`."""

    answers: int = 0
    not_applicable: int = 0
    counts: Counter[tuple[type, Scalar]] = field(default_factory=Counter)  # with the type, since True == 1

    def add(self, what: "What", times: int) -> None:
        if what.kind is None:
            self.not_applicable += times
            return
        if what.counted:
            self.counts[what.kind, what.value] += times
        if not what.counted or not what.one_of_several:
            self.answers += times


class What(NamedTuple):
    """Something to count about one answer. `kind` is None when the question did not apply."""

    question: str
    kind: type | None
    value: Scalar = ""
    counted: bool = True
    one_of_several: bool = False


def whats(answer: Answer) -> list[What]:
    """Several choices: one for the answer, and one for each option."""
    if answer.value is None:
        return [What(answer.question, None)]
    if isinstance(answer.value, list):
        options = [What(answer.question, str, option, one_of_several=True) for option in answer.value]
        return [What(answer.question, list, counted=False), *options]
    return [What(answer.question, type(answer.value), answer.value)]


class Tallies:
    """Of one service, or of the questions asked once."""

    def __init__(self) -> None:
        self.shared: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.cells: defaultdict[tuple[str, str], Counter[What]] = defaultdict(Counter)

    def add(self, attributes: Mapping[str, str], declared: Iterable[str], answers: Iterable[Answer]) -> None:
        """Once for each respondent. `declared`: the attributes that are told apart."""
        counted = [what for answer in answers for what in whats(answer)]
        for attribute in declared:
            value = attributes.get(attribute) or OTHER
            self.shared[attribute][value] += 1
            self.cells[attribute, value].update(counted)

    def joined(self, minimum: int) -> dict[Key, Tally]:
        """Without values that fewer than the minimum share."""
        kept = {attribute: kept_values(shared, minimum) for attribute, shared in self.shared.items()}
        result: defaultdict[Key, Tally] = defaultdict(Tally)
        for (attribute, value), counted in self.cells.items():
            told = value if value in kept[attribute] else OTHER
            for what, times in counted.items():
                result[Key(attribute, told, what.question)].add(what, times)
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
