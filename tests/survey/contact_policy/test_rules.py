from datetime import UTC, date, datetime

import pytest

from services.survey.contact_policy.rules import Quiet, after_quiet, first_loud

SUMMER = Quiet(date(2026, 7, 20), date(2026, 8, 14))
NEXT = Quiet(date(2026, 8, 15), date(2026, 8, 16))


@pytest.mark.parametrize(
    ("day", "first"),
    [
        (date(2026, 7, 19), date(2026, 7, 19)),
        (date(2026, 7, 20), date(2026, 8, 17)),
        (date(2026, 8, 14), date(2026, 8, 17)),
        (date(2026, 8, 17), date(2026, 8, 17)),
    ],
)
def test_periods_that_touch_are_one(day: date, first: date) -> None:
    assert first_loud(day, [NEXT, SUMMER]) == first


def test_what_waits_keeps_its_time_of_day_across_the_change_to_winter_time() -> None:
    quiet = Quiet(date(2026, 10, 20), date(2026, 10, 31))
    at = datetime(2026, 10, 22, 7, 0, tzinfo=UTC)  # nine in the morning, summer time
    assert after_quiet(at, "Europe/Amsterdam", [quiet]) == datetime(2026, 11, 1, 8, 0, tzinfo=UTC)


def test_the_day_is_the_organisations() -> None:
    late = datetime(2026, 7, 19, 22, 30, tzinfo=UTC)  # already the 20th in Amsterdam
    assert after_quiet(late, "Europe/Amsterdam", [SUMMER]).date() == date(2026, 8, 15)
    assert after_quiet(late, "UTC", [SUMMER]) == late
