"""CSV as HR systems and spreadsheets write it: commas, semicolons, tabs or bars; quotes with line breaks in them."""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from services.survey.imports.reading.encoding import Decoded, count_broken
from services.survey.imports.refusals import Refusal, Unusable

DELIMITERS = (",", ";", "\t", "|")
_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+")


@dataclass(frozen=True)
class Record:
    """A row with its fields, or the reason why it has none. `line` is where it begins."""

    line: int
    fields: list[str]
    refusal: Refusal | None = None


def empty() -> Unusable:
    return Unusable("emptyFile", "The file is empty; a header with the columns' names is expected.")


def records(decoded: Decoded) -> Iterator[Record]:
    """The header first. Empty lines are skipped; what follows a quote that never closes is lost, and said."""
    first, header = next(((place, line) for place, line in enumerate(_lines(decoded.text)) if line.strip()), (0, ""))
    if not header:
        raise empty()
    told = _told_delimiter(header)
    first += told is not None
    row: list[str] = []
    reader = csv.reader(_kept(_lines(decoded.text), first, row), delimiter=told or _likely(header), strict=True)
    broken = iter(decoded.broken)
    while True:
        start = first + reader.line_num + 1
        row.clear()
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield _unreadable(error, row, start)
            if "expected after" not in str(error):
                return
            _skip_broken(broken, "".join(row))
            continue
        if any(field.strip() for field in fields) or len(fields) > 1:
            yield _whole(start, fields, broken) if decoded.broken else Record(start, fields)


def _lines(text: str) -> Iterator[str]:
    """One by one, since a list of them would be several times the file; each with its end, as csv wants them."""
    return (found[0] for found in _LINE.finditer(text))


def _kept(lines: Iterator[str], first: int, row: list[str]) -> Iterator[str]:
    """From the first on, each also put into `row`."""
    for line in islice(lines, first, None):
        row.append(line)
        yield line


def _told_delimiter(line: str) -> str | None:
    """Excel's own first line, `sep=;`."""
    text = line.strip("\r\n")
    return text[4:] if text.lower().startswith("sep=") and len(text) == 5 else None


def _likely(header: str) -> str:
    outside = "".join(header.split('"')[::2])
    return max(DELIMITERS, key=outside.count)


def _whole(line: int, fields: list[str], broken: Iterator[int]) -> Record:
    positions = _skip_broken(broken, "".join(fields))
    if not positions:
        return Record(line, fields)
    places = ", ".join(str(position) for position in positions[:5])
    column = next(place for place, field in enumerate(fields) if count_broken(field))
    detail = f"field {column + 1} cannot be read: see byte {places} of the file"
    return Record(line, fields, Refusal(line, None, "unreadableBytes", detail))


def _skip_broken(broken: Iterator[int], text: str) -> list[int]:
    return [next(broken) for _ in range(count_broken(text))]


def _unreadable(error: csv.Error, row: list[str], start: int) -> Record:
    """`row` holds the lines from where the row begins to where the reading stopped."""
    if "unexpected end" in str(error):
        opened = _opened(row, start)
        detail = f"the quote opened on line {opened} is never closed; nothing after it was read"
        return Record(start, [], Refusal(opened, None, "quoteNotClosed", detail))
    if "field limit" in str(error):
        opened = _opened(row, start)
        detail = f"the field opened on line {opened} is too long; is its quote closed? Nothing after it was read"
        return Record(start, [], Refusal(opened, None, "fieldTooLong", detail))
    return Record(start, [], Refusal(start, None, "strayQuote", "has a quote inside a quoted field; write it twice"))


def _opened(row: Iterable[str], start: int) -> int:
    """The last line on which a quote was opened and not closed. Doubled quotes are no quotes."""
    opened, inside = start, False
    for number, line in enumerate(row, start):
        quotes = line.replace('""', "").count('"')
        inside = inside != bool(quotes % 2)
        if inside and quotes:
            opened = number
    return opened
