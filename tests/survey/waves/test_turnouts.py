"""What may be told of who takes part, without a database."""

from collections.abc import Mapping
from random import Random
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.survey.waves import rules, turnouts
from services.survey.waves.turnouts import Rated, Turnout
from tests.survey.waves.test_rules import ids


def turnout(answered: int, invited: int = 100) -> Turnout:
    return Turnout(invited=invited, answered=answered)


def test_a_small_unit_cannot_be_had_by_subtraction() -> None:
    root, large, small, other = ids(4)
    parents = {root: None, large: root, small: root, other: root}
    told = turnouts.tellable(parents, {large: turnout(9), small: turnout(2), other: turnout(20, 50)}, 5)
    assert told == {None: turnout(31, 250), root: turnout(31, 250), large: turnout(9)}


def test_a_unit_where_nobody_answered_is_not_told() -> None:
    root, all_of_them, nobody, some = ids(4)
    parents = {root: None, all_of_them: root, nobody: root, some: root}
    own = {all_of_them: turnout(8, 8), nobody: turnout(0, 8), some: turnout(30)}
    assert set(turnouts.tellable(parents, own, 5)) == {None, root, some}
    assert set(turnouts.tellable(parents, own | {nobody: turnout(0, 0)}, 5)) == {None, root, all_of_them, some}


@pytest.mark.parametrize("answered", [0, 1])
def test_who_alone_does_not_use_a_service_is_not_had_by_subtracting_its_raters(answered: int) -> None:
    """8 of 8 answered and rated it; the only one who could not may have answered too, or not."""
    root, many, one = ids(3)
    parents = {root: None, many: root, one: root}
    own = {many: turnout(8, 8), one: turnout(answered, 1)}
    service, other = ids(5)[3:]
    used = {service: [many], other: [one]}
    rated = [Rated(frozenset([service]), {many: 8})]
    assert set(turnouts.tellable(parents, turnouts.beside_raters(own, used, rated), 5)) == {many}
    assert set(turnouts.tellable(parents, turnouts.before_the_end(own, used, 5), 5)) == {many}


def test_those_who_use_no_service_that_is_shown_are_not_had_by_subtracting_all_raters() -> None:
    """Each service alone leaves many, both together leave the one who uses neither."""
    root, left, right, one = ids(4)
    parents = {root: None, left: root, right: root, one: root}
    own = {left: turnout(8, 9), right: turnout(8, 9), one: turnout(1, 1)}
    first, second = ids(6)[4:]
    used = {first: [left], second: [right]}
    rated = [Rated(frozenset([first]), {left: 8}), Rated(frozenset([second]), {right: 8})]
    alone = turnouts.tellable(parents, turnouts.beside_raters(own, used, rated), 5)
    assert set(alone) == {None, root}
    both = Rated(frozenset([first, second]), {left: 8, right: 8})
    assert set(turnouts.tellable(parents, turnouts.beside_raters(own, used, [*rated, both]), 5)) == {left, right}


@pytest.mark.parametrize(("answered", "told"), [(0, False), (3, False), (4, True)])
def test_before_the_end_who_use_only_services_that_may_stay_hidden_must_be_nobody(answered: int, told: bool) -> None:
    """The raters of those that are shown can be subtracted from what is told now; of `payroll`, `everything` counts."""
    root, left, right, apart, everything = ids(5)
    parents = {root: None, left: root, right: root, apart: root, everything: root}
    own = {left: turnout(20, 20), right: turnout(20, 20), apart: turnout(answered, 8), everything: turnout(1, 1)}
    cleaning, catering, payroll = ids(8)[5:]
    used = {cleaning: [left, everything], catering: [right, everything], payroll: [apart, everything]}
    assert (None in turnouts.tellable(parents, turnouts.before_the_end(own, used, 5), 5)) is told


def test_what_was_told_yesterday_is_no_way_round() -> None:
    """Today's `line` 15 less `north` 6 leaves 9, of the line's own and of `south`, of whom yesterday's 5 are known."""
    line, north, south = ids(3)
    parents = {line: None, north: line, south: line}
    first = {line: turnout(2, 6), north: turnout(4, 9), south: turnout(5, 8)}
    yesterday = turnouts.tellable(parents, first, 5)
    assert {unit: yesterday[unit].answered for unit in yesterday} == {None: 11, line: 11, south: 5}
    second = first | {north: turnout(6, 9), south: turnout(7, 8)}
    assert set(turnouts.tellable(parents, second, 5)) == {None, line, north}
    assert set(turnouts.tellable(parents, second, 5, kept=yesterday)) == {None, line, south}


