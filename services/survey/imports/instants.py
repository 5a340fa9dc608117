"""How instants and lengths of time are read."""

import re
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP
from zoneinfo import ZoneInfo

from services.survey.imports.refusals import Wrong
from services.survey.imports.values import Raw, Reader, SheetNumber, SheetTime, clean, told_moment, whole
from services.survey.interactions.rules import LONGEST

_INSTANT = re.compile(
    r"\d{4}-\d{2}-\d{2}([Tt ]\d{2}:\d{2}(:\d{2}([.,]\d{1,6})?)?\s?([Zz]|[+-]\d{2}:?\d{2})?)?", re.ASCII
)
_CLOCK = re.compile(r"(?:(\d{1,4}) days?, )?(\d{1,5}):([0-5]\d):([0-5]\d)", re.ASCII)
_PERIOD = re.compile(r"P(?=\w)(?:(\d{1,4})D)?(?:T(?=\w)(?:(\d{1,5})H)?(?:(\d{1,7})M)?(?:(\d{1,9})S)?)?", re.ASCII)
_FROM_1900, _FROM_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001  # local times
_PAIR = re.compile(r"(\d{1,7}):([0-5]\d)", re.ASCII)
_length = whole(0, LONGEST)


def instant(patterns: list[re.Pattern[str]], zone: ZoneInfo) -> Reader:
    """`2026-03-09T08:00:00+01:00`. Without an offset it is the organisation's own time; without a time it is the day's
    beginning, which is how a sheet shows that instant. A number in a sheet is its count of days, which no format shows."""

    def read(raw: Raw) -> datetime | None:
        if isinstance(raw, SheetNumber):
            return _checked_instant(_counted(raw), zone)
        found, value = told_moment(raw, patterns), clean(raw)
        if not value:
            return None
        if found is None and not _INSTANT.fullmatch(value):
            raise Wrong("notAnInstant", "is not an instant; write YYYY-MM-DDThh:mm:ss+hh:mm, or tell the dateFormats")
        try:
            return _checked_instant(found or datetime.fromisoformat(value.upper().replace(",", ".")), zone)
        except ValueError:
            raise Wrong("notAnInstant", "is an instant that does not exist") from None

    return read


def _counted(days: SheetNumber) -> datetime:
    """To the second: a sheet's numbers are not exact. Whole small ones are more likely years or something else."""
    if not 20_000 <= days < 80_000:
        raise Wrong("notAnInstant", "is a number that is no date of these times")
    seconds = (days * 86_400).to_integral_value(ROUND_HALF_UP)
    return (_FROM_1904 if days.from_1904 else _FROM_1900) + timedelta(seconds=int(seconds))


def _checked_instant(found: datetime, zone: ZoneInfo) -> datetime:
    if not 1900 <= found.year <= 9998:
        raise Wrong("notAnInstant", "is not between the years 1900 and 9998")
    return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)


def minutes(raw: Raw) -> int | None:
    """Whole minutes; `1:35:00` and `PT1H35M` as well, to the nearest. `1:35` could be hours or minutes: see
    `told_minutes`."""
    value = clean(raw) if raw is None or isinstance(raw, str) else ""
    found = _CLOCK.fullmatch(value) or (_PERIOD.fullmatch(value.upper()) if value else None)
    if found is None:
        return _length(raw)
    days, hours, of_hour, seconds = (int(part or 0) for part in found.groups())
    return _length(str((days * 86_400 + hours * 3_600 + of_hour * 60 + seconds + 30) // 60))


def told_minutes(form: str) -> Reader:
    """With `h:mm` or `m:ss` told, `1:35` is one of the two. A sheet takes it for hours, whatever somebody meant who wrote it
    there, so of a cell that shows it what it shows is read; one that shows something else, and no seconds either, may hold
    either."""

    def read(raw: Raw) -> int | None:
        if isinstance(raw, SheetTime) and raw.pair is None and form == "m:ss":
            raise Wrong("notAWholeNumber", "is a time of which the cell shows neither hours and minutes nor seconds")
        shown = raw.pair if isinstance(raw, SheetTime) else raw
        found = _PAIR.fullmatch(clean(shown)) if isinstance(shown, str) else None
        if found is None:
            return minutes(raw)
        counted = int(found[1]) * 60 + int(found[2])
        return _length(str(counted if form == "h:mm" else (counted + 30) // 60))

    return read
