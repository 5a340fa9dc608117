import pytest

from services.survey.imports import dates


@pytest.mark.parametrize(
    ("told", "text", "found"),
    [
        ("DD-MM-YYYY", "09-03-2026", "2026-03-09T00:00:00"),
        ("D/M/YYYY", "9/3/2026", "2026-03-09T00:00:00"),
        ("MM/DD/YYYY", "03/09/2026", "2026-03-09T00:00:00"),
        ("YYYYMMDD", "20260309", "2026-03-09T00:00:00"),
        ("DD.MM.YY", "09.03.26", "2026-03-09T00:00:00"),
        ("DD.MM.YY", "09.03.99", "1999-03-09T00:00:00"),
        ("D-M-YYYY hh:mm", "29-2-2016 01:16", "2016-02-29T01:16:00"),
        ("M/D/YYYY h:mm:ss A", "3/9/2026 12:05:07 am", "2026-03-09T00:05:07"),
        ("M/D/YYYY h:mm A", "3/9/2026 1:05 PM", "2026-03-09T13:05:00"),
        ("DD-MM-YYYY", "9-3-2026", None),
        ("DD-MM-YYYY", "09-03-2026 ", None),
    ],
)
def test_formats(told: str, text: str, found: str | None) -> None:
    read = dates.read(text, [dates.pattern(told)])
    assert (read and read.isoformat()) == found


def test_the_first_that_fits() -> None:
    patterns = [dates.pattern("YYYY-MM-DD"), dates.pattern("DD-MM-YYYY")]
    assert [str(dates.read(text, patterns)) for text in ("2026-03-09", "09-03-2026")] == ["2026-03-09 00:00:00"] * 2


@pytest.mark.parametrize("told", ["", "DD", "YYYY-MM", "hh:mm", "DD-MM-DD YYYY", "YYYY YY-MM-DD-DD"])
def test_formats_that_name_no_day(told: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # what it says is for people
        dates.pattern(told)


@pytest.mark.parametrize(
    ("told", "text"),
    [
        ("DD-MM-YYYY", "31-02-2026"),
        ("DD-MM-YYYY", "01-01-0000"),
        ("D-M-YYYY h A", "1-1-2026 13 PM"),
    ],
)
def test_days_that_do_not_exist(told: str, text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # likewise
        dates.read(text, [dates.pattern(told)])
