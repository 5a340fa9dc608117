"""Each figure beside an independent implementation, or a published example."""

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.weightstats import DescrStatsW

from services.analytics.scores.statistics import Design, Interval, Value, figures

ALL = Design(None)
MARKS = st.lists(st.integers(1, 10), min_size=5, max_size=80).filter(lambda marks: len(set(marks)) > 1)


def interval(found: Interval | None) -> tuple[float, float]:
    assert found is not None
    return found.low, found.high


@settings(max_examples=60, deadline=None)
@given(MARKS)
def test_mean_deviation_and_interval_are_those_of_statsmodels(marks: list[int]) -> None:
    ours, theirs = figures("rating", 10, Counter(marks), len(marks), ALL), DescrStatsW(marks, ddof=1)
    assert ours.n == len(marks)
    assert ours.mean == pytest.approx(theirs.mean, rel=1e-12)
    assert ours.standard_deviation == pytest.approx(np.std(marks, ddof=1), rel=1e-12)
    assert interval(ours.ci95) == pytest.approx(theirs.tconfint_mean(), rel=1e-9)


@settings(max_examples=30, deadline=None)
@given(MARKS, st.integers(0, 500))
def test_the_interval_has_the_finite_population_correction(marks: list[int], others: int) -> None:
    n, population = len(marks), len(marks) + others
    error = stats.sem(marks) * np.sqrt((population - n) / population)
    expected = stats.t.interval(0.95, n - 1, np.mean(marks), error) if others else (np.mean(marks), np.mean(marks))
    assert interval(figures("rating", 10, Counter(marks), n, Design(population)).ci95) == pytest.approx(expected)


def test_a_published_example_of_a_finite_population() -> None:
    """Cochran (1977), section 2.7: 50 of 676 petition sheets were counted and had 1,471 signatures, with a variance of
    229.0; the standard error of the estimated total is 676 · 15.13 / √50 · √(1 - 0.0740) = 1,392."""
    counts: dict[Value, int] = {42: 23, 41: 4, 36: 1, 32: 1, 29: 1, 27: 2, 23: 1, 19: 1, 16: 2, 15: 2, 14: 1, 11: 1, 10: 1, 9: 1, 7: 1,
              6: 3, 5: 2, 4: 1, 3: 1}  # fmt: skip
    found = figures("number", None, counts, 50, Design(676))
    assert found.n == 50
    assert found.mean == pytest.approx(1471 / 50)
    assert found.standard_deviation == pytest.approx(np.sqrt(229.0), abs=0.01)
    low, high = interval(found.ci95)
    error = 676 * (high - low) / 2 / stats.t.ppf(0.975, 49)
    assert error == pytest.approx(1392, abs=2)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 40), st.integers(0, 40))
def test_the_share_of_yes_has_wilson_s_interval(yes: int, no: int) -> None:
    if yes + no == 0:
        return
    found = figures("yesNo", None, {True: yes, False: no}, yes + no, ALL)
    assert interval(found.ci95) == pytest.approx(proportion_confint(yes, yes + no, method="wilson"), abs=1e-12)
    assert (found.mean, found.nps) == (None, None)


def test_the_share_of_yes_among_few_people_counts_as_more() -> None:
    found = figures("yesNo", None, {True: 12, False: 8}, 20, Design(40))
    assert interval(found.ci95) == pytest.approx(proportion_confint(24, 40, method="wilson"), abs=1e-12)


def test_the_net_promoter_score_and_its_interval() -> None:
    """Rocks (2016) adds ¾ promoter, 1½ passive and ¾ detractor; the variance is that of a multinomial difference."""
    counts: dict[Value, int] = {10: 12, 9: 5, 8: 7, 7: 4, 6: 3, 2: 1}
    found = figures("nps", None, counts, 32, ALL)
    assert found.nps == pytest.approx(100 * (17 - 4) / 32)
    up, down, n = 17.75 / 35, 4.75 / 35, 35
    error = np.sqrt((up + down - (up - down) ** 2) / n)
    expected = [100 * end for end in stats.norm.interval(0.95, up - down, error)]
    assert interval(found.ci95) == pytest.approx(tuple(expected))
    low, high = interval(figures("nps", None, {10: 30, 9: 2}, 32, ALL).ci95)
    assert low < 100 == high  # never beyond the scale, and never certain


