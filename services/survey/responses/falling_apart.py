"""How opened ballots become responses and comments that are tied to nobody and not to each other."""

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

import msgspec

from services.survey.responses import ballot
from services.survey.responses.ballot import Answer, Part
from services.survey.responses.groups import Grouping, Tree, form_groups
from services.survey.waves.turnouts import Rated

shuffle = random.SystemRandom().shuffle

_answers = msgspec.msgpack.Encoder()
_read_answers = msgspec.msgpack.Decoder(list[Answer])


@dataclass(frozen=True)
class Rules:
    """What a wave was opened with. `kinds` gives each question's type."""

    minimum: int
    comment_minimum: int
    tree: Tree
    kinds: Mapping[str, str]


class Heap(NamedTuple):
    """What falls together: all about one service, or (without) asked once; with a question, that one alone."""

    service: UUID | None
    alone: str | None = None


class Comment(NamedTuple):
    group: UUID
    question: str
    language: str
    text: str


class Response(NamedTuple):
    group: UUID
    packed: bytes

    @property
    def answers(self) -> list[Answer]:
        return _read_answers.decode(self.packed)


@dataclass(frozen=True)
class Released:
    """All of one service, or of the questions asked once: what is left, each list in a random order of its own.

    An order shared by two services would tie what one person said about them.
    """

    grouping: Grouping
    responses: list[Response]
    comments: list[Comment]


@dataclass(frozen=True)
class Contents:
    """`rated`: how many, by own unit and by the services they rated. It leaves survey in no form."""

    answered: int
    released: dict[Heap, Released]
    rated: Counter[tuple[UUID, frozenset[UUID]]]
    rankings: frozenset[str] = frozenset()

    def raters(self) -> list[Rated]:
        """Of each service that has figures, and of all these together: who rated it, by own unit."""
        shown = [
            heap.service for heap, released in self.released.items()
            if heap.service is not None and heap.alone is None and released.responses
        ]  # fmt: skip
        sets = [frozenset([service]) for service in shown] + ([frozenset(shown)] if len(shown) > 1 else [])
        return [Rated(services, _people(self.rated, services)) for services in sets]

    @property
    def of_everybody(self) -> list[Grouping]:
        """How those are grouped who rated a service that all rated, or answered what all answered once."""
        groupings = [released.grouping for released in self.released.values()]
        return [each for each in groupings if sum(each.people.values()) + each.destroyed == self.answered]


def _people(rated: Counter[tuple[UUID, frozenset[UUID]]], services: frozenset[UUID]) -> Counter[UUID]:
    people: Counter[UUID] = Counter()
    for (unit, theirs), times in rated.items():
        if theirs & services:
            people[unit] += times
    return people


@dataclass
class _Heap:
    """Of one service, before groups are known."""

    raters: Counter[UUID] = field(default_factory=Counter)
    commenters: Counter[UUID] = field(default_factory=Counter)
    responses: list[Response] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)


def fall_apart(packed: Sequence[bytes], rules: Rules, services: Iterable[UUID]) -> Contents:
    """`services`: all of the wave, also those that nobody rated."""
    heaps: defaultdict[Heap, _Heap] = defaultdict(_Heap)
    heaps.update({Heap(service): _Heap() for service in [None, *services]})
    rated: Counter[tuple[UUID, frozenset[UUID]]] = Counter()
    for one in packed:
        opened = ballot.unpack(one)
        rated[opened.unit, frozenset(part.service for part in opened.parts if part.service and part.alone is None)] += 1
        for part in opened.parts:
            _sort_into(heaps[Heap(part.service, part.alone)], opened, part, rules)
    released = {of: _release(heap, rules) for of, heap in heaps.items()}
    return Contents(
        answered=len(packed),
        released=released,
        rated=rated,
        rankings=frozenset(question for question, kind in rules.kinds.items() if kind == "ranking"),
    )


def _sort_into(heap: _Heap, opened: ballot.Ballot, part: Part, rules: Rules) -> None:
    """Until groups are known the unit stands in their place."""
    texts = [answer for answer in part.answers if rules.kinds.get(answer.question) == "text"]
    others = [answer for answer in part.answers if rules.kinds.get(answer.question) != "text"]
    written = [answer for answer in texts if isinstance(answer.value, str) and answer.value.strip()]
    if others:
        heap.raters[opened.unit] += 1
        heap.responses.append(Response(opened.unit, _answers.encode(others)))
    if written:
        heap.commenters[opened.unit] += 1
    for answer in written:
        heap.comments.append(Comment(opened.unit, answer.question, opened.language, str(answer.value)))


def _release(heap: _Heap, rules: Rules) -> Released:
    grouping = form_groups(rules.tree, heap.raters, rules.minimum)
    comment_groups = form_groups(rules.tree, heap.commenters, rules.comment_minimum).group_of
    responses = [
        response._replace(group=grouping.group_of[response.group])
        for response in heap.responses
        if response.group in grouping.group_of
    ]
    comments = [
        comment._replace(group=comment_groups[comment.group])
        for comment in heap.comments
        if comment.group in comment_groups
    ]
    shuffle(responses)
    shuffle(comments)
    return Released(grouping, responses, comments)
