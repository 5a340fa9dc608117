from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from services.survey.imports import dates
from services.survey.imports.instants import instant, minutes
from services.survey.imports.refusals import Wrong
from services.survey.imports.values import Raw, SheetNumber

HERE = ZoneInfo("Europe/Amsterdam")


@pytest.mark.parametrize(
    ("raw", "hour", "minute"),
    [
        ("2026-03-09T08:00:00+01:00", 7, 0),
        ("2026-03-09t08:00:00z", 8, 0),
        (" 2026-03-09 08:00 ", 7, 0),
        ("2026-03-09T08:00:00,250+0100", 7, 0),
        ("9/3/2026 8:05 PM", 19, 5),
        ("09/03/2026 20:05", 19, 5),
        (SheetNumber("46090.3333333333"), 7, 0),
    ],
)
def test_instants(raw: Raw, hour: int, minute: int) -> None:
    read = instant([dates.pattern(told) for told in ("D/M/YYYY h:mm A", "DD/MM/YYYY hh:mm")], HERE)
    found = read(raw)
    assert found.replace(microsecond=0) == datetime(2026, 3, 9, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    "raw",
    [
        "soon", "09/03/2026 08:00", "2026-13-01", "2026-02-29T10:00:00Z", "2026-03-09T25:00", "1899-12-31", "9999-12-31",
        "2026-03-09T08:00:00+99:00", "\u0662026-03-09", True, SheetNumber(2026), SheetNumber("Infinity"), SheetNumber(-1),
        SheetNumber("1e300"),
    ],
)  # fmt: skip
def test_no_instants(raw: Raw) -> None:
    with pytest.raises(Wrong):
        instant([], HERE)(raw)


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        ("0", 0), ("135", 135), (SheetNumber(95), 95), ("1:35:00", 95), ("00:00:29", 0), ("00:00:30", 1), ("100:00:00", 6_000),
        ("1 day, 2:03:00", 1_563), ("PT1H35M", 95), ("pt90s", 2), ("P1DT1M", 1_441), ("P2D", 2_880), ("", None), (None, None),
    ],
)  # fmt: skip
def test_minutes(raw: Raw, found: int | None) -> None:
    assert minutes(raw) == found


@pytest.mark.parametrize(
    "raw",
    ["1:35", "-1", "1.5", "1,5", "P", "PT", "P1DT", "P1M", "1:60:00", "5256001", "9999 days, 0:00:00", True, SheetNumber("0.5"),
     "9" * 400],
)  # fmt: skip
def test_no_minutes(raw: Raw) -> None:
    with pytest.raises(Wrong):
        minutes(raw)
