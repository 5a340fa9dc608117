"""How large a sample is, and how sure its shares are. Pure."""

from math import ceil, sqrt
from statistics import NormalDist


def sample_size(
    audience: int, *, number: int | None = None, share: float | None = None, margin: float | None = None,
    confidence: float = 0.95, expected: float = 1.0,
) -> int:  # fmt: skip
    """Never more than there are; a share of somebody is at least one. None of the three given: all.

    For a margin: so many answers that a share of one half has it, and as many more people as will not answer
    (`expected`: the part that does). n = n₀ / (1 + (n₀ - 1) / N) with n₀ = z² p q / d², p = q = ½: Cochran, Sampling
    Techniques (1977), 4.4, equations 4.1 and 4.2.
    """
    if number is not None:
        return min(number, audience)
    if not audience:
        return 0
    if share is not None:
        return min(audience, max(1, int(audience * share + 0.5)))
    if margin is not None:
        infinite = (_z(confidence) / margin) ** 2 / 4
        answers = infinite / (1 + (infinite - 1) / audience)
        return min(audience, ceil(round(ceil(round(answers, 9)) / expected, 9)))
    return audience


def margin_of_error(answers: float, population: int, confidence: float = 0.95) -> float | None:
    """Of a share of one half, with finite population correction: the equation of `sample_size`, solved for d."""
    if answers <= 0:
        return None
    if answers >= population:
        return 0.0
    if population == 1:
        return None
    return _z(confidence) * sqrt((population - answers) / (population - 1) / answers) / 2


def _z(confidence: float) -> float:
    return NormalDist().inv_cdf((1 + confidence) / 2)
