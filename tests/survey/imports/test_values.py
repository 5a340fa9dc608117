from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.survey.imports import instants, values
from services.survey.imports.refusals import Wrong
from services.survey.imports.values import NOT_GIVEN

# Written out in digits, most of these are larger than any memory.
HUGE = ("1E+400000000", "1E+999999999999999999", "-1E+999999999999999999", "1E-999999999999999999", "NaN", "Infinity")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("1284500.00", "1284500.00"), ("1284500,00", "1284500.00"), ("2.136.000,00", "2136000.00"),
        ("2,136,000.00", "2136000.00"), ("318250,5", "318250.50"), ("€ 3.420.900,00", "3420900.00"),
        ("2.136.000", "2136000.00"), ("145", "145.00"), ("1284.500", "1284.50"), ("0.310", "0.31"),
        ("1 250,00", "1250.00"), ("12,50 €", "12.50"), (Decimal("12.5"), "12.50"),
    ],
)  # fmt: skip
def test_amounts_with_one_reading_are_read(written: str | Decimal, meant: str) -> None:
    assert values.amount(written) == Decimal(meant)


@pytest.mark.parametrize(
    ("read", "written", "code"),
    [
        (values.amount, "1.310", "ambiguousAmount"), (values.amount, "1,310", "ambiguousAmount"),
        (values.amount, "-5", "negativeAmount"), (values.amount, Decimal(-5), "negativeAmount"),
        (values.amount, "1.2.3", "notAnAmount"), (values.amount, "1e5", "notAnAmount"), (values.amount, "12 euro", "notAnAmount"),
        (values.amount, "0.500,00", "notAnAmount"), (values.amount, "0.123.456", "notAnAmount"),
        (values.amount, "12.5055", "tooPrecise"), (values.amount, "1" * 13, "tooLarge"),
        (values.amount, Decimal("1E+999999"), "tooLarge"), (values.amount, Decimal("1E-999999"), "tooPrecise"),
        (values.amount, True, "wrongType"), (values.text(9), Decimal("1.5"), "wrongType"),
        (values.text(9), Decimal("1E+5"), "wrongType"), (values.whole(0, 9), "1.0", "notAWholeNumber"),
        *((values.whole(1900, 2999), Decimal(huge), "notAWholeNumber") for huge in HUGE),
        *((instants.minutes, Decimal(huge), "notAWholeNumber") for huge in (*HUGE, "-5", "0.5")),
        (values.day, "2025-02-30", "notADate"), (values.day, "12/31/2025", "notADate"), (values.day, "46022", "notADate"),
        (values.day, "2025-09-01T00:00:00Z", "notADate"), (values.day, "01-09-2025", "ambiguousDate"),
        (values.day, "0000-01-01", "notADate"), (values.day, "31-04-2025", "notADate"),
        (values.boolean, "maybe", "notABoolean"), (values.boolean, Decimal(1), "notABoolean"), (values.language, "Nederlands", "notALanguage"),
        (values.currency, "euro", "notACurrency"), (values.text(3), "abcd", "tooLong"), (values.text(3), "\ud800", "unstorableText"),
        (values.mail, "a b@c.example", "notAMailAddress"), (values.mail, "a@b@c.example", "notAMailAddress"),
        (values.mail, "x\r\nBcc: y@c.example", "notAMailAddress"),
    ],
)  # fmt: skip
def test_what_has_two_readings_or_none_is_refused(read: Callable[[Any], Any], written: object, code: str) -> None:
    with pytest.raises(Wrong) as refused:
        read(written)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("decimal", "written", "meant"),
    [
        (",", "1.310", "1310.00"), (",", "2.136.000,5", "2136000.50"), (",", "1250,5", "1250.50"), (",", "1,250", "1.25"),
        (",", "€ 1 310,00", "1310.00"), (".", "1,310", "1310.00"), (".", "1250.50", "1250.50"), (".", "1.250", "1.25"),
        (",", Decimal("12.5"), "12.50"), (",", "145", "145.00"), (",", " ", None), (",", "0,500", "0.50"),
    ],
)  # fmt: skip
def test_amounts_with_the_decimal_sign_told(decimal: str, written: str | Decimal, meant: str | None) -> None:
    assert values.told_amount(decimal)(written) == (None if meant is None else Decimal(meant))


@pytest.mark.parametrize(
    ("decimal", "written", "code"),
    [
        *((",", written, "notAnAmount") for written in ("12.50", "1.25", "1250.00", "1.2.3,4", "1.2345", "1234.567", "1,2,3", "0.500", "012.500,00")),
        *((".", written, "notAnAmount") for written in ("12,50", "1,25", "1250,00", "1,2,3.4", "1,", "1234,567", "0,500")),
        (",", "-1,00", "negativeAmount"), (",", "1,255", "tooPrecise"), (",", "١", "notAnAmount"),
    ],
)  # fmt: skip
def test_what_the_told_decimal_sign_does_not_fit_is_refused(decimal: str, written: str, code: str) -> None:
    with pytest.raises(Wrong) as refused:
        values.told_amount(decimal)(written)
    assert refused.value.code == code


def test_lengths_of_time_as_told() -> None:
    hours, minutes = instants.told_minutes("h:mm"), instants.told_minutes("m:ss")
    assert [hours(each) for each in ("0:15", "1:35", "30:00", "1:35:00", "PT2H", "7", None)] == [
        15,
        95,
        1800,
        95,
        120,
        7,
        None,
    ]
    assert [minutes(each) for each in ("0:15", "1:35", "1:35:00", Decimal(7))] == [0, 2, 95, 7]
    for read in (hours, minutes, instants.minutes):
        with pytest.raises(Wrong):
            read("1:75")
    with pytest.raises(Wrong):
        instants.minutes("1:35")


def test_what_is_read() -> None:
    assert values.day(" 31-12-2025 ") == date(2025, 12, 31)
    assert values.day("5-5-2025") == date(2025, 5, 5)
    assert [values.boolean(word) for word in ("TRUE", "nee", "1", False, "")] == [True, False, True, False, NOT_GIVEN]
    assert [values.boolean(word) for word in ("WAAR", "onwaar")] == [True, False]
    assert values.text(10)("\tZoe\u0308 ") == "Zoë"
    assert values.mail("") is None
    assert [values.whole(0, 2999)(year) for year in ("2025", Decimal("2.025E+3"), Decimal("2025.0"), None)] == [
        2025, 2025, 2025, None
    ]  # fmt: skip
    assert values.text(10)(Decimal(1209)) == "1209"
