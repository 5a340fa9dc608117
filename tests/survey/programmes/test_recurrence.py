"""When programmes run, against published calendars."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from pydantic_core import PydanticCustomError

from services.survey.programmes import recurrence, rules

ZONE = ZoneInfo("Europe/Amsterdam")
NL = recurrence.holidays_of("NL")
NONE = recurrence.holidays_of(None)


def local(*parts: int) -> datetime:
    """Without a zone, as rules are reckoned."""
    return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001


def starts(rule: str, start: datetime, count: int, country: str | None = None) -> list[str]:
    """In local time."""
    found, moment = [], datetime(2026, 1, 1, tzinfo=UTC)
    for _ in range(count):
        following = recurrence.after(rule, start, moment, ZONE, recurrence.holidays_of(country))
        assert following is not None
        moment = following
        found.append(moment.astimezone(ZONE).strftime("%Y-%m-%d %H:%M %z"))
    return found


def test_nine_stays_nine_when_the_clock_changes() -> None:
    assert starts("FREQ=MONTHLY;BYDAY=2MO", local(2026, 2, 9, 9), 3) == [
        "2026-02-09 09:00 +0100", "2026-03-09 09:00 +0100", "2026-04-13 09:00 +0200",
    ]  # fmt: skip


def test_a_time_that_the_clock_skips_comes_an_hour_later() -> None:
    assert starts("FREQ=WEEKLY", local(2026, 3, 22, 2, 30), 2)[1] == "2026-03-29 03:30 +0200"


def test_what_falls_on_a_public_holiday_runs_on_the_next_working_day() -> None:
    """Easter Monday 2026 is 6 April, Whit Monday 25 May, King's Day 27 April; Christmas 2026 is a Friday."""
    mondays = starts("FREQ=WEEKLY;INTERVAL=7;BYDAY=MO", local(2026, 4, 6, 9), 2, "NL")
    assert [text[:10] for text in mondays] == ["2026-04-07", "2026-05-26"]
    assert starts("FREQ=YEARLY", local(2026, 12, 25, 9), 1, "NL")[0][:10] == "2026-12-28"
    assert starts("FREQ=YEARLY", local(2026, 12, 25, 9), 1)[0][:10] == "2026-12-25"


def test_a_rule_ends_with_its_count_or_until() -> None:
    start, late = local(2026, 3, 2, 9), datetime(2026, 3, 10, tzinfo=UTC)
    assert recurrence.after("FREQ=WEEKLY;COUNT=2", start, late, ZONE, NONE) is None
    assert recurrence.after("FREQ=WEEKLY;UNTIL=20260309", start, late, ZONE, NONE) is None
    assert recurrence.after("FREQ=WEEKLY;COUNT=3", start, late, ZONE, NONE) == datetime(2026, 3, 16, 8, tzinfo=UTC)
    assert recurrence.after("FREQ=WEEKLY;UNTIL=20260316T235959Z", start, late, ZONE, NONE) is not None


