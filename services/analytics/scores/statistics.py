"""The figures of one cell, from how many gave each value. Pure; every formula names where it is published."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist
from typing import Final

Value = int | float | bool | str

NUMERIC: Final = frozenset({"rating", "nps", "effort", "importance", "lostTime", "number"})
BOXED: Final = frozenset({"rating", "effort", "importance"})  # kinds with scale points, from 1
CONFIDENCE: Final = 0.95


@dataclass(frozen=True)
class Interval:
    low: float
    high: float


@dataclass(frozen=True)
class Design:
    """How the answers came about. `population`: how many could be given, None when unknown; of several services one by
    each of their users. `each`: at the most so many answers are of one person. `least`: so many people at least gave one,
    where that is known."""

    population: int | None
    each: int = 1
    least: int = 0


@dataclass(frozen=True)
class Figures:
    n: int
    mean: float | None = None
    standard_deviation: float | None = None
    ci95: Interval | None = None
    top2_box: float | None = None
    bottom2_box: float | None = None
    nps: float | None = None


def figures(kind: str, points: int | None, counts: Mapping[Value, int], n: int, design: Design) -> Figures:
    """`n` is given apart: of several choices `counts` may add up to more."""
    if not n:
        return Figures(0)
    interval = confidence_interval(kind, counts, n, design)
    if kind == "yesNo" or kind not in NUMERIC:
        return Figures(n, ci95=interval)
    numbers = {float(value): count for value, count in counts.items()}
    top, bottom = (None, None)
    if kind in BOXED and points:
        top, bottom = boxes(numbers, n, points)
    return Figures(
        n=n,
        mean=mean(numbers),
        standard_deviation=standard_deviation(numbers),
        ci95=interval,
        top2_box=top,
        bottom2_box=bottom,
        nps=100 * mean(scored("nps", counts)) if kind == "nps" else None,
    )


def mean(counts: Mapping[float, int]) -> float:
    return math.fsum(value * count for value, count in counts.items()) / sum(counts.values())


def standard_deviation(counts: Mapping[float, int]) -> float | None:
    """With n - 1: Cochran (1977), Sampling Techniques, 3rd ed., section 2.7."""
    n = sum(counts.values())
    if n < 2:
        return None
    centre = mean(counts)
    return math.sqrt(math.fsum(count * (value - centre) ** 2 for value, count in counts.items()) / (n - 1))


def boxes(counts: Mapping[float, int], n: int, points: int) -> tuple[float, float]:
    """The shares of the two highest and the two lowest scale points: Morgan & Rego (2006), The Value of Different
    Customer Satisfaction and Loyalty Metrics in Predicting Business Performance, Marketing Science 25(5)."""
    top = sum(count for value, count in counts.items() if value >= points - 1)
    return top / n, sum(count for value, count in counts.items() if value <= 2) / n


def scored(kind: str, counts: Mapping[Value, int]) -> dict[float, int]:
    """What the interval is about: values; of nps promoters (9, 10) minus detractors (0 to 6), after Reichheld (2003),
    The One Number You Need to Grow, Harvard Business Review 81(12); of yesNo the yes."""
    result: dict[float, int] = {}
    for value, count in counts.items():
        number = float(value)
        score = float((number >= 9) - (number <= 6)) if kind == "nps" else number
        result[score] = result.get(score, 0) + count
    return result


def confidence_interval(kind: str, counts: Mapping[Value, int], n: int, design: Design) -> Interval | None:
    if kind not in NUMERIC and kind != "yesNo":
        return None
    scores = scored(kind, counts)
    if kind == "yesNo":
        return wilson(mean(scores), effective_size(n, design))
    if kind == "nps":
        return net_score(scores.get(1.0, 0) / n, scores.get(-1.0, 0) / n, effective_size(n, design))
    persons = people(n, design)
    if persons < 2:
        return None
    half = student(persons - 1) * math.sqrt(variance_of_mean(scores, n, design))
    return Interval(mean(scores) - half, mean(scores) + half)


def people(n: int, design: Design) -> int:
    """The fewest who can have given the answers."""
    return max(-(-n // design.each), min(n, design.least))


def unsampled(n: int, design: Design) -> float:
    """The finite population correction 1 - f: Cochran (1977), section 2.6. Who rates one of four services has given one
    of four answers."""
    return max(0.0, 1 - n / design.population) if design.population else 1.0


def variance_of_mean(counts: Mapping[float, int], n: int, design: Design) -> float:
    """Of single answers s² (1 - f) / n: Cochran (1977), section 2.7.

    Of several answers a person that times the design effect: Kish (1965), Survey Sampling, section 5.4. It is k people
    then that vary, with k - 1: Liang & Zeger (1986), Biometrika 73(1).
    """
    deviation, k = standard_deviation(counts), people(n, design)
    if deviation is None or k < 2:
        return 0.0
    return deviation**2 / n * design_effect(n, design) * (n - 1) / n * k / (k - 1) * unsampled(n, design)


def design_effect(n: int, design: Design) -> int:
    """At its bound, the most answers that a person can have given: 1 + (m - 1) ρ with ρ = 1. What it really is would tell
    which answers are of one person; so intervals err to the wide side."""
    return 1 if people(n, design) == n else design.each


def effective_size(n: int, design: Design) -> float:
    """How many independent answers from an endless population would tell as much: Korn & Graubard (1998), Confidence
    Intervals for Proportions with Small Expected Number of Positive Counts Estimated from Survey Data, Survey
    Methodology 24(2). Endless when everybody answered."""
    left = unsampled(n, design)
    if not left:
        return math.inf
    return n / design_effect(n, design) / left


def wilson(share: float, size: float) -> Interval:
    """The score interval: Wilson (1927), JASA 22(158), recommended for small n by Brown, Cai & DasGupta (2001),
    Statistical Science 16(2); with an effective size by Franco, Little, Louis & Slud (2019), Journal of Survey
    Statistics and Methodology 7(3)."""
    if math.isinf(size):
        return Interval(share, share)
    z = normal()
    centre = (share + z**2 / (2 * size)) / (1 + z**2 / size)
    half = z / (1 + z**2 / size) * math.sqrt(share * (1 - share) / size + z**2 / (4 * size**2))
    return Interval(max(0.0, centre - half), min(1.0, centre + half))


def net_score(promoters: float, detractors: float, size: float) -> Interval:
    """The adjusted Wald interval of the net promoter score: Rocks (2016), Interval Estimation for the Net Promoter
    Score, The American Statistician 70(4). It adds three answers: ¾ promoter, 1½ passive, ¾ detractor."""
    if math.isinf(size):
        exact = 100 * (promoters - detractors)
        return Interval(exact, exact)
    up, down = (promoters * size + 0.75) / (size + 3), (detractors * size + 0.75) / (size + 3)
    half = normal() * math.sqrt((up + down - (up - down) ** 2) / (size + 3))
    return Interval(100 * max(-1.0, up - down - half), 100 * min(1.0, up - down + half))


@lru_cache(maxsize=10_000)
def student(freedom: int) -> float:
    """The two-sided 95 % quantile of Student's t, for small samples as in Cochran (1977), section 2.8."""
    from scipy.special import stdtrit  # loaded with the first release: 30 MB that an idle service does not need

    return float(stdtrit(freedom, (1 + CONFIDENCE) / 2))


@lru_cache
def normal() -> float:
    return NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
