"""What a cell of a sheet shows, which hangs on its number format."""

import re
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from openpyxl.styles.numbers import BUILTIN_FORMATS, BUILTIN_FORMATS_MAX_SIZE

from services.survey.imports.values import Raw, SheetNumber, SheetTime

ZEROS = re.compile(r"0{2,20}")
# Texts, what is left of a character's width, colours and languages; but not `[h]`, hours beyond a day.
NO_PART = re.compile(r'"[^"]*"|[\\_*].|\[(?!(?:h+|m+|s+)\])[^\]]*\]|am/pm|a/p')
CONDITION = re.compile(r"\[[<=>]")
PART = re.compile(r"([ymdhs])\1*")
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


class Style(NamedTuple):
    """`width`: how many figures a format such as `000000` shows, since 001209 is no 1209. `parts`: which parts of a time it
    shows, as `hm`, in their order."""

    width: int = 0
    parts: str = ""


PLAIN = Style()


class NumberFrom1904(SheetNumber):
    from_1904 = True


def styles_of(book: Any) -> dict[int, Style]:
    """Of those that show something else than a plain cell."""
    custom = dict(enumerate(book._number_formats, BUILTIN_FORMATS_MAX_SIZE))  # noqa: SLF001  # as openpyxl's own sheets take it
    formats = BUILTIN_FORMATS | custom
    found = {}
    for place, style in enumerate(book._cell_styles):  # noqa: SLF001  # likewise
        form = formats.get(style.numFmtId, "")
        made = Style(len(form) if ZEROS.fullmatch(form) else 0, _parts(form))
        if made != PLAIN:
            found[place] = made
    return found


def _parts(form: str) -> str:
    """Of what is above zero, which the first section is for. Where sections have conditions, who knows."""
    if CONDITION.search(form):
        return ""
    positive, *_ = NO_PART.sub("", form.lower()).split(";")
    return "".join(PART.findall(positive))


def shown(value: Any, style: Style, number: type[SheetNumber]) -> Raw:
    """As people see it in the sheet."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        return str(value).zfill(style.width) if style.width else number(value)
    if isinstance(value, float):
        return number(format(value, ".15g"))  # what a sheet shows of it; 0.1 + 0.2 is 0.3 there
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return _time(value, style.parts)


def _time(value: time | timedelta, parts: str) -> Raw:
    """To the second, which all formats but those with fractions show; only then seconds that are not shown are left out."""
    of_day = isinstance(value, time)
    if isinstance(value, time):
        value = timedelta(0, value.second, value.microsecond, 0, value.minute, value.hour)
    length = (value + SECOND / 2) // SECOND * SECOND
    if of_day:
        length = min(length, DAY - SECOND)
    whole = str(length).zfill(8) if of_day else str(length)
    if "s" in parts:
        return whole
    hours, minutes = divmod(length // timedelta(minutes=1), 60)
    return SheetTime(whole, f"{hours}:{minutes:02}" if parts == "hm" else None)
