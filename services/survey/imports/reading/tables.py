"""CSV as HR systems and spreadsheets write it: commas, semicolons, tabs or bars; quotes with line breaks in them."""

import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from services.survey.imports.reading.encoding import Text, count_broken
from services.survey.imports.refusals import Refusal, Unusable
from services.survey.imports.values import Cell

DELIMITERS = (",", ";", "\t", "|")
LONGEST = 1_000_000  # characters of a row
_END = re.compile(r"\r\n?|\n")
_OTHER_ENDS = re.compile("[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")  # where Python would end a line too, and files do not


class Record(NamedTuple):
    """A row with its fields, or the reason why it has none. `line` is where it begins. `ended`: a line break follows it, as
    it may not the last one; of a file that was cut off it does not either, and what is left of a field looks whole."""

    line: int
    fields: Sequence[Cell]
    refusal: Refusal | None = None
    ended: bool = True


def empty(header_line: int = 1) -> Unusable:
    where = "The file is empty" if header_line == 1 else f"From line {header_line} on the file is empty"
    return Unusable("emptyFile", f"{where}; a header with the columns' names is expected.")


def records(text: Text, delimiter: str | None = None, header_line: int = 1) -> Iterator[Record]:
    """The header first. Empty lines are skipped; what follows a quote that never closes is lost, and said."""
    coming = _lines(text)
    first, header, told = _from_header(text, coming, header_line)
    if not header:
        raise empty(header_line)
    row: list[str] = []
    lines = _kept(chain([header], coming), row)
    reader = csv.reader(lines, delimiter=delimiter or told or _likely(header), strict=True)
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
            _skip_broken(text.broken, "".join(row))
            continue
        if len(fields) > 1 or any(field.strip() for field in fields):
            ended = row[-1][-1] in "\r\n"
            yield _whole(start, fields, text.broken) if text.broken else Record(start, fields, ended=ended)


def _from_header(text: Text, coming: Iterator[str], header_line: int) -> tuple[int, str, str | None]:
    """Its place, itself, and the delimiter that a line above tells."""
    told = None
    for place, line in enumerate(coming):
        if line.strip() and told is None and (told := _told_delimiter(line)) is not None:
            continue
        if place + 1 >= header_line and line.strip():
            return place, line, told
        _skip_broken(text.broken, line)
    return 0, "", None


def _lines(chunks: Iterable[str]) -> Iterator[str]:
    """One by one, each with its end, as csv wants them."""
    rest = ""
    for chunk in chunks:
        text = rest + chunk
        lines = text.splitlines(keepends=True) if not _OTHER_ENDS.search(text) else _at_plain_ends(text)
        # The last may be a part of one, or end with half of what ends it.
        rest = lines.pop() if lines and not text.endswith("\n") else ""
        if len(rest) > LONGEST:
            raise too_long()
        yield from lines
    if rest:
        yield rest


def _at_plain_ends(text: str) -> list[str]:
    ends = [found.end() for found in _END.finditer(text)]
    return [text[start:end] for start, end in zip([0, *ends], [*ends, len(text)], strict=True) if start < end]


def ragged(line: int, count: int, width: int) -> Refusal:
    return Refusal(line, None, "wrongNumberOfFields", f"has {count} fields; the header has {width}")


def too_long() -> Unusable:
    return Unusable("rowTooLong", f"A row has more than {LONGEST:,} characters: is this the right kind of file?")


def _kept(lines: Iterable[str], row: list[str]) -> Iterator[str]:
    """Each also put into `row`, which is emptied where a row begins."""
    size = 0
    for line in lines:
        size = len(line) + (size if row else 0)
        if size > LONGEST:
            raise too_long()
        row.append(line)
        yield line


def _told_delimiter(line: str) -> str | None:
    """Excel's own first line, `sep=;`."""
    text = line.strip("\r\n")
    return text[4:] if text.lower().startswith("sep=") and text[4:] in DELIMITERS else None


def _likely(header: str) -> str:
    outside = "".join(header.split('"')[::2])
    return max(DELIMITERS, key=outside.count)


def _whole(line: int, fields: list[str], broken: deque[int]) -> Record:
    positions = _skip_broken(broken, "".join(fields))
    if not positions:
        return Record(line, fields)
    places = ", ".join(str(position) for position in positions[:5])
    column = next(place for place, field in enumerate(fields) if count_broken(field))
    detail = f"field {column + 1} cannot be read: see byte {places} of the file"
    return Record(line, fields, Refusal(line, None, "unreadableBytes", detail))


def _skip_broken(broken: deque[int], text: str) -> list[int]:
    return [broken.popleft() for _ in range(count_broken(text))]


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
