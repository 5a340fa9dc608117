from collections import Counter
from collections.abc import Iterator
from itertools import combinations, combinations_with_replacement, product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.analytics.releases.control import control, undecided
from services.analytics.releases.rules import Answers, Rule, Together, Tree, total

NODES = st.integers(1, 12)


def answers(counts: dict[str, int], *, service: str = "s", not_applicable: int = 0) -> Answers:
    n = sum(counts.values())
    return Answers(Counter(counts), Counter({service: n}) if n else Counter(), not_applicable)


@st.composite
def tables(draw: st.DrawFn) -> tuple[Tree[int], dict[int, Answers], Rule, set[int] | None]:
    """Any tree, answers anywhere in it; the services of a node are its branch below the top."""
    size = draw(NODES)
    parents: dict[int, int | None] = {node: draw(st.integers(0, node - 1)) if node else None for node in range(size)}
    own = {
        node: answers(
            draw(st.dictionaries(st.sampled_from("12345"), st.integers(0, 6), max_size=3)),
            service=draw(st.sampled_from("abc")),
            not_applicable=draw(st.integers(0, 2)),
        )
        for node in range(size)
    }
    allowed = draw(st.none() | st.sets(st.integers(0, size - 1)))
    return Tree(parents), own, Rule(draw(st.integers(5, 8)), draw(st.integers(1, 3))), allowed


def blocks(tree: Tree[int], own: dict[int, Answers], shown: frozenset[int]) -> dict[int, Answers]:
    """Worked out anew: what is in a shown node and in none that is shown below it."""
    parts: dict[int, list[Answers]] = {node: [] for node in shown}
    for node, its in own.items():
        above: int | None = node
        while above is not None and above not in shown:
            above = tree.parents[above]
        if above is not None:
            parts[above].append(its)
    return {node: total(its) for node, its in parts.items()}


@settings(max_examples=150, deadline=None)
@given(tables(), st.integers(0, 9))
def test_every_block_is_empty_or_of_enough_people_who_are_not_all_alike(
    table: tuple[Tree[int], dict[int, Answers], Rule, set[int] | None], seed: int
) -> None:
    tree, own, rule, allowed = table
    shown = control(tree, own, rule, allowed, Random(seed))
    assert allowed is None or shown <= allowed
    for block in blocks(tree, own, shown).values():
        assert block.empty or block.least_persons(rule.each) >= rule.minimum
        assert not block.alike


@settings(max_examples=50, deadline=None)
@given(tables())
def test_nothing_is_hidden_where_each_cell_alone_is_safe(
    table: tuple[Tree[int], dict[int, Answers], Rule, set[int] | None],
) -> None:
    tree, _, rule, _ = table
    many = {node: answers({"1": rule.minimum * rule.each, "2": 1}) for node in tree.order}
    assert control(tree, many, rule, None, Random(0)) == frozenset(tree.order)


def shown_of(own: dict[str, Answers], seed: int = 0) -> frozenset[str]:
    """A top with children, each with answers of its own or none."""
    tree = Tree[str]({"top": None, **{child: "top" for child in own if child != "top"}})
    return control(tree, own, Rule(5, 1), None, Random(seed))


def test_a_cell_of_too_few_takes_the_smallest_neighbour_with_it() -> None:
    own = {"a": answers({"1": 3, "2": 1}), "b": answers({"1": 4, "2": 2}), "c": answers({"1": 5, "2": 5})}
    assert shown_of(own) == {"top", "c"}


def test_two_cells_of_too_few_that_suffice_together_take_none_with_them() -> None:
    own = {"a": answers({"1": 3}), "b": answers({"2": 3}), "c": answers({"1": 5, "2": 5})}
    assert shown_of(own) == {"top", "c"}


def test_with_nothing_to_take_in_the_cell_above_stays_and_the_only_one_below_is_hidden() -> None:
    own = {"top": answers({"1": 1}), "a": answers({"1": 4, "2": 4})}
    assert shown_of(own) == {"top"}


def test_those_who_answered_all_alike_are_hidden_with_others_that_chance_chooses() -> None:
    own = {name: answers({"1": 6, "4": 2}) for name in "bcdef"} | {"a": answers({"4": 7})}
    hidden = {frozenset("abcdef") - shown_of(own, seed) for seed in range(60)}
    assert all("a" in together and len(together) > 1 for together in hidden)
    assert frozenset.union(*hidden) == frozenset("abcdef")


# Somebody who reads that cells are hidden for being all alike, and knows how many answered in each.

Gave = Counter[str]


def ways(size: int, left: Gave) -> Iterator[Gave]:
    """How so many can have answered, if that is what they and others gave together."""
    values = sorted(left)
    for chosen in combinations_with_replacement(values, size):
        gave = Counter(chosen)
        if gave <= left:
            yield gave


def worlds(sizes: list[int], together: Gave) -> Iterator[list[Gave]]:
    if not sizes:
        yield []
        return
    for gave in ways(sizes[0], together):
        yield from ([gave, *rest] for rest in worlds(sizes[1:], together - gave))


