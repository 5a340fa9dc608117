"""CSV as HR systems and spreadsheets write it: commas, semicolons, tabs or bars; quotes with line breaks in them."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from services.survey.imports.reading.encoding import Decoded, count_broken
from services.survey.imports.refusals import Refusal, Unusable

DELIMITERS = (",", ";", "\t", "|")


@dataclass(frozen=True)
class Record:
    """A row with its fields, or the reason why it has none. `line` is where it begins."""

    line: int
    fields: list[str]
    refusal: Refusal | None = None


def records(decoded: Decoded) -> Iterator[Record]:
    """The header first. Empty lines are skipped; what follows a quote that never closes is lost, and said."""
    lines = list(io.StringIO(decoded.text, newline=""))
    first = next((place for place, line in enumerate(lines) if line.strip()), None)
    if first is None:
        raise Unusable("emptyFile", "The file is empty; a header with the columns' names is expected.")
    told = _told_delimiter(lines[first])
    first += told is not None
    delimiter = told or _likely_delimiter(lines[first] if first < len(lines) else "")
    reader = csv.reader(lines[first:], delimiter=delimiter, strict=True)
    broken = iter(decoded.broken)
    while True:
        start = first + reader.line_num + 1
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield _unreadable(error, lines, start, first + reader.line_num)
            if "expected after" not in str(error):
                return
            _skip_broken(broken, "".join(lines[start - 1 : first + reader.line_num]))
            continue
        if any(field.strip() for field in fields) or len(fields) > 1:
            yield _whole(start, fields, broken) if decoded.broken else Record(start, fields)


def _told_delimiter(line: str) -> str | None:
    """Excel's own first line, `sep=;`."""
    text = line.strip("\r\n")
    return text[4:] if text.lower().startswith("sep=") and len(text) == 5 else None


def _likely_delimiter(header: str) -> str:
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


def _unreadable(error: csv.Error, lines: list[str], start: int, end: int) -> Record:
    if "unexpected end" in str(error):
        opened = _opened(lines, start)
        detail = f"the quote opened on line {opened} is never closed; nothing after it was read"
        return Record(start, [], Refusal(opened, None, "quoteNotClosed", detail))
    if "field limit" in str(error):
        opened = _opened(lines[:end], start)
        detail = f"the field opened on line {opened} is too long; is its quote closed? Nothing after it was read"
        return Record(start, [], Refusal(opened, None, "fieldTooLong", detail))
    return Record(start, [], Refusal(start, None, "strayQuote", "has a quote inside a quoted field; write it twice"))


def _opened(lines: list[str], start: int) -> int:
    """The last line on which a quote was opened and not closed. Doubled quotes are no quotes."""
    opened, inside = start, False
    for number, line in enumerate(lines[start - 1 :], start):
        quotes = line.replace('""', "").count('"')
        inside = inside != bool(quotes % 2)
        if inside and quotes:
            opened = number
    return opened
