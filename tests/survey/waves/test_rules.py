"""Allocation and days, without a database."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare

from services.survey.waves import rules, sampling


def ids(count: int) -> list[UUID]:
    return [UUID(int=number + 1) for number in range(count)]


@given(st.lists(st.integers(0, 60), min_size=1, max_size=40), st.floats(0, 1), st.integers(0, 2**31))
def test_the_parts_of_a_sample_sum_to_it_and_are_each_share_rounded(people: list[int], part: float, seed: int) -> None:
    total = sum(people)
    size = int(total * part)
    shares = rules.allocate(size, list(zip(ids(len(people)), people, strict=True)), seed)
    assert sum(shares.values()) == size
    for unit, there in zip(ids(len(people)), people, strict=True):
        exact = size * there / total if total else 0
        assert abs(shares.get(unit, 0) - exact) < 1
        assert shares.get(unit, 0) <= there


def test_units_above_get_their_share_too_when_units_come_in_the_order_of_the_tree() -> None:
    units = ids(60)
    strata = [(unit, 3) for unit in units]
    for seed in range(50):
        shares = rules.allocate(18, strata, seed)
        for first in range(0, 60, 20):
            assert sum(shares[unit] for unit in units[first : first + 20]) == 6


def test_a_seed_gives_the_same_sample_and_another_another() -> None:
    strata = [(unit, 7) for unit in ids(30)]
    assert rules.allocate(31, strata, 5) == rules.allocate(31, strata, 5)
    assert len({tuple(rules.allocate(31, strata, seed).values()) for seed in range(20)}) > 5


def test_people_of_small_units_have_the_same_chance() -> None:
    """Inclusions of 2,000 seeded samples, per head, over units of 1 to 12 people."""
    people = [1, 2, 3, 4, 5, 8, 12]
    strata = list(zip(ids(7), people, strict=True))
    drawn: Counter[UUID] = Counter()
    for seed in range(2000):
        drawn.update(rules.allocate(6, strata, seed))
    expected = [2000 * 6 * there / sum(people) for there in people]
    assert chisquare([drawn[unit] for unit, _ in strata], expected).pvalue > 1e-4


@pytest.mark.parametrize(
    ("audience", "number", "share", "size"),
    [(100, None, None, 100), (100, 400, None, 100), (100, 7, None, 7), (0, 5, None, 0), (0, None, 0.5, 0),
     (10, None, 0.25, 3), (3, None, 0.01, 1), (2400, None, 0.25, 600)],
)  # fmt: skip
def test_sample_size(audience: int, number: int | None, share: float | None, size: int) -> None:
    assert sampling.sample_size(audience, number=number, share=share) == size


PUBLISHED = {10: 10, 20: 19, 50: 44, 100: 80, 200: 132, 300: 169, 400: 196, 500: 217, 750: 254, 1_000: 278, 1_500: 306,
             2_000: 322, 3_000: 341, 5_000: 357, 10_000: 370, 20_000: 377, 50_000: 381, 75_000: 382}  # fmt: skip


@pytest.mark.parametrize(("audience", "published"), PUBLISHED.items())
def test_a_sample_for_a_margin_is_as_large_as_the_published_table_says(audience: int, published: int) -> None:
    """Krejcie and Morgan, Determining sample size for research activities, Educ. Psychol. Meas. 30 (1970), table 1: 5 %
    at 95 % confidence. Its s = X² N p q / (d² (N - 1) + X² p q) is ours, n₀ / (1 + (n₀ - 1) / N), rearranged, with X² =
    3.841. It rounds to the nearest where we round up, since the margin is to be kept: so ours is at most one more. (Its row for
    100,000, 384, is left out: the formula gives 382.6.)"""
    assert sampling.sample_size(audience, margin=0.05) - published in (0, 1)
    assert round(3.841 * audience / 4 / (0.05**2 * (audience - 1) + 3.841 / 4)) == published


def test_an_infinite_audience_needs_the_numbers_that_textbooks_have() -> None:
    """z² / 4 d²: 384.15 and 1067.07 at 95 % for 5 and 3 %, 663.49 at 99 % for 5 %."""
    assert sampling.sample_size(10**9, margin=0.05) == 385
    assert sampling.sample_size(10**9, margin=0.03) == 1_068
    assert sampling.sample_size(10**9, margin=0.05, confidence=0.99) == 664


def test_as_many_more_are_invited_as_will_not_answer() -> None:
    assert sampling.sample_size(10_000, margin=0.05) == 370
    assert sampling.sample_size(10_000, margin=0.05, expected=0.5) == 740
    assert sampling.sample_size(400, margin=0.05, expected=0.1) == 400


@pytest.mark.parametrize(("audience", "published"), [item for item in PUBLISHED.items() if item[0] > 20])
def test_the_margin_of_a_published_size_is_the_one_that_it_was_made_for(audience: int, published: int) -> None:
    """As large as the rounding of the size lets it be."""
    margin = sampling.margin_of_error(published, audience)
    assert margin is not None
    least, most = (sampling.margin_of_error(published + off, audience) for off in (0.5, -0.5))
    assert least is not None
    assert most is not None
    assert least < 0.05 < most


def test_the_margin_of_nobody_and_of_all() -> None:
    assert sampling.margin_of_error(0, 100) is None
    assert sampling.margin_of_error(100, 100) == 0.0


def test_tree_order_keeps_branches_together_and_bears_orphans() -> None:
    a, b, c, d, e = ids(5)
    assert rules.tree_order({a: None, b: a, c: a, d: b, e: UUID(int=99)}) == [a, b, d, c, e]


def test_next_midnight_is_where_the_organisation_is() -> None:
    now = datetime(2026, 3, 9, 23, 30, tzinfo=UTC)
    assert rules.next_midnight(now, "Europe/Amsterdam").astimezone(UTC) == datetime(2026, 3, 10, 23, tzinfo=UTC)
    assert rules.next_midnight(now, "UTC") == datetime(2026, 3, 10, tzinfo=UTC)


def test_moving_from_zone_to_zone_counts_twice_a_day_at_most() -> None:
    now = datetime(2026, 3, 9, 23, 30, tzinfo=UTC)
    assert rules.next_midnight(now, "UTC", since=timedelta(hours=12)) == datetime(2026, 3, 11, tzinfo=UTC)


def test_a_reminder_keeps_the_hour_of_the_opening_when_the_clock_changes() -> None:
    """In Amsterdam on 30 March 2031."""
    zone, opened = ZoneInfo("Europe/Amsterdam"), datetime(2031, 3, 24, 8, tzinfo=UTC)
    times = rules.reminder_times(opened, [3, 10, 7], 0, zone)
    assert [at.astimezone(zone).strftime("%d %H:%M") for at in times] == ["27 09:00", "31 09:00", "03 09:00"]
    assert [at.astimezone(UTC).hour for at in times] == [8, 7, 7]
