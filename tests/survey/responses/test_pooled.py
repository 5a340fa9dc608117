from uuid import UUID

import pytest

from services.survey.responses.ballot import Answer, Part
from services.survey.responses.pooled import PERSONS, Figure, Pool, Sums, score

PROVIDER, OTHER_PROVIDER = UUID(int=1), UUID(int=2)
CLEANING, CATERING, LAPTOPS, RARE = (UUID(int=n) for n in range(10, 14))
PROVIDERS = {CLEANING: PROVIDER, CATERING: PROVIDER, LAPTOPS: OTHER_PROVIDER}


def rating(service: UUID | None, value: int | None) -> Part:
    return Part(service, [Answer("overall", value), Answer("comment", "Prima")])


def test_sums_over_persons() -> None:
    pool = Pool({"overall": "rating", "comment": "text"}, PROVIDERS)
    for _ in range(PERSONS):
        pool.add([rating(CLEANING, 8), rating(CATERING, 4), rating(LAPTOPS, 6), rating(RARE, 1), rating(None, 9)])
    pool.add([rating(CLEANING, None), rating(LAPTOPS, 10)])
    assert pool.figures() == {
        Figure(PROVIDER, "overall"): Sums(100, 200, 400, 100 * 2 * 12, 100 * 12 * 12),
        Figure(OTHER_PROVIDER, "overall"): Sums(101, 101, 101, 610, 3700),
        Figure(None, "overall"): Sums(101, 301, 901, 100 * 3 * 18 + 10, 100 * 18 * 18 + 100),
    }


def test_nothing_is_told_of_fewer_than_a_hundred_persons() -> None:
    pool = Pool({"overall": "rating"}, PROVIDERS)
    for _ in range(PERSONS - 1):
        pool.add([rating(CLEANING, 8)])
    assert pool.figures() == {}


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("nps", 9, 1), ("nps", 8, 0), ("nps", 7, 0), ("nps", 6, -1), ("yesNo", True, 1), ("yesNo", False, 0),
        ("lostTime", 90, 90), ("rating", None, None), ("singleChoice", "price", None), ("text", "9", None),
    ],
)  # fmt: skip
def test_what_an_interval_is_about(kind: str, value: int | str | bool | None, expected: float | None) -> None:
    assert score(kind, value) == expected
