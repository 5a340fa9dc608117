"""Answers to counts. Pure."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol
from uuid import UUID

Value = int | float | bool | str


class AnAnswer(Protocol):
    @property
    def question(self) -> str: ...
    @property
    def value(self) -> Value | list[str] | None: ...
    @property
    def ranked(self) -> bool: ...


class AResponse(Protocol):
    @property
    def group_id(self) -> UUID: ...
    @property
    def answers(self) -> Sequence[AnAnswer]: ...


class Place(NamedTuple):
    group: UUID
    question: str


class Counts:
    def __init__(self) -> None:
        self.given: Counter[Place] = Counter()
        self.not_applicable: Counter[Place] = Counter()
        self.values: Counter[tuple[Place, str]] = Counter()

    @property
    def places(self) -> list[Place]:
        return sorted(self.given.keys() | self.not_applicable.keys())


def count(responses: Iterable[AResponse]) -> Counts:
    counts = Counts()
    for response in responses:
        for answer in response.answers:
            place = Place(response.group_id, answer.question)
            if answer.value is None:
                counts.not_applicable[place] += 1
                continue
            counts.given[place] += 1
            several = answer.value if isinstance(answer.value, list) else [answer.value]
            for value in several[:1] if answer.ranked else several:
                counts.values[place, write(value)] += 1
    return counts


def write(value: Value) -> str:
    """How a value is told from others: 8 and 8.0 are one, true and "true" are two."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return json.dumps(value, ensure_ascii=False)


def read(text: str) -> Value:
    value: Value = json.loads(text)
    return value
