from collections import Counter
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.survey.responses.groups import Grouping, form_groups
from tests.survey.responses.municipality import Municipality, read

U = [UUID(int=n) for n in range(1, 40)]


@st.composite
def organisations(draw: st.DrawFn) -> tuple[dict[UUID, UUID | None], dict[UUID, int], int]:
    """A tree in any order of its units, some of them empty, and a minimum."""
    size = draw(st.integers(1, 30))
    tree: dict[UUID, UUID | None] = {U[0]: None}
    for at in range(1, size):
        tree[U[at]] = U[draw(st.integers(0, at - 1))]
    people = {unit: draw(st.integers(0, 9)) for unit in tree if draw(st.booleans())}
    order = draw(st.permutations(list(tree)))
    return {unit: tree[unit] for unit in order}, people, draw(st.integers(1, 12))


def in_or_below(tree: dict[UUID, UUID | None], unit: UUID) -> set[UUID]:
    found = {unit}
    while more := {child for child, parent in tree.items() if parent in found} - found:
        found |= more
    return found


@given(organisations())
def test_every_group_has_the_minimum_and_everybody_is_in_one(
    organisation: tuple[dict[UUID, UUID | None], dict[UUID, int], int],
) -> None:
    tree, people, minimum = organisation
    grouping = form_groups(tree, people, minimum)
    sizes: Counter[UUID] = Counter()
    for own, group in grouping.group_of.items():
        assert own in in_or_below(tree, group), "a group is the unit itself or one above it"
        sizes[group] += people[own]
    assert dict(sizes) == grouping.people
    assert all(size >= minimum for size in sizes.values())
    total = sum(people.values())
    assert grouping.destroyed == (total if total < minimum else 0)
    assert sizes.total() + grouping.destroyed == total


@given(organisations())
def test_a_closed_unit_holds_all_who_answered_there_and_every_difference_is_whole_groups(
    organisation: tuple[dict[UUID, UUID | None], dict[UUID, int], int],
) -> None:
    tree, people, minimum = organisation
    grouping = form_groups(tree, people, minimum)
    below = {unit: in_or_below(tree, unit) for unit in tree}
    answered = {unit: sum(people.get(one, 0) for one in below[unit]) for unit in tree}
    for unit in tree:
        there = sum(size for group, size in grouping.people.items() if group in below[unit])
        assert (unit in grouping.closed) == (
            answered[unit] > 0 and there == answered[unit] and not _outside(grouping, below[unit], people)
        )
        assert (unit in grouping.protected) == (answered[unit] >= minimum and unit not in grouping.closed)
    for upper in grouping.closed:
        for lower in grouping.closed & (below[upper] - {upper}):
            assert answered[upper] == answered[lower] or answered[upper] - answered[lower] >= minimum


def _outside(grouping: Grouping, units: set[UUID], people: dict[UUID, int]) -> bool:
    return any(people.get(unit, 0) and grouping.group_of.get(unit) not in units for unit in units)


def test_the_nearest_group_is_dissolved_and_of_equally_near_ones_the_smallest() -> None:
    root, left, right, deep = U[:4]
    tree = {root: None, left: root, right: root, deep: left}
    grouping = form_groups(tree, {root: 1, left: 7, right: 6, deep: 5}, 5)
    assert grouping.people == {root: 7, left: 7, deep: 5}
    assert grouping.closed == {root, left, deep}
    assert grouping.protected == {right}


def test_too_few_below_go_up_until_they_suffice() -> None:
    root, middle, leaf, other = U[:4]
    tree = {root: None, middle: root, leaf: middle, other: root}
    grouping = form_groups(tree, {leaf: 2, middle: 2, other: 1}, 5)
    assert grouping.group_of == {leaf: root, middle: root, other: root}
    assert grouping.closed == {root}
    assert not grouping.protected


def test_too_few_in_the_whole_organisation_are_destroyed() -> None:
    tree = {U[0]: None, U[1]: U[0]}
    grouping = form_groups(tree, {U[0]: 2, U[1]: 2}, 5)
    assert grouping == Grouping({}, {}, frozenset(), frozenset(), 4)


def test_most_cells_of_the_municipality_stay_open() -> None:
    """Of service by unit of the second level: about 90 % of those with five answers, 97 % of those with ten."""
    municipality = read()
    with_five, with_ten = _open_share(municipality, 5), _open_share(municipality, 10)
    assert 0.86 < with_five < 0.95
    assert with_ten > 0.95


def _open_share(municipality: Municipality, answers: int) -> float:
    second = [unit for unit, parent in municipality.tree.items() if parent == municipality.root]
    below = {unit: in_or_below(municipality.tree, unit) for unit in second}
    cells = opened = 0
    for wave in municipality.waves.values():
        for service in municipality.services:
            raters = Counter(person.unit for person in wave if service in person.rated)
            closed = form_groups(municipality.tree, raters, 5).closed
            for unit in second:
                if sum(raters[one] for one in below[unit]) >= answers:
                    cells += 1
                    opened += unit in closed
    return opened / cells
