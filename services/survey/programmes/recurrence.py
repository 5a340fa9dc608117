"""When a programme runs: RFC 5545 recurrence rules and public holidays, where the organisation is.

A rule is reckoned in local time, so that nine o'clock stays nine o'clock when the clock changes, and looked at for ten
years: some never come true (30 February).
"""

import re
from collections.abc import Container, Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from itertools import islice, takewhile
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from holidays import country_holidays
from pydantic_core import PydanticCustomError

from services.survey.programmes.rules import next_working_day

YEARS, LEAST_DAYS = 10, 7
LONGEST_SHIFT = timedelta(days=14)  # from a public holiday to the next working day
WRITTEN = re.compile(r"[A-Za-z0-9=;,+-]*", re.ASCII)
PARTS = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYMONTH", "BYSETPOS",
         "WKST"}  # fmt: skip
HIGHEST = {"BYMONTH": 12, "BYMONTHDAY": 31, "BYYEARDAY": 366, "BYWEEKNO": 53, "BYSETPOS": 366}  # and from the end
FREQUENCIES = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}
_NUMBER = re.compile(r"[1-9][0-9]{0,3}")
_COUNTED = re.compile(r"[+-]?[0-9]{1,3}")
_COUNTED_DAY = re.compile(r"[0-9]")
_ZERO = re.compile(r"(^|,)[+-]?0+[A-Z]*(,|$)")
_UNTIL = re.compile(r"([0-9]{8})(?:T([0-9]{6})(Z?))?")


def check(rule: str, start: datetime, zone: tzinfo) -> None:
    """Refuses what cannot be read, never fires, or fires before the wave that it opened could be answered."""
    parts = _parts(rule)
    if not all(_counts(name, number) for name in HIGHEST.keys() & parts.keys() for number in parts[name].split(",")):
        raise PydanticCustomError("notARecurrence", "has a month, a week, a day or a place that there is not")
    if parts["FREQ"] not in ("MONTHLY", "YEARLY") and _COUNTED_DAY.search(parts.get("BYDAY", "")):
        raise PydanticCustomError("notARecurrence", "counts weekdays, as 2MO does, which takes FREQ=MONTHLY or YEARLY")
    if "BYSETPOS" in parts and not any(name.startswith("BY") for name in parts.keys() - {"BYSETPOS"}):
        raise PydanticCustomError("notARecurrence", "has a BYSETPOS without another BY part, of which it is a place")
    last = None
    for planned in _occurrences(rule, start, zone):
        if last is not None and (planned - last).days < LEAST_DAYS:
            raise PydanticCustomError(
                "firesTooOften",
                "fires twice within seven days, which is no time to answer; to ask some people each day, take a"
                " continuous schedule",
            )
        last = planned
    if last is None:
        raise PydanticCustomError("neverFires", "does not fire once in ten years from startDate")


def after(rule: str, start: datetime, moment: datetime, zone: ZoneInfo, holidays: Container[date]) -> datetime | None:
    """The first time after `moment`, in UTC. `start` is local; what falls on a public holiday waits for the next working
    day."""
    local = moment.astimezone(zone).replace(tzinfo=None)
    for planned in _occurrences(rule, start, zone, max(start, local)):
        if planned < local - LONGEST_SHIFT:
            continue
        day = next_working_day(planned.date(), holidays) if planned.date() in holidays else planned.date()
        at = at_local(day, planned.time(), zone)
        if at > moment:
            return at
    return None


def at_local(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, zone).astimezone(UTC)


def _occurrences(rule: str, start: datetime, zone: tzinfo, since: datetime | None = None) -> Iterator[datetime]:
    """The library looks for the next time up to the year 9999, and every day of it where there is none. So it reckons in
    the last centuries before that: the calendar, weekdays and all, repeats itself every four hundred years."""
    parts = _parts(rule)
    count, until = parts.pop("COUNT", None), parts.pop("UNTIL", None)
    end = (since or start) + timedelta(days=366 * YEARS)
    last = end if until is None else min(end, _until(until, zone))
    years = (9999 - end.year) // 400 * 400
    text = ";".join(f"{name}={value}" for name, value in parts.items())
    fired = islice(_fired(text, start.replace(year=start.year + years)), int(count) if count else None)
    return takewhile(lambda planned: planned <= last, (planned.replace(year=planned.year - years) for planned in fired))


def _fired(text: str, start: datetime) -> Iterator[datetime]:
    """Some of what the library cannot do it notices only when it looks for the first time."""
    try:
        yield from rrulestr(text, dtstart=start)
    except (ValueError, TypeError, KeyError, IndexError):
        raise PydanticCustomError("notARecurrence", "is not a recurrence rule of RFC 5545") from None


def _parts(rule: str) -> dict[str, str]:
    if not WRITTEN.fullmatch(rule):
        raise PydanticCustomError("notARecurrence", "is not one recurrence rule of RFC 5545, on one line")
    pairs = [part.partition("=")[::2] for part in rule.upper().split(";")]
    parts = dict(pairs)
    numbers = [parts[name] for name in ("INTERVAL", "COUNT") if name in parts]
    if len(parts) < len(pairs) or not all(value for _, value in pairs) or not parts.keys() <= PARTS:
        raise PydanticCustomError("notARecurrence", "is not a recurrence rule of days: the time is that of startTime")
    if any(name.startswith("BY") and _ZERO.search(value) for name, value in pairs):
        raise PydanticCustomError("notARecurrence", "has a 0 where days, weeks and months are counted from 1 or -1")
    if not all(_NUMBER.fullmatch(number) for number in numbers) or {"COUNT", "UNTIL"} <= parts.keys():
        raise PydanticCustomError("notARecurrence", "has an INTERVAL or COUNT that is none, or both COUNT and UNTIL")
    if parts.get("FREQ") not in FREQUENCIES:
        raise PydanticCustomError("firesTooOften", "must have FREQ=DAILY, WEEKLY, MONTHLY or YEARLY")
    return parts


def _counts(name: str, number: str) -> bool:
    if not _COUNTED.fullmatch(number):
        return False
    return (1 if name == "BYMONTH" else -HIGHEST[name]) <= int(number) <= HIGHEST[name]


def _until(text: str, zone: tzinfo) -> datetime:
    """Local, as `start` is. An instant is the last run's, so it counts to the second."""
    found = _UNTIL.fullmatch(text)
    if found is None:
        raise PydanticCustomError("notARecurrence", "has an UNTIL that is neither a date nor an instant of RFC 5545")
    try:
        until = datetime.strptime(found[1] + (found[2] or "235959"), "%Y%m%d%H%M%S")  # noqa: DTZ007 - local, like start
    except ValueError:
        raise PydanticCustomError("notARecurrence", "has an UNTIL that is no day") from None
    if not found[3] or until.year in (1, 9999):
        return until
    return until.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None)


@lru_cache
def holidays_of(country: str | None) -> Container[date]:
    """Public holidays, of any year; none without a country."""
    return country_holidays(country) if country else frozenset()


def next_working_time(start: datetime, moment: datetime, zone: ZoneInfo, holidays: Container[date]) -> datetime:
    """The first after `moment` at the time of day of `start`, which is local and before which there is none."""
    day = max(start.date(), moment.astimezone(zone).date())
    while True:
        day = next_working_day(day, holidays)
        at = at_local(day, start.time(), zone)
        if at > moment:
            return at
        day += timedelta(days=1)
