"""Pure rules of programmes: seeds, days, periods and how many are asked on a day."""

from collections.abc import Container, Sequence
from datetime import date, timedelta
from hashlib import sha256
from math import ceil, sqrt
from typing import NamedTuple

from services.survey.contact_policy.rules import Quiet, first_loud

MONTHS = {"month": 1, "quarter": 3}
SHORTEST = {"month": 28, "quarter": 90}  # in days
LONGEST = {"month": 31, "quarter": 92}
OVERTIME = 14  # days
GOLDEN = (sqrt(5) - 1) / 2
FASTEST = 2  # times a normal day's portion
SLACK = 1.25  # of a cycle over the days that must lie between two turns


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


def first_day_of(day: date, period: str) -> date:
    return date(day.year, (day.month - 1) // MONTHS[period] * MONTHS[period] + 1, 1)


def part_left(day: date, period: str, holidays: Container[date], quiet: Sequence[Quiet]) -> float:
    """Of the working days of the period that the day is in: this one and those after it on which somebody is asked."""
    last = last_day_of(day, period)
    later = (day + timedelta(days=later) for later in range(1, (last - day).days + 1))
    left = 1 + sum(is_working_day(one, holidays) and first_loud(one, quiet) == one for one in later)
    return min(1, left / max(1, working_days(first_day_of(day, period), last, holidays)))


def portion(waiting: int, days: int, seed: int, nth: int) -> int:
    """How many of those who wait for their turn are asked today, so that all are after so many working days. What does
    not divide is rounded up on some days, the `nth` of the period by the golden ratio from a seeded start: these are
    spread so evenly that a wave of a whole period has what its working days come to, to two. (What is foreseen of it
    takes all months for alike.) By chance alone one of eight would often be of three. Kuipers and Niederreiter, Uniform
    Distribution of Sequences (1974), 2.3."""
    whole, rest = divmod(waiting, max(1, days))
    return whole + ((seed / 2**31 + nth * GOLDEN) % 1 < rest / max(1, days))


def cycle_length(planned: int, period: str) -> int:
    """Never shorter than a wave's period may be, for whoever is asked in a wave cannot be asked in it again, and of a
    shorter cycle nobody would be left before the period's end."""
    return max(planned, LONGEST[period])


def planned_length(cycle_days: int, apart: int) -> int:
    """A quarter longer at least than the days `apart` that the contact policy, or the programme's own rule, lets somebody
    be asked. In a shorter cycle all would be asked in one wave and nobody in the next; in one that is just as long
    everybody comes free on one day of the year and on no other, so that a pause would be followed by a full wave and empty
    ones in each cycle after it."""
    return max(cycle_days, ceil(apart * SLACK))


def longest_cycle(people: int, period: str, least: int) -> float:
    """Of which waves, which are even to two, have the `least` people of a figure; in days."""
    return people * MONTHS[period] * 365 / 12 / (least + 2)


class Cycle(NamedTuple):
    """In which a continuous programme asks everybody once. `ends`: its last day, where its length was changed
    meanwhile; `former`: how many days the one before it took."""

    first: date
    days: int
    period: str
    holidays: Container[date]
    ends: date | None = None
    former: int | None = None

    @property
    def last(self) -> date:
        return self.ends or self.first + timedelta(days=self.days - 1)

    def of_length(self, days: int, day: date) -> "Cycle":
        """From this day on. Who is left is asked at the new pace: what is left of it is stretched or shrunk alike. So
        nobody waits until a longer one ends at last, nor is asked in a burst before the end of a shorter one."""
        left = max(0, (self.last - day).days + 1)
        ends = day + timedelta(days=round(left * days / self.days) - 1) if left else self.last
        return self._replace(days=days, ends=ends, former=self.former or self.days)

    def following(self, day: date) -> "Cycle":
        return self._replace(first=day, ends=None, former=(day - self.first).days)

    def apart(self, day: date) -> int:
        """The fewest days from one turn of somebody to the next, lest these be the last of one cycle and the first of
        another: two thirds of a cycle. So on its first day those of the last one's first third may be asked, and on
        each day as many more as it asks. After a shorter one nobody could be asked for months, as all were asked
        lately: then it is two thirds of that one at first, and grows so that as many may be asked each day."""
        former, began = min(self.former or self.days, self.days), self._began
        grown = former * (2 * self.days - 3 * (day - began).days) // (3 * self.days)
        return min(self.days * 2 // 3, (day - self.first).days + grown)

    def is_over(self, day: date, free: int, people: int) -> bool:
        """When its days are, and no more is left than a normal day's portion: what was missed at its end is made up
        for. But not for ever, for people come in and come back each day; who is left has a turn in the next."""
        normal = ceil(people / max(1, self._working_days(self._began)))
        return day > self.last and (free <= normal or day > self.last + timedelta(days=OVERTIME))

    def pace(self, day: date, waiting: int, people: int, in_wave: int) -> tuple[int, int]:
        """How many to ask in how many days. `in_wave`: those of the waiting whom this wave did not ask yet, which have
        to last until its period ends; the others follow in the next. What was missed shortly before the cycle's end is
        no burst on the days that are left: the rest is for overtime, in which it goes on as on normal days."""
        normal = self._working_days(self._began)
        if day > self.last:
            return people, normal
        paces = [(waiting, self._working_days(day)), (FASTEST * people, normal)]
        ends = last_day_of(day, self.period)
        if ends < self.last:
            paces.append((in_wave, working_days(day, ends, self.holidays)))
        return min(paces, key=lambda pace: pace[0] / max(1, pace[1]))

    def nth(self, day: date) -> int:
        """Of the working days of its period."""
        return working_days(first_day_of(day, self.period), day, self.holidays)

    @property
    def _began(self) -> date:
        """When it would have, to end when it does at the pace of now."""
        return self.last - timedelta(days=self.days - 1)

    def _working_days(self, since: date) -> int:
        return working_days(since, self.last, self.holidays)


def in_a_period(audience: int, period: str, cycle_days: int) -> float:
    """About how many of a continuous programme's audience the wave of a whole period asks. Not rounded: of 4.1 most waves
    ask 4."""
    return min(audience, audience * MONTHS[period] * 365 / 12 / cycle_days)
