"""Ties what was answered to who answered, as well as the evidence allows, and counts how often that is right.

The attacker knows the tree, who is in which unit with which attributes, even (from colleagues, say) who rated which
service and wrote a comment; who has answered, when, and whose sealed ballot is whose, for the write-ahead log gives all
of that away; and everything that came out. What is missing is a way from a sealed ballot to what came out of it. So each
order of persons that the evidence or the personnel file knows is laid beside each order of what came out. Analytics is
told nothing but the feed: it knows no order that is not made from it.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from services.contracts import events
from services.survey.responses.groups import Tree, form_groups


@dataclass(frozen=True)
class Person:
    """`trace` is what the person answered everywhere as lost time: nobody else did. It tells the truth, afterwards.
    `rated` and `commented` are services, as they become known."""

    number: int
    employee: UUID
    unit: UUID
    services: frozenset[UUID]
    attributes: dict[str, str]
    trace: int
    rated: set[UUID] = field(default_factory=set)
    commented: set[UUID] = field(default_factory=set)


@dataclass(frozen=True)
class Evidence:
    """A copy of the database at one moment: where rows lay, and with the log whose ballot was whose."""

    places: dict[int, tuple[int, int]]
    ballot_places: dict[int, tuple[int, int]]
    ballot_ids: dict[int, UUID]
    sealed: dict[int, bytes]


@dataclass(frozen=True)
class Thing:
    """A response or a comment; `trace` is whose it is."""

    feed: int
    id: UUID
    content: str
    trace: int


PERSONS = (
    "log", "number", "employee", "unit", "attributes", "place", "ballot's place", "ballot's id", "ballot's bytes",
)  # fmt: skip
THINGS: tuple[Callable[[Thing], Any], ...] = (
    lambda thing: thing.feed,
    lambda thing: -thing.feed,
    lambda thing: thing.id,
    lambda thing: thing.content,
)
LAST = (1 << 40, 0)


@dataclass
class Cell:
    """Things, and the persons whose they are, one each. `guesses` counts by way of guessing, thing and person."""

    persons: list[Person]
    things: list[Thing] = field(default_factory=list)
    guesses: NDArray[np.int64] = field(default_factory=lambda: np.zeros((0, 0, 0), np.int64))

    def truth(self) -> NDArray[np.int64]:
        """The person of each thing."""
        place = {person.trace: at for at, person in enumerate(self.persons)}
        found = [place[thing.trace] for thing in self.things]
        assert sorted(found) == list(range(len(self.persons))), "what came out is of these people, once each"
        return np.array(found)


def attack(cells: Sequence[Cell], evidence: Evidence, burned: Sequence[int]) -> None:
    """`burned`: invitations in the order of the write-ahead log."""
    turn = {number: at for at, number in enumerate(burned)}
    for cell in cells:
        size = len(cell.things)
        if not cell.guesses.size:
            cell.guesses = np.zeros((len(PERSONS) * len(THINGS), size, size), np.int64)
        orders = [_order(cell.persons, evidence, turn, name) for name in PERSONS]
        places = [sorted(range(size), key=lambda at, key=key: key(cell.things[at])) for key in THINGS]  # type: ignore[misc]
        ways = ((order, place) for order in orders for place in places)
        for way, (order, place) in enumerate(ways):
            cell.guesses[way, place, order] += 1


def _order(persons: Sequence[Person], evidence: Evidence, turn: dict[int, int], name: str) -> list[int]:
    """Places of persons in the order that is named; who is not in the evidence comes last."""
    nowhere = UUID(int=2**128 - 1)
    keys: dict[str, Callable[[Person], Any]] = {
        "log": lambda person: turn[person.number],
        "number": lambda person: person.number,
        "employee": lambda person: person.employee,
        "unit": lambda person: (person.unit, sorted(person.attributes.items()), turn[person.number]),
        "attributes": lambda person: (sorted(person.attributes.items()), turn[person.number]),
        "place": lambda person: evidence.places.get(person.number, LAST),
        "ballot's place": lambda person: (evidence.ballot_places.get(person.number, LAST), turn[person.number]),
        "ballot's id": lambda person: (evidence.ballot_ids.get(person.number, nowhere), person.number),
        "ballot's bytes": lambda person: (evidence.sealed.get(person.number, b"\xff"), person.number),
    }
    return sorted(range(len(persons)), key=lambda at: keys[name](persons[at]))


def cells_of(told: Sequence[events.Event], persons: Sequence[Person], tree: Tree, minimum: int) -> list[Cell]:
    """`persons`: those whose ballots came out. A cell's are those of the group, which the public rule tells."""
    cells: dict[tuple[Any, ...], Cell] = {}
    feed = 0
    for event in told:
        if isinstance(event, events.ResponsesTaken):
            raters = [person for person in persons if event.service_id in person.rated]
            for response in event.responses:
                feed += 1
                [trace] = [int(str(answer.value)) for answer in response.answers if answer.question == "lostTime"]
                cell = _cell(cells, ("response", event.service_id, response.group_id), raters, tree, minimum)
                content = response.model_dump_json(include={"answers"})
                cell.things.append(Thing(feed, response.id, content, trace))
        elif isinstance(event, events.CommentsTaken):
            writers = [person for person in persons if event.service_id in person.commented]
            for comment in event.comments:
                feed += 1
                cell = _cell(cells, ("comment", event.service_id, comment.group_id), writers, tree, minimum)
                cell.things.append(Thing(feed, comment.id, comment.text, int(comment.text.split()[-1])))
    return [cell for cell in cells.values() if cell.things]


def _cell(
    cells: dict[tuple[Any, ...], Cell], key: tuple[Any, ...], persons: Sequence[Person], tree: Tree, minimum: int
) -> Cell:
    if key not in cells:
        group_of = form_groups(tree, Counter(person.unit for person in persons), minimum).group_of
        cells[key] = Cell([person for person in persons if group_of.get(person.unit) == key[2]])
    return cells[key]


def told_of_attributes(told: Sequence[events.Event], persons: Sequence[Person]) -> set[str]:
    """The attributes and values that stand in what came out: with them, who has them could be looked up."""
    came_out = " ".join(event.model_dump_json() for event in told)
    return {word for person in persons for both in person.attributes.items() for word in both if word in came_out}


def chance(cells: Sequence[Cell], times: int, seed: int) -> float:
    """That pure guessing does as well: a permutation test, one-sided, of the hits of the way that is best at hitting.

    Without a way from ballots to what came out, every assignment of the things of a cell to its people is as likely as
    the true one; that several moments share one truth is in it too.
    """
    rng = np.random.default_rng(seed)
    truths = [cell.truth() for cell in cells]
    reached = _hits(cells, truths).max()
    as_good = sum(_hits(cells, [rng.permutation(truth) for truth in truths]).max() >= reached for _ in range(times))
    return float((1 + as_good) / (1 + times))


def _hits(cells: Sequence[Cell], truths: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    """By way of guessing."""
    hits = np.zeros(len(PERSONS) * len(THINGS), np.int64)
    for cell, truth in zip(cells, truths, strict=True):
        hits += cell.guesses[:, np.arange(len(truth)), truth].sum(axis=1)
    return hits
