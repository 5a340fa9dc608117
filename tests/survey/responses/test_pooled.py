from itertools import combinations
from random import Random
from uuid import UUID

import numpy as np
import pytest

from services.survey.responses.ballot import Answer, Part
from services.survey.responses.pooled import PERSONS, SEVERAL, Figure, Pool, Sums, score

PROVIDER, OTHER_PROVIDER = UUID(int=1), UUID(int=2)
CLEANING, CATERING, LAPTOPS, RARE = (UUID(int=n) for n in range(10, 14))
PROVIDERS = {CLEANING: PROVIDER, CATERING: PROVIDER, LAPTOPS: OTHER_PROVIDER}


def rating(service: UUID | None, value: int | None) -> Part:
    return Part(service, [Answer("overall", value), Answer("comment", "Prima")])


def test_sums_over_persons() -> None:
    pool = Pool({"overall": "rating", "comment": "text"}, PROVIDERS, 5)
    for _ in range(PERSONS):
        pool.add([rating(CLEANING, 8), rating(CATERING, 4), rating(LAPTOPS, 6), rating(RARE, 1), rating(None, 9)])
    pool.add([rating(CLEANING, None), rating(LAPTOPS, 10)])
    assert pool.figures() == {
        Figure(PROVIDER, "overall"): Sums(100, 200, 400, 100 * 2 * 12, 100 * 12 * 12),
        Figure(OTHER_PROVIDER, "overall"): Sums(101, 101, 101, 610, 3700),
        Figure(None, "overall"): Sums(101, 301, 901, 100 * 3 * 18 + 10, 100 * 18 * 18 + 100),
    }


@pytest.mark.parametrize("both", [0, 1, SEVERAL - 1, SEVERAL])
def test_nothing_is_told_of_a_few_who_rated_several_services(both: int) -> None:
    """Less what the distribution tells, the sums of a provider are about these alone."""
    pool = Pool({"overall": "rating"}, PROVIDERS, 5)
    for number in range(PERSONS):
        pool.add([rating(CLEANING, 8), *([rating(CATERING, 4)] if number < both else [])])
    told = {Figure(PROVIDER, "overall"), Figure(None, "overall")}
    assert pool.figures().keys() == (told if both in (0, SEVERAL) else set())


@pytest.mark.parametrize(("both", "across"), [(0, 3), (SEVERAL, 3), (SEVERAL, SEVERAL), (0, 0), (3, SEVERAL)])
def test_the_organisation_less_its_providers_is_not_about_a_few(both: int, across: int) -> None:
    pool = Pool({"overall": "rating"}, PROVIDERS, 5)
    for number in range(2 * PERSONS):
        more = [rating(CATERING, 4)] if number < both else [rating(LAPTOPS, 6)] if number < both + across else []
        pool.add([rating(CLEANING, 8), *more])
    beyond = across + (both if both < SEVERAL else 0)
    assert (Figure(None, "overall") in pool.figures()) == (beyond == 0 or beyond >= SEVERAL)


def test_nothing_is_told_where_those_who_rated_several_services_gave_one_mark() -> None:
    pool = Pool({"overall": "rating"}, PROVIDERS, 5)
    for number in range(PERSONS):
        pool.add([rating(CLEANING, 10), rating(CATERING, 10)] if number < 2 * SEVERAL else [rating(CLEANING, 3)])
    assert pool.figures() == {}


def test_the_questions_told_of_grow_with_those_who_rated_several_services() -> None:
    """The survey's first before the others; one that nobody answers twice costs nothing."""
    kinds = dict.fromkeys(("overall", "expertise", "once", "effort", "nps"), "rating")
    for several, told in ((2 * SEVERAL - 1, "overall once"), (3 * SEVERAL, "overall expertise once effort")):
        pool = Pool(kinds, PROVIDERS, 5)
        for number in range(PERSONS):
            both = [CLEANING, CATERING] if number < several else [CLEANING]
            pool.add(
                Part(
                    service, [Answer(question, 1 + number % 5) for question in kinds if question != "once" or not place]
                )
                for place, service in enumerate(both)
            )
        assert {figure.question for figure in pool.figures()} == set(told.split())


@pytest.mark.parametrize(("several", "questions"), [(SEVERAL, 1), (SEVERAL, 30), (2 * SEVERAL, 2), (3 * SEVERAL, 30)])
@pytest.mark.parametrize("seed", range(3))
def test_no_two_responses_are_certainly_one_persons(several: int, questions: int, seed: int) -> None:
    """The attacker has all responses of both services apart, and what the sums leave of those with two. For everybody
    there is another way to put these together that gives the same sums."""
    random = Random(seed)
    names = [f"question{number}" for number in range(questions)]
    given = [[[random.randint(1, 5) for _ in names] for _ in range(2)] for _ in range(several)]
    pool = Pool(dict.fromkeys(names, "rating"), PROVIDERS, 5)
    for number in range(PERSONS):
        marks = given[number] if number < several else [[random.randint(1, 5) for _ in names]]
        pool.add(
            Part(service, [Answer(name, mark) for name, mark in zip(names, of, strict=True)])
            for service, of in zip((CLEANING, CATERING), marks, strict=False)
        )
    told = [names.index(figure.question) for figure in pool.figures() if figure.provider_id == PROVIDER]
    assert told
    first, second = (np.array([pair[place] for pair in given])[:, told] for place in range(2))
    change = (first[:, None] - first[None]) * (
        second[None] - second[:, None]
    )  # of Σ of products, if two exchange theirs
    exchanges: dict[tuple[int, ...], list[tuple[int, int]]] = {}
    for one, other in combinations(range(several), 2):
        exchanges.setdefault(tuple(change[one, other]), []).append((one, other))

    def otherwise(one: int) -> bool:
        return any(
            {one, other}.isdisjoint(pair)
            for other in range(several) if other != one
            for pair in exchanges.get(tuple(-change[one, other]), ())
        )  # fmt: skip

    assert all(map(otherwise, range(several)))


def test_a_raised_minimum_counts_here_too() -> None:
    pool = Pool({"overall": "rating"}, PROVIDERS, SEVERAL + 1)
    for number in range(PERSONS):
        pool.add([rating(CLEANING, 8), *([rating(CATERING, 4)] if number < SEVERAL else [])])
    assert pool.figures() == {}


def test_nothing_is_told_of_fewer_than_a_hundred_persons() -> None:
    pool = Pool({"overall": "rating"}, PROVIDERS, 5)
    for _ in range(PERSONS - 1):
        pool.add([rating(CLEANING, 8)])
    assert pool.figures() == {}


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("nps", 9, 1), ("nps", 8, 0), ("nps", 7, 0), ("nps", 6, -1), ("yesNo", True, 1), ("yesNo", False, 0),
        ("lostTime", 90, None), ("number", 3.5, None), ("rating", None, None), ("singleChoice", "price", None), ("text", "9", None),
    ],
)  # fmt: skip
def test_what_an_interval_is_about(kind: str, value: int | str | bool | None, expected: float | None) -> None:
    assert score(kind, value) == expected