@settings(max_examples=200)
@given(st.integers(2, 14), st.integers(0, 2**32), st.integers(2, 6))
def test_which_unit_is_taken_in_does_not_hang_on_small_differences(units: int, seed: int, minimum: int) -> None:
    """Beside units of one person only those of which enough answered: what is told hangs on the invited alone."""
    random = Random(seed)
    names = ids(units)
    parents = {unit: random.choice([None, *names[:place]]) if place else None for place, unit in enumerate(names)}
    invited = {unit: random.choice([1, random.randint(minimum, 30)]) for unit in names}
    told = [
        set(turnouts.tellable(parents, {unit: turnout(random.randint(min(n, minimum), n), n) for unit, n in invited.items()}, minimum))
        for _ in range(2)
    ]  # fmt: skip
    assert told[0] == told[1]


@settings(max_examples=150)
@given(st.integers(2, 14), st.integers(0, 2**32), st.integers(2, 6))
def test_over_the_days_only_remainders_are_divided(units: int, seed: int, minimum: int) -> None:
    """Whatever is told on later days, each set that can be had on any day is one in which enough answered."""
    random = Random(seed)
    names = ids(units)
    parents = {unit: random.choice([None, *names[:place]]) if place else None for place, unit in enumerate(names)}
    invited = {unit: random.randint(0, 12) for unit in names}
    answered = dict.fromkeys(names, 0)
    kept: set[UUID | None] = set()
    for _day in range(6):
        answered = {unit: random.randint(answered[unit], invited[unit]) for unit in names}
        own = {unit: turnout(answered[unit], invited[unit]) for unit in names}
        told = set(turnouts.tellable(parents, own, minimum, kept))
        assert kept <= told
        kept = told
        for unit in kept:
            inside = [each for each in names if nearest(each, parents, kept) == unit]
            people, gave = sum(invited[each] for each in inside), sum(answered[each] for each in inside)
            assert people == 0 or gave >= minimum


def test_without_what_was_told_before_a_part_is_not_its_remainder() -> None:
    """A part that is known, and cannot be told any more, would leave its parent an empty remainder."""
    root, left, right, both, one = ids(5)
    parents = {root: None, left: root, right: root, both: root, one: root}
    own = {left: turnout(20, 20), right: turnout(20, 20), both: turnout(5, 5), one: turnout(1, 1)}
    first, second, third = ids(8)[5:]
    used = {first: [left, both], second: [right, both], third: [one, both]}
    rated = [Rated(frozenset([first, second]), {left: 20, right: 20, both: 5})]
    end = turnouts.beside_raters(own, used, rated)
    assert None not in turnouts.tellable(parents, end, 5)
    assert None not in turnouts.tellable(parents, end, 5, kept={None, root})


@pytest.mark.parametrize(
    ("invited", "answered", "enough"),
    [(20, 10, True), (20, 12, True), (21, 11, False), (25, 10, False), (25, 15, True)],
)
def test_who_came_since_is_not_singled_out(invited: int, answered: int, enough: bool) -> None:
    assert turnouts.enough_came(turnout(10, 20), turnout(answered, invited), 5) is enough
    assert turnouts.enough_came(None, turnout(answered, invited), 5)


def nearest(unit: UUID, parents: Mapping[UUID, UUID | None], kept: set[UUID | None]) -> UUID | None:
    """The unit told that it counts for last."""
    at: UUID | None = unit
    while at is not None and at not in kept:
        at = parents[at]
    return at


def test_too_few_in_all_tell_of_no_unit() -> None:
    root, child = ids(2)
    assert turnouts.tellable({root: None, child: root}, {child: turnout(4)}, 5) == {}


@settings(max_examples=150)
@given(st.integers(1, 30), st.integers(0, 2**32), st.integers(2, 10))
def test_every_remainder_of_what_is_told_is_nobody_or_enough(count: int, seed: int, minimum: int) -> None:
    """Residuals by brute force: everything derivable from a tree of sums is a union of these."""
    random, units = Random(seed), ids(count)
    parents = {unit: random.choice([None, *units[:place]]) for place, unit in enumerate(units)}
    own = {unit: turnout(random.randint(0, invited), invited) for unit in units for invited in [random.randint(0, 25)]}
    told = turnouts.tellable(parents, own, minimum)
    inside = {unit: branch(parents, unit) if unit else set(units) for unit in told}
    for unit, total in told.items():
        assert total == sum((own[member] for member in inside[unit]), Turnout())
        assert total.answered >= minimum
    for members in inside.values():
        below = [other for other in inside.values() if other < members]
        rest = sum((own[member] for member in members.difference(*below)), Turnout())
        assert rest.invited == 0 or rest.answered >= minimum


def branch(parents: dict[UUID, UUID | None], top: UUID) -> set[UUID]:
    found = {top}
    for unit in rules.tree_order(parents):
        if parents[unit] in found:
            found.add(unit)
    return found