def sure(sets: list[Gave]) -> list[tuple[int, str]]:
    """Which set must have given one value throughout, whatever else is true."""
    sizes, together = [gave.total() for gave in sets], sum(sets, Counter())
    possible = [world for world in worlds(sizes, together) if any(len(gave) == 1 for gave in world)]
    return [
        (place, value)
        for place, size in enumerate(sizes)
        for value in together
        if all(world[place][value] == size for world in possible)
    ]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.lists(st.sampled_from("123"), min_size=1, max_size=5).map(Counter), min_size=1, max_size=3))
def test_it_is_open_which_set_was_all_alike(sets: list[Gave]) -> None:
    """`undecided` is about sets of which one was alike, so one is made so."""
    first = sets[0].most_common(1)[0][0]
    sets = [Counter({first: sets[0].total()}), *sets[1:]]
    assert undecided([answers(dict(gave)) for gave in sets]) == (sure(sets) == [])


@pytest.mark.parametrize("seed", range(150))
def test_nobody_is_sure_which_of_the_hidden_cells_was_all_alike(seed: int) -> None:
    chance = Random(seed)
    own = {
        name: answers(dict(Counter(chance.choices("123", (chance.random(), 0.1, chance.random()), k=chance.randint(5, 7)))))
        for name in "abcde"
    }  # fmt: skip
    own["a"] = answers({"3": own["a"].n})
    shown = shown_of(own, seed)
    hidden = [own[name].counts for name in own if name not in shown]
    assert own["a"].counts in hidden
    if "top" in shown:
        assert sure(hidden) == []


TREES: dict[str, dict[str, str | None]] = {
    "two levels": {"top": None, "left": "top", "a": "left", "b": "left", "c": "top"},
    "a chain": {"top": None, "left": "top", "a": "left"},
}
SIZES = {"two levels": {"a": 5, "b": 5, "c": 6}, "a chain": {"top": 5, "left": 5, "a": 6}}


@pytest.mark.parametrize("name", TREES)
def test_whoever_knows_how_it_is_decided_is_not_sure_either(name: str) -> None:
    """Everything that two values allow, decided many times: whatever is shown can have come about in another way."""
    tree, sizes = Tree(TREES[name]), SIZES[name]
    seen: dict[frozenset[tuple[str, int]], list[dict[str, int]]] = {}
    for ones in product(*(range(size + 1) for size in sizes.values())):
        world = dict(zip(sizes, ones, strict=True))
        own = {node: answers({"1": n, "2": sizes[node] - n}) for node, n in world.items()}
        sums = tree.totals(own)
        for seed in range(25):
            shown = control(tree, own, Rule(5, 1), None, Random(seed))
            told = frozenset((node, sums[node].counts["1"]) for node in shown)
            if world not in seen.setdefault(told, []):
                seen[told].append(world)
    for told, possible in seen.items():
        alike = [node for node, size in sizes.items() for n in (0, size) if all(world[node] == n for world in possible)]
        assert alike == [], told


Choices = tuple[frozenset[str], ...]  # of each person, one or more


def counted(people: Choices) -> Gave:
    return Counter(option for chosen in people for option in chosen)


@pytest.mark.parametrize("sizes", [(2, 2), (2, 3), (3, 3), (1, 2, 2)])
def test_it_is_open_which_set_made_one_choice_throughout(sizes: tuple[int, ...]) -> None:
    """Every way in which people can have chosen one or more of three, against `undecided`."""
    menus = [frozenset(c) for n in (1, 2, 3) for c in combinations("abc", n)]
    gave = [
        {tuple(sorted(counted(way).items())) for way in combinations_with_replacement(menus, size)} for size in sizes
    ]
    truths: dict[tuple[tuple[str, int], ...], list[tuple[Gave, ...]]] = {}
    for world in product(*gave):
        sets = tuple(Counter(dict(each)) for each in world)
        if any(max(each.values()) == size for each, size in zip(sets, sizes, strict=True)):
            truths.setdefault(tuple(sorted(sum(sets, Counter()).items())), []).append(sets)
    for together, possible in truths.items():
        if max(count for _, count in together) == sum(sizes):
            continue  # all alike together: that is known, and refused before
        known = any(
            all(world[place][option] == size for world in possible)
            for place, size in enumerate(sizes) for option in "abc"
        )  # fmt: skip
        assert Together(sizes, Counter(dict(together))).undecided() <= (not known), (sizes, together)


def test_one_choice_that_all_made_is_alike() -> None:
    several = Answers(Counter({"desk": 6, "web": 2}), Counter({"s": 6}))
    mixed = Answers(Counter({"desk": 5, "web": 2}), Counter({"s": 6}))
    assert (several.alike, mixed.alike) == (True, False)


def test_ratings_of_several_services_may_be_of_the_same_people() -> None:
    both = total([answers({"1": 4}, service="a"), answers({"2": 4}, service="b")])
    assert (both.n, both.least_persons(3), both.least_persons(2), both.least_persons(1)) == (8, 4, 4, 8)
    three = total([both, answers({"3": 4}, service="c")])
    assert three.least_persons(2) == 6


def test_only_not_applicable_is_not_enough() -> None:
    own = {"a": answers({}, not_applicable=6), "b": answers({"1": 4, "2": 4}), "c": answers({"1": 4, "2": 4})}
    assert len(shown_of(own)) == 2