def test_boxes_are_the_two_ends_of_the_scale() -> None:
    five = figures("rating", 5, {1: 1, 2: 2, 3: 3, 4: 3, 5: 1}, 10, ALL)
    assert (five.top2_box, five.bottom2_box) == (0.4, 0.3)
    ten = figures("rating", 10, {1: 1, 3: 1, 8: 3, 9: 4, 10: 1}, 10, ALL)
    assert (ten.top2_box, ten.bottom2_box) == (0.5, 0.1)
    assert figures("lostTime", None, {0: 5, 30: 5}, 10, ALL).top2_box is None


def test_choices_have_counts_only() -> None:
    found = figures("multipleChoice", None, {"desk": 6, "web": 7}, 9, ALL)
    assert (found.n, found.mean, found.standard_deviation, found.ci95) == (9, None, None, None)


def test_everybody_answered_leaves_no_doubt() -> None:
    assert figures("rating", 5, {3: 5, 4: 5}, 10, Design(10)).ci95 == Interval(3.5, 3.5)
    assert figures("yesNo", None, {True: 5, False: 5}, 10, Design(10)).ci95 == Interval(0.5, 0.5)


PEOPLE = st.lists(st.lists(st.integers(1, 10).map(float), min_size=1, max_size=3), min_size=5, max_size=130)


@settings(max_examples=30, deadline=None)
@given(PEOPLE)
def test_the_interval_of_several_ratings_a_person_holds_the_cluster_robust_one(people: list[list[float]]) -> None:
    """Whoever's they are. Of statsmodels a regression on nothing but a constant, with persons as clusters and k / (k - 1)."""
    marks = [mark for ratings in people for mark in ratings]
    who = [person for person, ratings in enumerate(people) for _ in ratings]
    if len(set(marks)) == 1:
        return
    fit = sm.OLS(marks, np.ones(len(marks))).fit(
        cov_type="cluster", cov_kwds={"groups": who, "use_correction": False}, use_t=False
    )
    k, n = len(people), len(marks)
    error = fit.bse[0] * np.sqrt(k / (k - 1))
    half = stats.t.ppf(0.975, k - 1) * error
    told = interval(figures("rating", 10, Counter(marks), n, Design(None, 3)).ci95)
    assert (told[1] - told[0]) / 2 >= half - 1e-9


def test_answers_that_are_all_of_one_service_are_of_as_many_people() -> None:
    """Pooled they say what the service's own say."""
    marks: dict[Value, int] = {1: 1, 2: 3, 5: 2}
    assert figures("rating", 5, marks, 6, Design(40, 6, 6)) == figures("rating", 5, marks, 6, Design(40))
    assert figures("yesNo", None, {True: 4, False: 2}, 6, Design(40, 6, 6)) == figures(
        "yesNo", None, {True: 4, False: 2}, 6, Design(40)
    )
    few = figures("rating", 5, marks, 6, Design(40, 6)).ci95
    some = interval(figures("rating", 5, marks, 6, Design(40, 6, 4)).ci95)
    own = interval(figures("rating", 5, marks, 6, Design(40)).ci95)
    assert few is None
    assert some[0] < own[0] < own[1] < some[1]


def test_intervals_narrow_as_more_answer() -> None:
    widths = [high - low for n in (10, 40, 160) for low, high in
              [interval(figures("rating", 5, {3: n // 2, 4: n // 2}, n, Design(400)).ci95)]]  # fmt: skip
    assert all(wide > narrow for wide, narrow in pairwise(widths))
