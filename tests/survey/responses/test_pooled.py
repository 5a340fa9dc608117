from uuid import UUID

import numpy as np
import pytest
from scipy import stats

from services.survey.responses.ballot import Answer, Part
from services.survey.responses.pooled import PERSONS, SEVERAL, Effect, Figure, Pool, rounded, score

PROVIDER, OTHER_PROVIDER = UUID(int=1), UUID(int=2)
CLEANING, CATERING, LAPTOPS, RARE = (UUID(int=n) for n in range(10, 14))
PROVIDERS = {CLEANING: PROVIDER, CATERING: PROVIDER, LAPTOPS: OTHER_PROVIDER}


def rating(service: UUID | None, value: float | None) -> Part:
    return Part(service, [Answer("overall", value), Answer("comment", "Prima")])


def test_design_effects() -> None:
    pool = Pool({"overall": "rating", "comment": "text"}, PROVIDERS, 5)
    for number in range(PERSONS):
        given = 3 + number % 2 * 5
        pool.add(
            [rating(CLEANING, given), rating(CATERING, given), rating(LAPTOPS, 6), rating(RARE, 1), rating(None, 9)]
        )
    pool.add([rating(CLEANING, None), rating(LAPTOPS, 10)])
    assert pool.figures() == {
        Figure(PROVIDER, "overall"): Effect(200, 2.5),  # twice the same: 2, and k / (k - 1) takes it beyond
        Figure(OTHER_PROVIDER, "overall"): Effect(101, 1.0),
        Figure(None, "overall"): Effect(301, 2.0),
    }


def test_a_design_effect_is_rounded_up() -> None:
    assert [rounded(effect) for effect in (0.3, 1.0, 1.01, 1.5, 1.51, 2.5)] == [1.5, 1.5, 1.5, 1.5, 2.0, 2.5]


def both(several: int, across: int = 0, kinds: int = 1, left_out: int | None = None) -> set[Figure]:
    """What is told of: `several` rate two services of a provider, `across` those of two; one leaves the last question
    out."""
    names = [f"question{number}" for number in range(kinds)]
    pool = Pool(dict.fromkeys(names, "rating"), PROVIDERS, 5)
    for number in range(PERSONS + several + across):
        more = [CATERING] if number < several else [LAPTOPS] if number < several + across else []
        answers = [Answer(name, 1 + number % 5) for name in names[: kinds - (number == left_out)]]
        pool.add(Part(service, answers) for service in (CLEANING, *more))
    return set(pool.figures())


@pytest.mark.parametrize("several", [0, 1, SEVERAL - 1, SEVERAL, 2 * SEVERAL - 1])
def test_nothing_is_told_of_a_few_who_rated_several_services(several: int) -> None:
    ours = {Figure(PROVIDER, "question0")}
    assert both(several) == (
        set() if 0 < several < SEVERAL else ours if several else {*ours, Figure(None, "question0")}
    )


@pytest.mark.parametrize("across", [0, 1, SEVERAL - 1, SEVERAL])
def test_the_organisation_less_its_providers_is_not_about_a_few(across: int) -> None:
    told = Figure(None, "question0") in both(2 * SEVERAL, across)
    assert told == (across == 0 or across >= SEVERAL)


def test_the_questions_told_of_grow_with_those_who_rated_several_services() -> None:
    """The survey's first before the others, and the organisation's after those of its providers."""
    told = both(5 * SEVERAL, 0, kinds=3)
    assert {(each.provider_id, each.question) for each in told} == {
        *((PROVIDER, f"question{number}") for number in range(3)),
        *((None, f"question{number}") for number in range(2)),
    }


@pytest.mark.parametrize("several", [SEVERAL, 2 * SEVERAL, 3 * SEVERAL])
@pytest.mark.parametrize("who", [0, 1, PERSONS - 1])
def test_who_leaves_a_question_out_changes_nothing_that_is_told(several: int, who: int) -> None:
    assert both(several, kinds=2) == both(several, kinds=2, left_out=who)


def test_nothing_hangs_on_whether_all_answered_alike() -> None:
    pool = Pool({"overall": "rating"}, PROVIDERS, 5)
    for number in range(PERSONS):
        pool.add([rating(CLEANING, 10), rating(CATERING, 10)] if number < 2 * SEVERAL else [rating(CLEANING, 3)])
    assert Figure(PROVIDER, "overall") in pool.figures()


@pytest.mark.parametrize("apart", [0.0, 1.5, 3.0])
def test_whose_a_response_is_is_guessed_no_better(apart: float) -> None:
    """Twenty heads of departments alone use both services, and rate them `apart` lower than their teams of five, each of
    which uses one. The attacker has all responses in groups of six, in each of which one is a head's."""
    random = np.random.default_rng(int(10 * apart) + 4)
    hits, guesses = zip(*(_attack(random, apart) for _ in range(20)), strict=True)
    assert stats.binomtest(sum(hits), sum(guesses), 1 / 6, alternative="greater").pvalue > 0.01


def _attack(random: np.random.Generator, apart: float, samples: int = 4_000) -> tuple[int, int]:
    """How many of the heads' responses are the ones that occur most often where what was told comes out; of how many."""
    marks = np.clip(np.rint(random.normal(7, 1.8, (2, SEVERAL, 6))), 1, 10)  # by service and group, the head's last
    marks[:, :, 5] = np.clip(marks[:, :, 5] - apart, 1, 10)
    pool = Pool({"overall": "rating"}, PROVIDERS, 5)
    for head in range(SEVERAL):
        pool.add([rating(CLEANING, marks[0, head, 5]), rating(CATERING, marks[1, head, 5])])
        for service, group in ((CLEANING, marks[0, head]), (CATERING, marks[1, head])):
            for mark in group[:5]:
                pool.add([rating(service, mark)])
    told = pool.figures()[Figure(PROVIDER, "overall")]
    supposed = random.integers(0, 6, (samples, 2, SEVERAL))
    theirs = np.take_along_axis(marks[None], supposed[..., None], axis=3)[..., 0] - marks.mean()
    spread = ((marks - marks.mean()) ** 2).sum()
    effects = (spread + 2 * (theirs[:, 0] * theirs[:, 1]).sum(axis=1)) / spread
    effects *= 11 * SEVERAL / (11 * SEVERAL - 1) * (told.ratings - 1) / told.ratings
    fits = supposed[[rounded(effect) == told.design_effect for effect in effects]]
    often = (fits[..., None] == np.arange(6)).sum(axis=0) + random.random((2, SEVERAL, 6))  # of equal ones any
    return int((often.argmax(axis=2) == 5).sum()), 2 * SEVERAL


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
