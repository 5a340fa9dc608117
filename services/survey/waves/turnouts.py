"""What may be told of who takes part in a wave: pure rules, on turnouts by unit."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import NamedTuple
from uuid import UUID

from services.survey.waves.rules import Parents, children_of, depths_of, tree_order


@dataclass(frozen=True)
class Without:
    """Of services: how many of those invited use none of them, and how many of those who answered rated none."""

    users: int = 0
    rating: int = 0

    def __add__(self, other: "Without") -> "Without":
        return Without(self.users + other.users, self.rating + other.rating)


NOBODY = Without()


@dataclass(frozen=True)
class Turnout:
    """`without`: of all services whose raters may be told too, in one order for all turnouts of a wave."""

    invited: int = 0
    bounced: int = 0
    answered: int = 0
    without: tuple[Without, ...] = ()

    def __add__(self, other: "Turnout") -> "Turnout":
        both = zip_longest(self.without, other.without, fillvalue=NOBODY)
        return Turnout(
            self.invited + other.invited, self.bounced + other.bounced, self.answered + other.answered,
            tuple(mine + theirs for mine, theirs in both),
        )  # fmt: skip

    def tellable(self, minimum: int) -> bool:
        """Nobody, or enough who answered. Less those who rated a service it speaks of those who did not, and so of
        those who cannot have: nobody, or hidden among enough."""
        enough = self.invited == 0 or self.answered >= minimum
        return enough and all(each.users == 0 or each.rating >= minimum for each in self.without)


class Rated(NamedTuple):
    """How many, by own unit, rated at least one of these services."""

    services: frozenset[UUID]
    people: Mapping[UUID, int]


@dataclass
class _Part:
    """A unit's branch: `rest` is what the shown units in it leave; `shown` are the topmost of these. One that is `kept`
    was told before, and stays known whatever is told now."""

    unit: UUID | None
    depth: int
    kept: bool
    total: Turnout = Turnout()
    rest: Turnout = Turnout()
    shown: list["_Part"] = field(default_factory=list)

    def join(self, branch: "_Part", minimum: int) -> None:
        """Takes the branch of a unit directly below."""
        self.total += branch.total
        if branch.kept or branch.told(minimum):
            self.shown.append(branch)
        else:
            self.rest += branch.rest
            self.shown += branch.shown

    def told(self, minimum: int) -> bool:
        return self.total.invited > 0 and self.rest.tellable(minimum)

    def settle(self, minimum: int) -> None:
        """What never suffices costs the units below nothing."""
        before = (self.rest, list(self.shown))
        while not self.rest.tellable(minimum) and (loose := [part for part in self.shown if not part.kept]):
            nearest = min(loose, key=lambda part: (part.depth, part.total.invited, str(part.unit)))
            self.shown.remove(nearest)
            self.rest += nearest.rest
            self.shown += nearest.shown
        if not self.kept and not self.rest.tellable(minimum):
            self.rest, self.shown = before


def tellable(
    parents: Parents, own: Mapping[UUID, Turnout], minimum: int, kept: Collection[UUID | None] = ()
) -> dict[UUID | None, Turnout]:
    """The units, with the turnout in or below them, whose figures do not give away who answered; None: the whole wave,
    with those of units that are not in the tree.

    A unit's figure can be subtracted from one above it. So from the leaves up: what the shown units below leave of a
    unit must be nobody, or tellable. Otherwise the nearest shown unit below is not shown on its own (of equally near
    ones that with the fewest invited, for whoever repeats a choice by answers learns of them), until what is left
    suffices; if it never does, the unit is not shown and its
    people are part of what is left above. By adding and subtracting turnouts nothing smaller than such a remainder can
    be had.

    Nor by subtracting yesterday's figures: `kept`, which were told before, go on dividing those above them, so what is
    told more divides a remainder that could be had already. Of those kept, only what may be told still is in the answer.
    """
    children, depths = children_of(parents), depths_of(parents)
    parts: dict[UUID | None, _Part] = {}
    outside = sum((turnout for unit, turnout in own.items() if unit not in parents), Turnout())
    for unit in [*reversed(tree_order(parents)), None]:
        counted = own.get(unit, Turnout()) if unit else outside
        part = _Part(unit, depths[unit] if unit else -1, unit in kept, counted, counted)
        for child in children.get(unit, []):
            part.join(parts.pop(child), minimum)
        part.settle(minimum)
        parts[unit] = part
    order = [parts[None]]
    for part in order:
        order += part.shown
    told: dict[UUID | None, Turnout] = {}
    for part in reversed(order):  # without one of those in it, a part's figure is not that of its remainder and theirs
        if part.told(minimum) and all(inside.unit in told for inside in part.shown):
            told[part.unit] = part.total
    return told


def enough_came(then: Turnout | None, now: Turnout, minimum: int) -> bool:
    """Of the whole of a wave that is added to: whether what was told then does not single out who came since."""
    if then is None or now.invited == then.invited:
        return True
    return now.invited - then.invited >= minimum and now.answered - then.answered >= minimum


def before_the_end(
    own: Mapping[UUID, Turnout], used: Mapping[UUID, Collection[UUID]], minimum: int,
    asked: Mapping[UUID, Mapping[UUID, Turnout]] | None = None,
) -> dict[UUID, Turnout]:  # fmt: skip
    """The same turnouts, `without` filled in while it is not known yet who rates what: all users may rate all they use.

    Then those who do not use a service are what its raters leave of the turnout. And who uses no service of which enough
    users answered is what the raters of all others leave: those are told of when nobody is left of them. `used` gives
    each service's users by their own units; `asked` as for `beside_raters`."""
    of = (
        asked
        if asked is not None
        else {service: {unit: own[unit] for unit in units if unit in own} for service, units in used.items()}
    )
    shown = [units for units in of.values() if sum(turnout.answered for turnout in units.values()) >= minimum]

    def without(unit: UUID, turnout: Turnout) -> Iterator[Without]:
        for units in of.values():
            theirs = units.get(unit, Turnout())
            yield Without(turnout.invited - theirs.invited, turnout.answered - theirs.answered)
        yield Without(max(0, turnout.invited - sum(units[unit].invited for units in shown if unit in units)))

    return {unit: replace(turnout, without=tuple(without(unit, turnout))) for unit, turnout in own.items()}


def beside_raters(
    own: Mapping[UUID, Turnout], used: Mapping[UUID, Collection[UUID]], raters: Sequence[Rated],
    asked: Mapping[UUID, Mapping[UUID, Turnout]] | None = None,
) -> dict[UUID, Turnout]:  # fmt: skip
    """The same turnouts, `without` filled in for a wave that was taken out.

    `asked`, where each was asked about the one service that they used: those who were, of each service and own unit. The
    others cannot have rated it, and who used what is known outside."""

    def without(unit: UUID, turnout: Turnout, rated: Rated, theirs: frozenset[UUID]) -> Without:
        if asked is None:
            others = 0 if unit in theirs else turnout.invited
        else:
            of = [asked.get(service, {}).get(unit, Turnout()).invited for service in rated.services]
            others = turnout.invited - sum(of)
        return Without(others, turnout.answered - rated.people.get(unit, 0))

    users = [frozenset[UUID]().union(*(used.get(service, ()) for service in rated.services)) for rated in raters]
    return {
        unit: replace(turnout, without=tuple(without(unit, turnout, *each) for each in zip(raters, users, strict=True)))
        for unit, turnout in own.items()
    }
