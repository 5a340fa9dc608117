"""Pure rules of programmes: seeds, days, periods and how many are asked on a day."""

from collections.abc import Container
from datetime import date, timedelta
from hashlib import sha256
from math import ceil

MONTHS = {"month": 1, "quarter": 3}
LONGEST = {"month": 31, "quarter": 92}  # in days


def seed_of(seed: int, day: date) -> int:
    """Of a run, from the programme's: another sample each time, and the same again from the same seed and people."""
    return int.from_bytes(sha256(f"{seed}:{day.isoformat()}".encode()).digest()[:4]) >> 1


def is_working_day(day: date, holidays: Container[date]) -> bool:
    return day.weekday() < 5 and day not in holidays


def next_working_day(day: date, holidays: Container[date]) -> date:
    """The day itself, if it is one."""
    while not is_working_day(day, holidays):
        day += timedelta(days=1)
    return day


def working_days(first: date, last: date, holidays: Container[date]) -> int:
    return sum(is_working_day(first + timedelta(days=later), holidays) for later in range((last - first).days + 1))


def last_day_of(day: date, period: str) -> date:
    """Of the calendar month or quarter that the day is in."""
    months = MONTHS[period]
    following = day.year * 12 + (day.month - 1) // months * months + months
    return date(following // 12, following % 12 + 1, 1) - timedelta(days=1)


def portion(waiting: int, days: int, seed: int) -> int:
    """How many of those who wait for their turn are asked today, so that all are after so many working days. What does
    not divide is rounded by a seeded chance, for a small organisation would be through with it early."""
    whole, rest = divmod(waiting, max(1, days))
    return whole + (seed % max(1, days) < rest)


def in_a_period(audience: int, period: str, cycle_days: int) -> int:
    """About how many of a continuous programme's audience one wave asks."""
    return min(audience, ceil(audience * MONTHS[period] * 365 / 12 / cycle_days))
