"""Pure rules of the contact policy."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from math import ceil
from typing import NamedTuple
from zoneinfo import ZoneInfo

YEAR = 365


class Quiet(NamedTuple):
    """Both days are part of it."""

    first: date
    last: date


class Limits(NamedTuple):
    """What one draw keeps to on its day. `between` may be a programme's own; `policy_between` is what the organisation
    asks of all."""

    day: date
    maximum: int | None = None
    within: int | None = None
    between: int | None = None
    policy_between: int | None = None

    @property
    def look_back(self) -> int:
        """How many days of the ledger matter."""
        return max(self.within or 0, self.between or 0)

    @property
    def apart(self) -> int:
        """The fewest days from one invitation of somebody to the next, on average."""
        return max(self.between or 0, self.policy_apart)

    @property
    def policy_apart(self) -> int:
        """The same, before what a programme has of its own."""
        often = ceil(self.within / self.maximum) if self.within and self.maximum else 0
        return max(self.policy_between or 0, often)


def first_loud(day: date, periods: Sequence[Quiet]) -> date:
    """The day itself, or the first after it that is in no quiet period."""
    for period in sorted(periods):
        if period.first <= day <= period.last:
            day = period.last + timedelta(days=1)
    return day


def days_back(day: date, loud: int, periods: Sequence[Quiet]) -> int:
    """How many days lie between, if so many before this one were in no quiet period; a year at the most."""
    back = 0
    while loud and back < YEAR:
        back += 1
        before = day - timedelta(days=back)
        loud -= not any(period.first <= before <= period.last for period in periods)
    return back


def after_quiet(at: datetime, time_zone: str, periods: Sequence[Quiet]) -> datetime:
    """The same time of day on the first day, where the organisation is, on which something may go out."""
    local = at.astimezone(ZoneInfo(time_zone))
    day = first_loud(local.date(), periods)
    return at if day == local.date() else datetime.combine(day, local.time(), local.tzinfo)