def test_an_until_in_utc_keeps_the_last_run() -> None:
    """RFC 5545, 3.3.10: where the start has a zone, UNTIL is in UTC."""
    rule, start = "FREQ=WEEKLY;BYDAY=MO;UNTIL=20270125T080000Z", local(2027, 1, 4, 9)
    last = recurrence.after(rule, start, datetime(2027, 1, 18, 8, tzinfo=UTC), ZONE, NONE)
    assert last == datetime(2027, 1, 25, 8, tzinfo=UTC)
    assert recurrence.after(rule, start, last, ZONE, NONE) is None
    sooner = rule.replace("T080000Z", "T075959Z")
    assert recurrence.after(sooner, start, datetime(2027, 1, 18, 8, tzinfo=UTC), ZONE, NONE) is None
    recurrence.check("FREQ=WEEKLY;UNTIL=20270104T080000Z", start, ZONE)
    recurrence.check("FREQ=WEEKLY;UNTIL=99991231T235959Z", start, ZONE)
    with pytest.raises(PydanticCustomError):
        recurrence.check("FREQ=WEEKLY;UNTIL=20270104T075959Z", start, ZONE)


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "neverFires"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31", "neverFires"),
        ("FREQ=DAILY;COUNT=5;BYMONTH=2;BYMONTHDAY=30", "neverFires"),
        ("FREQ=WEEKLY;UNTIL=20200101", "neverFires"),
        ("FREQ=SECONDLY", "firesTooOften"),
        ("FREQ=HOURLY;INTERVAL=500", "firesTooOften"),
        ("FREQ=DAILY", "firesTooOften"),
        ("FREQ=DAILY;INTERVAL=6", "firesTooOften"),
        ("FREQ=WEEKLY;BYDAY=MO,WE", "firesTooOften"),
        (f"FREQ=YEARLY;BYYEARDAY={','.join(map(str, range(1, 367, 14)))},366", "firesTooOften"),  # the last leap day
        ("FREQ=WEEKLY;INTERVAL=0", "notARecurrence"),
        ("FREQ=WEEKLY;INTERVAL=-1", "notARecurrence"),
        ("FREQ=WEEKLY;BYDAY=XX", "notARecurrence"),
        ("FREQ=WEEKLY;BYHOUR=9", "notARecurrence"),
        ("FREQ=WEEKLY;UNTIL=soon", "notARecurrence"),
        ("FREQ=WEEKLY;UNTIL=20261399", "notARecurrence"),
        ("FREQ=WEEKLY;COUNT=2;UNTIL=20270101", "notARecurrence"),
        ("FREQ=WEEKLY;FREQ=DAILY", "notARecurrence"),
        ("RRULE:FREQ=WEEKLY", "notARecurrence"),
        ("every monday", "notARecurrence"),
        ("FREQ=WEEKLY;", "notARecurrence"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "notARecurrence"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "notARecurrence"),
        ("FREQ=MONTHLY;BYMONTHDAY=-32", "notARecurrence"),
        ("FREQ=MONTHLY;BYDAY=1MO;BYMONTH=3,13", "notARecurrence"),
        ("FREQ=YEARLY;BYMONTH=-1", "notARecurrence"),
        ("FREQ=YEARLY;BYWEEKNO=54", "notARecurrence"),
        ("FREQ=YEARLY;BYYEARDAY=-367", "notARecurrence"),
        ("FREQ=YEARLY;BYYEARDAY=1.5", "notARecurrence"),
        ("FREQ=MONTHLY;BYSETPOS=400;BYDAY=MO", "notARecurrence"),
        ("FREQ=MONTHLY;BYSETPOS=1", "notARecurrence"),
        ("FREQ=MONTHLY;BYDAY=99MO", "notARecurrence"),
        ("FREQ=MONTHLY;BYDAY=55MO", "notARecurrence"),
        ("FREQ=YEARLY;BYDAY=56MO", "notARecurrence"),
        ("FREQ=YEARLY;BYDAY=60MO", "notARecurrence"),
        ("FREQ=WEEKLY;BYDAY=MO\nEXDATE:20270111T090000", "notARecurrence"),
        ("FREQ=WEEKLY;BYDAY=MO\nRDATE:20270111T090000", "notARecurrence"),
        ("FREQ=WEEKLY;INTERVAL=\u0661", "notARecurrence"),
        ("FREQ=WEEKLY;BYDAY=MO ", "notARecurrence"),
    ],
)
def test_rules_that_are_refused(rule: str, code: str) -> None:
    with pytest.raises(PydanticCustomError) as refused:
        recurrence.check(rule, local(2026, 3, 2, 9), ZONE)
    assert refused.value.type == code


def test_leap_days_come_often_enough() -> None:
    recurrence.check("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", local(2097, 3, 1, 9), ZONE)  # 2100 is no leap year
    recurrence.check("FREQ=WEEKLY;BYDAY=MO", local(2026, 3, 2, 9), ZONE)


def test_days_and_periods() -> None:
    assert rules.last_day_of(date(2026, 2, 11), "month") == date(2026, 2, 28)
    assert rules.last_day_of(date(2026, 12, 1), "month") == date(2026, 12, 31)
    assert rules.last_day_of(date(2026, 5, 11), "quarter") == date(2026, 6, 30)
    assert rules.last_day_of(date(2026, 12, 31), "quarter") == date(2026, 12, 31)
    # May 2026 has 21 weekdays, of which the 14th (Ascension) and the 25th (Whit Monday) are public holidays.
    assert rules.working_days(date(2026, 5, 1), date(2026, 5, 31), NL) == 19
    assert rules.seed_of(7, date(2026, 5, 1)) == rules.seed_of(7, date(2026, 5, 1)) < 2**31
    assert len({rules.seed_of(seed, date(2026, 5, day)) for seed in range(9) for day in range(1, 9)}) == 72


@pytest.mark.parametrize("people", [3, 65, 66, 1000])
def test_portions_reach_everybody_within_their_days(people: int) -> None:
    waiting, asked = people, []
    for day in range(65):
        size = rules.portion(waiting, 65 - day, rules.seed_of(3, date(2026, 1, 1)), day)
        asked.append(size)
        waiting -= size
    assert waiting == 0
    assert max(asked) <= people // 65 + 3
    assert people > 10 or sum(asked[:10]) < people, "spread over the days"


@pytest.mark.parametrize("year", [1, 1900, 1970, 1989, 1990, 2031, 2400, 9000])
def test_a_start_of_any_year_fires(year: int) -> None:
    start = local(year, 1, 1, 9)
    recurrence.check("FREQ=YEARLY", start, ZONE)
    moment = datetime(max(year, 2026), 3, 3, tzinfo=UTC)
    assert recurrence.after("FREQ=YEARLY", start, moment, ZoneInfo("UTC"), NONE) == datetime(
        max(year, 2026) + 1, 1, 1, 9, tzinfo=UTC
    )
