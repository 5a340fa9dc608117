"""How each kind of field is read. What has two readings is refused, never guessed."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, Self

from services.survey.imports import dates
from services.survey.imports.refusals import Wrong
from services.survey.organisation.rules import is_mail


class SheetNumber(Decimal):
    """A number in a cell of a sheet, which may well be somebody's number in a column of texts. `from_1904`: where it is a
    day, it is counted from then, as some workbooks have it."""

    from_1904 = False


class SheetTime(str):
    """A time in a cell of a sheet that shows no seconds, whole. `pair`: hours and minutes, where it shows these."""

    __slots__ = ("pair",)
    pair: str | None

    def __new__(cls, whole: str, pair: str | None) -> Self:
        made = super().__new__(cls, whole)
        made.pair = pair
        return made


Raw = str | bool | Decimal | None
Cell = Raw | Wrong  # what is wrong with it is said where somebody reads it
Reader = Callable[[Raw], Any]

NOT_GIVEN: Final = object()
NO_VALUE: Final = Wrong("formulaWithoutValue", "has a formula of which the file has no value: save it in a spreadsheet")
_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_DAY_FIRST = re.compile(r"(\d{1,2})-(\d{1,2})-(\d{4})")
_WHOLE = re.compile(r"\d{1,9}", re.ASCII)
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")
_CURRENCY = re.compile(r"[A-Z]{3}")
_SPACE = re.compile(r"[\s\u00a0\u202f]+")
# No group of three follows a zero: `0.500` is half, or nothing.
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+(?:,\d+)?|[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?", re.ASCII)
_PLAIN = re.compile(r"\d+(?:[.,]\d+)?", re.ASCII)
_ONE = Decimal(1)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_TRUE = {"true", "1", "yes", "ja", "waar"}
_FALSE = {"false", "0", "no", "nee", "onwaar"}
_NEITHER = "is neither true nor false"
LARGEST_AMOUNT = Decimal(10) ** 12


def clean(raw: Raw) -> str:
    """Trimmed and composed (NFC), so that one name has one spelling. A whole number of JSON is as good as its digits."""
    if raw is None:
        return ""
    if isinstance(raw, SheetNumber) or (isinstance(raw, Decimal) and raw.same_quantum(_ONE)):
        return format(raw, "f")
    if not isinstance(raw, str):
        raise Wrong("wrongType", "is not a text")
    text = raw.strip()
    if text.isascii():
        if "\x00" in text:
            raise Wrong("unstorableText", "has a NUL character, which cannot be stored")
        return text
    if _UNSTORABLE.search(text):
        raise Wrong("unstorableText", "has a character that cannot be stored (NUL or a lone surrogate)")
    return unicodedata.normalize("NFC", text)


@dataclass(frozen=True)
class text:  # noqa: N801  # a reader that is made like the others
    longest: int

    def __call__(self, raw: Raw) -> str | None:
        value = clean(raw)
        if len(value) > self.longest:
            raise Wrong("tooLong", f"has {len(value)} characters; {self.longest} is the most")
        return value or None

    def plain(self, cells: Sequence[str]) -> list[str] | None:
        """All at once, where none is empty, too long, or anything but ASCII: most of a file is so."""
        whole = "".join(cells)
        if not whole.isascii() or "\x00" in whole:
            return None
        values = [cell.strip() for cell in cells]
        return values if all(values) and max(map(len, values)) <= self.longest else None


def mail(raw: Raw) -> str | None:
    value = clean(raw)
    if value and not is_mail(value):
        raise Wrong("notAMailAddress", "is not a mail address")
    return value or None


def language(raw: Raw) -> str | None:
    value = clean(raw)
    if value and not _LANGUAGE.fullmatch(value):
        raise Wrong("notALanguage", "is not a language tag such as nl or en-GB")
    return value or None


def boolean(raw: Raw) -> Any:
    """An empty field says nothing."""
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, Decimal) and not isinstance(raw, SheetNumber):  # a number of JSON
        raise Wrong("notABoolean", _NEITHER)
    value = clean(raw).lower()
    if value in _TRUE:
        return True
    if value in _FALSE:
        return False
    if not value:
        return NOT_GIVEN
    raise Wrong("notABoolean", _NEITHER)


def day(raw: Raw) -> date | None:
    """`2025-12-31`. Day first (`31-12-2025`) only where month first cannot be meant, so where the day is above 12 or
    equals the month. No slashes, which month first uses, no spreadsheet's day numbers, no instants."""
    value = clean(raw)
    if not value:
        return None
    if found := _ISO_DATE.fullmatch(value):
        year, month, of_month = map(int, found.groups())
    elif found := _DAY_FIRST.fullmatch(value):
        of_month, month, year = map(int, found.groups())
        if of_month <= 12 and of_month != month:
            raise Wrong("ambiguousDate", "could be day or month first; write YYYY-MM-DD")
    else:
        raise Wrong("notADate", "is not a date; write YYYY-MM-DD")
    try:
        return date(year, month, of_month)
    except ValueError:
        raise Wrong("notADate", "is a date that does not exist") from None


