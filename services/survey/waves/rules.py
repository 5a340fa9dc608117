"""Pure rules of waves: whom a sample falls to, and when what is due. `turnouts.py` has what of the progress may be told."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

Parents = Mapping[UUID, UUID | None]
TENTHS = 10
MATCHED, LEFT_OUT = "matched", "leftOut"  # exact, so kept while a wave goes on and told of by nothing


class Judged(NamedTuple):
    """A unit's own people, and how many of them the contact policy leaves out. `served`: they are in the audience."""

    unit_id: UUID
    parent_id: UUID | None
    people: int
    left_out: int
    served: bool


def told(units: Sequence[Judged], minimum: int) -> int:
    """About how many of the audience the contact policy leaves out, as far as that gives away nobody.

    Whoever may make any audience can subtract the answers: of two that differ by one person, also where they are rounded,
    for an audience can be found that lies just at the edge. So nothing is worked out for the audience. The tree falls
    into parts that are the same for all audiences, each of ten times the minimum at least; each has a number of its own,
    rounded to tenths of it; and an audience is told the sum of the parts that lie in it whole. So for all
    audiences of a day each part has one number, as long as what is counted is the same for all: `left_out` by the
    organisation's policy alone, and `minimum` the organisation's. What somebody knows of the part's people besides, and
    how the number moves from day to day, may still tell more: decision 0011 says what that leaves."""
    of = {unit.unit_id: unit for unit in units}
    return sum(
        rounded(sum(of[unit].left_out for unit in part), sum(of[unit].people for unit in part), minimum)
        for part in _parts(of, TENTHS * minimum)
        if all(of[unit].served for unit in part)
    )


def rounded(left_out: int, people: int, minimum: int) -> int:
    """To the nearest tenth of the people; none is told of fewer than ten times the minimum."""
    if people < TENTHS * minimum:
        return 0
    step = people // TENTHS
    return min(people, (left_out + step // 2) // step * step)


def added(counts: Mapping[str, int], more: Mapping[str, int]) -> dict[str, Any]:
    """What is nobody is not there."""
    sums = {name: counts.get(name, 0) + more.get(name, 0) for name in (*counts, *more)}
    return {name: number for name, number in sums.items() if number}


def told_at_the_end(counts: Mapping[str, int], minimum: int) -> dict[str, Any]:
    """Of a wave after interactions, whose days are each too few to be told of."""
    if MATCHED not in counts:
        return dict(counts)
    about = rounded(counts.get(LEFT_OUT, 0), counts[MATCHED], minimum)
    exact = {name: -counts.get(name, 0) for name in (MATCHED, LEFT_OUT)}
    return added(counts, {**exact, "contactPolicy": about})


def _parts(units: Mapping[UUID, Judged], least: int) -> Iterator[list[UUID]]:
    """From the leaves up: what is in or below a unit and in no part yet is one as soon as it has people enough. What
    remains at the top is none."""
    parents = {unit: judged.parent_id for unit, judged in units.items()}
    waiting: dict[UUID | None, list[UUID]] = {}
    for unit in reversed(tree_order(parents)):
        there = [*waiting.pop(unit, []), *([unit] if units[unit].people else [])]
        if sum(units[one].people for one in there) >= least:
            yield there
        else:
            waiting.setdefault(parents[unit], []).extend(there)


def allocate(size: int, strata: Sequence[tuple[UUID, int]], seed: int) -> dict[UUID, int]:
    """Shares a sample out over units in proportion to their people, by systematic sampling from a seeded start.

    Every unit gets its exact share rounded down or up, the parts sum to `size`, and everybody's chance is the same. (The
    largest remainders would leave small teams out of every sample.) With the units in the order of the tree, the units
    above them get their shares too. Madow, On the theory of systematic sampling II, Ann. Math. Stat. 20 (1949).
    """
    total = sum(people for _, people in strata)
    if not total:
        return {}
    start = offset(seed) % total
    shares: dict[UUID, int] = {}
    before = reached = 0
    for unit, people in strata:
        reached += size * people
        shares[unit] = _strokes(reached - start, total) - _strokes(before - start, total)
        before = reached
    return shares


def offset(seed: int) -> int:
    """Where an allocation starts, by the people there are."""
    return int.from_bytes(sha256(f"allocation:{seed}".encode()).digest())


def _strokes(length: int, step: int) -> int:
    """Length over step, rounded up."""
    return -(-length // step)


def tree_order(parents: Parents) -> list[UUID]:
    """Every unit before the units below it, and a unit's branch in one piece. A parent that is not there counts as
    none."""
    children = children_of(parents)
    order: list[UUID] = []
    waiting = list(reversed(children.get(None, [])))
    while waiting:
        unit = waiting.pop()
        order.append(unit)
        waiting.extend(reversed(children.get(unit, [])))
    return order


def children_of(parents: Parents) -> dict[UUID | None, list[UUID]]:
    children: dict[UUID | None, list[UUID]] = {}
    for unit in sorted(parents):
        parent = parents[unit]
        children.setdefault(parent if parent in parents else None, []).append(unit)
    return children


def in_or_below(parents: Parents, own: Mapping[UUID, int]) -> dict[UUID, int]:
    """Adds up counts by own unit along the tree."""
    totals = {unit: own.get(unit, 0) for unit in parents}
    for unit in reversed(tree_order(parents)):
        parent = parents[unit]
        if parent in totals:
            totals[parent] += totals[unit]
    return totals


def depths_of(parents: Parents) -> dict[UUID, int]:
    found: dict[UUID, int] = {}
    for unit in tree_order(parents):
        parent = parents[unit]
        found[unit] = found[parent] + 1 if parent in found else 0
    return found


def next_midnight(now: datetime, time_zone: str, *, since: timedelta = timedelta()) -> datetime:
    """When the progress is counted again: as a new day begins where the organisation is, but so long after `now` at
    least: whoever moves the organisation from zone to zone shall not count by the hour."""
    local = (now + since).astimezone(ZoneInfo(time_zone))
    return datetime.combine(local.date() + timedelta(days=1), time(), local.tzinfo)


def reminder_times(opens_at: datetime, reminders: Sequence[int], sent: int, zone: ZoneInfo) -> list[datetime]:
    """Of the reminders that are still to go out: at the hour of the opening, also once the clock has changed."""
    opened = opens_at.astimezone(zone)
    return [opened + timedelta(days=days) for days in sorted(reminders)[sent:]]


def portions_due(reminders: Sequence[int], reminded: int, today: int) -> dict[int, int]:
    """Of a wave that is added to, in days since it opened: which portions are to be reminded after day `reminded` and up
    to `today`, and with which of the reminders; of several the last."""
    due: dict[int, int] = {}
    for number, days in enumerate(sorted(reminders), start=1):
        due.update(dict.fromkeys(range(max(0, reminded + 1 - days), today + 1 - days), number))
    return due
