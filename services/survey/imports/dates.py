"""Days and instants by a format that somebody told, such as `DD-MM-YYYY hh:mm`."""

import re
from datetime import date, datetime

TOKENS = {
    "YYYY": r"(?P<year>\d{4})", "YY": r"(?P<short>\d{2})", "MM": r"(?P<month>\d{2})", "M": r"(?P<month>\d{1,2})",
    "DD": r"(?P<day>\d{2})", "D": r"(?P<day>\d{1,2})", "hh": r"(?P<hour>\d{2})", "h": r"(?P<hour>\d{1,2})",
    "mm": r"(?P<minute>\d{2})", "ss": r"(?P<second>\d{2})", "A": r"(?P<half>[AaPp][Mm])",
}  # fmt: skip
_TOKEN = re.compile("YYYY|YY|MM|M|DD|D|hh|h|mm|ss|A")


def pattern(told: str) -> re.Pattern[str]:
    """Raises ValueError for one that names no day, or a part of it twice."""
    made, end = "", 0
    for found in _TOKEN.finditer(told):
        made += re.escape(told[end : found.start()]) + TOKENS[found[0]]
        end = found.end()
    try:
        compiled = re.compile(made + re.escape(told[end:]))
    except re.error:
        raise ValueError("names a part twice") from None
    parts = compiled.groupindex.keys()
    if not {"month", "day"} <= parts or not parts & {"year", "short"}:
        raise ValueError("does not name year, month and day")
    return compiled


def read(text: str, patterns: list[re.Pattern[str]]) -> datetime | None:
    """By the first that fits; None if none does, ValueError if the day does not exist. Two digits of a year are of the
    hundred years of which 30 are to come yet, at the most."""
    for each in patterns:
        found = each.fullmatch(text)
        if found:
            return _moment(found.groupdict())
    return None


def _moment(parts: dict[str, str | None]) -> datetime:
    def number(name: str) -> int:
        return int(parts.get(name) or 0)

    year = number("year") if parts.get("year") else _century(number("short"), date.today().year)  # noqa: DTZ011  # which century, no more
    hour = number("hour")
    if parts.get("half"):
        if not 1 <= hour <= 12:
            raise ValueError("hour of half a day")
        hour = hour % 12 + (12 if str(parts["half"]).lower() == "pm" else 0)
    return datetime(year, number("month"), number("day"), hour, number("minute"), number("second"))  # noqa: DTZ001  # local time, told so


def _century(short: int, present: int) -> int:
    year = present - present % 100 + short
    return year - 100 if year > present + 30 else year