def told_day(patterns: list[re.Pattern[str]]) -> Reader:
    """By the formats that were told; what they do not fit is read as if none were."""

    def read(raw: Raw) -> date | None:
        found = told_moment(raw, patterns)
        return day(raw) if found is None else found.date()

    return read


def told_moment(raw: Raw, patterns: list[re.Pattern[str]]) -> datetime | None:
    try:
        return dates.read(clean(raw), patterns) if patterns else None
    except ValueError:
        raise Wrong("notADate", "is a date that does not exist") from None


def whole(least: int, most: int) -> Callable[[Raw], int | None]:
    def read(raw: Raw) -> int | None:
        if isinstance(raw, Decimal):
            # Held against the bounds before it is written out: of 1e400000000 that would be so many digits.
            if raw.is_finite() and least <= raw <= most and raw == raw.to_integral_value():
                return int(raw)
        elif not (value := clean(raw)):
            return None
        elif _WHOLE.fullmatch(value) and least <= int(value) <= most:
            return int(value)
        raise Wrong("notAWholeNumber", f"is not a whole number from {least} to {most}")

    return read


def currency(raw: Raw) -> str | None:
    value = clean(raw).upper()
    if value and not _CURRENCY.fullmatch(value):
        raise Wrong("notACurrency", "is not a currency such as EUR")
    return value or None


def told_amount(decimal: str) -> Reader:
    """With the decimal sign told, nothing has two readings: `1.310` is 1310 where that is a comma. The other sign stands
    between groups of three alone: `12.50` is nothing then, nor is `0.500`."""
    thousands = "." if decimal == "," else ","
    grouped = rf"[1-9]\d{{0,2}}(?:{re.escape(thousands)}\d{{3}})+"
    told = re.compile(rf"(?:\d+|{grouped})(?:{re.escape(decimal)}\d+)?", re.ASCII)

    def read(raw: Raw) -> Decimal | None:
        if isinstance(raw, Decimal):
            return _checked(raw)
        value = _plain_amount(raw)
        if value is None:
            return None
        if not told.fullmatch(value):
            raise Wrong("notAnAmount", f"is not an amount with the decimal sign that was told, {decimal}")
        return _checked(Decimal(value.replace(thousands, "").replace(decimal, ".")))

    return read


def _plain_amount(raw: Raw) -> str | None:
    value = _SPACE.sub("", clean(raw)).removeprefix("€").removesuffix("€")
    if value.startswith("-"):
        raise Wrong("negativeAmount", "is below zero")
    return value or None


def amount(raw: Raw) -> Decimal | None:
    """`1250.00`, `1250,00`, `2.136.000,00`, `€ 1,310.50`. One separator and three digits after it (`1.310`) could be
    both thousands and decimals, so it is refused, unless more than three digits or a zero stand before it."""
    if isinstance(raw, Decimal):
        return _checked(raw)
    value = _plain_amount(raw)
    if value is None:
        return None
    plain, grouped = _PLAIN.fullmatch(value), _GROUPED.fullmatch(value)
    if plain and grouped:
        raise Wrong("ambiguousAmount", "could be thousands or decimals; write it with two decimals")
    if not plain and not grouped:
        raise Wrong("notAnAmount", "is not an amount such as 1250.00")
    decimal = "," if plain and "," in value else "." if plain else _decimal_of_groups(value)
    thousands = "." if decimal == "," else ","
    return _checked(Decimal(value.replace(thousands, "").replace(decimal, ".")))


def _decimal_of_groups(value: str) -> str:
    """The last separator is the decimal one, unless it is also the first of its kind repeated: `2.136.000`."""
    last = value[max(value.rfind("."), value.rfind(","))]
    other = "," if last == "." else "."
    return last if other in value else other


def _checked(value: Decimal) -> Decimal:
    if not value.is_finite() or value >= LARGEST_AMOUNT:
        raise Wrong("tooLarge", "is more than can be stored")
    if value < 0:
        raise Wrong("negativeAmount", "is below zero")
    rounded = value.quantize(Decimal("0.01"))
    if rounded != value:
        raise Wrong("tooPrecise", "has more than two decimals")
    return rounded
