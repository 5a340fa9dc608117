"""What is told of those whom the contact policy leaves out, against whoever makes any audience and subtracts."""

from itertools import combinations
from random import Random
from uuid import UUID

from services.survey.waves.rules import Judged, rounded, told

MINIMUM = 5
ROOT = UUID(int=1)


def tree(people: list[int], left_out: list[int], served: set[int]) -> list[Judged]:
    """Units below one root, numbered from 0, of which every third has the one before above it."""

    def parent(number: int) -> UUID:
        return UUID(int=number + 1) if number % 3 == 2 else ROOT

    below = [Judged(UUID(int=number + 2), parent(number), size, left_out[number], number in served)
             for number, size in enumerate(people)]  # fmt: skip
    return [Judged(ROOT, None, 0, 0, served=False), *below]


def test_a_number_is_to_the_nearest_tenth_of_enough_people() -> None:
    assert [rounded(left_out, 49, MINIMUM) for left_out in (0, 1, 25, 49)] == [0, 0, 0, 0]
    assert [rounded(left_out, 60, MINIMUM) for left_out in (0, 2, 3, 8, 9, 33, 60)] == [0, 0, 6, 6, 12, 36, 60]
    assert rounded(53, 53, MINIMUM) == 53


def test_one_person_is_in_no_difference() -> None:
    """Units of one person beside large ones: whether that person is left out changes no answer."""
    people = [1, 30, 25, 1, 60, 3, 1, 80, 1]
    for alone in (0, 3, 6, 8):
        out = [int(number == alone) for number in range(9)]
        for size in range(10):
            for served in combinations(range(9), size):
                assert told(tree(people, out, set(served)), MINIMUM) == 0


def test_of_all_or_none_of_many_it_is_exact() -> None:
    units = tree([60, 70], [60, 0], {0, 1})
    assert told(units, MINIMUM) == 60


def test_all_audiences_together_tell_no_more_than_a_number_for_each_part() -> None:
    """The answers are sums over parts that no audience moves, so an edge cannot be looked for."""
    chance = Random(8)
    people = [chance.choice([1, 4, 20, 55, 70]) for _ in range(10)]
    left_out = [chance.randint(0, size) for size in people]
    answers = {
        chosen: told(tree(people, left_out, set(chosen)), MINIMUM)
        for size in range(11) for chosen in combinations(range(10), size)
    }  # fmt: skip
    parts: list[tuple[int, ...]] = []
    for chosen in answers:  # the smallest audiences of which something is told
        if told(tree(people, people, set(chosen)), MINIMUM) and not any(set(part) <= set(chosen) for part in parts):
            parts.append(chosen)
            assert sum(people[number] for number in chosen) >= 10 * MINIMUM
    assert parts
    assert sum(map(len, parts)) == len(set().union(*parts)), "they do not overlap"
    for chosen, answer in answers.items():
        assert answer == sum(answers[part] for part in parts if set(part) <= set(chosen))
