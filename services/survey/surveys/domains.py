"""What a question can be answered with, as far as conditions can tell: a few values that stand for all.

Of scales, choices, yesNo and lostTime, numbers and dates this is exact. Conditions compare with constants only, and the
answers between two constants are all alike to them; so for each constant it, the next and the last answer before it stand
for all, with the ends of the range (for numbers in steps of their decimals).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import combinations
from typing import Any

from services.survey.surveys.conditions import Condition
from services.survey.surveys.values import LONGEST_MONTH, SCALES, bounds, dates, scale

Question = Mapping[str, Any]


def constants(leaves: Iterable[Condition]) -> list[Any]:
    """What the leaves compare with."""
    found: list[Any] = []
    for leaf in leaves:
        value = leaf.get("value")
        found += value if isinstance(value, list) else [] if value is None else [value]
    return found


def answers(question: Question, named: Sequence[Any], options: Sequence[str]) -> Iterator[Any]:
    """Without "no answer". `named`: the constants, which are possible answers (or options); `options`: those shown."""
    kind = question["type"]
    if kind in SCALES:
        lowest, highest = scale(question)
        yield from range(lowest, highest + 1)
    elif kind == "yesNo":
        yield from (True, False)
    elif kind == "lostTime":
        yield from around(0, LONGEST_MONTH, named, 0)
    elif kind == "number":
        yield from around(*bounds(question), named, question.get("decimals") or 0)
    elif kind == "date":
        yield from _dates(question, named)
    elif kind == "singleChoice":
        yield from options
    elif kind == "text":
        yield "x"
    else:
        yield from _sets(question, named, options)


def around(least: float, most: float, named: Iterable[float], decimals: int) -> list[float]:
    """Ends of the range, constants and their neighbours, on the grid of so many decimals."""
    step = Decimal(1).scaleb(-decimals)
    low = (Decimal(str(least)) / step).to_integral_value(ROUND_CEILING) * step
    high = (Decimal(str(most)) / step).to_integral_value(ROUND_FLOOR) * step
    points = {low, high, *(Decimal(str(each)) + by for each in named for by in (-step, Decimal(0), step))}
    return [float(point) for point in sorted(points) if low <= point <= high]


def _dates(question: Question, named: Iterable[str]) -> Iterator[str]:
    earliest, latest = dates(question)
    days = {date.fromisoformat(each) + timedelta(by) for each in named for by in (-1, 0, 1)}
    said = {earliest, latest, *(day.isoformat() for day in days)}
    yield from (each for each in sorted(said) if earliest <= each <= latest)


def _sets(question: Question, named: Sequence[Any], options: Sequence[str]) -> Iterator[list[str]]:
    """Choices of the options that conditions name, each filled up with others as far as the question's bounds ask."""
    looked_at = [option for option in options if option in named]
    others = [option for option in options if option not in looked_at]
    most = min(question.get("maximumChoices") or len(options), len(options))
    least = min(question.get("minimumChoices") or 1, len(options)) or 1
    for size in range(len(looked_at) + 1):
        for chosen in combinations(looked_at, size):
            filled = [*chosen, *others[: max(0, least - size)]]
            if least <= len(filled) <= most:
                yield filled
