"""XLSX, row by row: what a sheet holds is never whole in memory, nor its shared texts, which go to a file without a
name. Nothing is parsed of an archive that would unfold into far more than it is."""

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import IO, Any, cast
from xml.etree.ElementTree import Element, ParseError, iterparse
from zipfile import BadZipFile, ZipFile, ZipInfo

from openpyxl.cell.text import Text
from openpyxl.reader.excel import ExcelReader
from openpyxl.utils.datetime import WINDOWS_EPOCH
from openpyxl.worksheet._reader import DATA_TAG, FORMULA_TAG, ROW_TAG, VALUE_TAG, WorkSheetParser
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS

from services.survey.imports.reading.shared_texts import SharedTexts
from services.survey.imports.reading.shown import PLAIN, NumberFrom1904, Style, shown, styles_of
from services.survey.imports.reading.source import Seekable, Source
from services.survey.imports.reading.tables import Record, empty, ragged
from services.survey.imports.refusals import Unusable, Wrong
from services.survey.imports.values import NO_VALUE, Cell, SheetNumber

LARGEST = 2_000_000_000  # bytes of all that is in the archive
LARGEST_PART = 20_000_000  # of what is parsed whole: styles and the like
STEEPEST = 200  # times its own size; deflate can do a thousand, a sheet of people about ten
SMALL = 1_000_000  # below this nobody asks how steep
LONGEST_RUN = 1_000_000  # bytes without an element's beginning; a cell has 32,767 characters at the most
MOST_ROWS = 1_048_576
MOST_ELEMENTS = 200_000  # of one row: 16,384 cells at the most
SHEETS = re.compile(r"xl/(worksheets/[^/]+|sharedStrings)\.xml", re.IGNORECASE)
STRICT = b"//purl.oclc.org/ooxml/"  # where its names are, which openpyxl does not know
ITEM_TAG = f"{{{SHEET_MAIN_NS}}}si"
BROKEN = (BadZipFile, ParseError, KeyError, ValueError, TypeError, IndexError, OSError, EOFError, AttributeError,
          NotImplementedError, RuntimeError)  # fmt: skip


def check(source: Source) -> None:
    """Raises Unusable for what cannot be a workbook; looks at the archive's table of contents alone."""
    with _readable(), ZipFile(cast("IO[bytes]", Seekable(source))) as archive:
        _refuse_bomb(archive.infolist())
        if "[Content_Types].xml" not in archive.namelist():
            raise Unusable("wrongKind", "The file is a ZIP archive, but no XLSX workbook.")
        if STRICT in archive.read("_rels/.rels"):
            raise Unusable("unreadableWorkbook", "This is a Strict Open XML workbook; save it as a plain one (.xlsx).")


def _refuse_bomb(members: list[ZipInfo]) -> None:
    whole = sum(member.file_size for member in members)
    steep = [member for member in members
             if member.file_size > SMALL and member.file_size > STEEPEST * max(1, member.compress_size)]  # fmt: skip
    large = [member for member in members
             if PurePosixPath(member.filename).suffix.lower() in (".xml", ".rels") and not SHEETS.fullmatch(member.filename)
             and member.file_size > LARGEST_PART]  # fmt: skip
    if whole > LARGEST or steep or large or len(members) > 10_000:
        raise Unusable(
            "unfoldsTooFar", f"The workbook would unfold into {whole:,} bytes; save it anew, or send the sheet as CSV."
        )


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except BROKEN:
        raise Unusable("unreadableWorkbook", "The workbook cannot be read: it is damaged, or not whole.") from None


def rows_of_sheet(source: Source, sheet: str | None, header_line: int = 1) -> Iterator[Record]:
    """The header first. Empty rows are skipped."""
    check(source)
    with _readable(), SharedTexts() as texts:
        reader = _Workbook(cast("IO[bytes]", Seekable(source)), texts)
        with reader.archive, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of fonts, styles and whatever else is not read
            reader.read()
        with ZipFile(cast("IO[bytes]", Seekable(source))) as archive, archive.open(_path(reader, sheet)) as stream:
            yield from _records(reader, stream, header_line)


class _Workbook(ExcelReader):  # type: ignore[misc]  # openpyxl brings no types
    def __init__(self, file: IO[bytes], texts: SharedTexts) -> None:
        super().__init__(file, read_only=True, data_only=True, keep_links=False)
        self.texts = texts
        self.paths: dict[str, str] = {}

    def read_strings(self) -> None:
        part = self.package.find(SHARED_STRINGS)
        if part is not None:
            with self.archive.open(part.PartName[1:]) as stream:
                for element in _elements(stream, ITEM_TAG):
                    self.texts.append((Text.from_tree(element).content or "").replace("x005F_", ""))

    def read_worksheets(self) -> None:
        self.paths = {sheet.name: rel.target for sheet, rel in self.parser.find_sheets() if "chart" not in rel.Type}


def _path(reader: _Workbook, sheet: str | None) -> str:
    names = list(reader.paths)
    if not names:
        raise empty()
    if sheet is None:
        return reader.paths[names[0]]
    found = {name.casefold(): name for name in names}.get(sheet.casefold())
    if found is None:
        raise Unusable("unknownSheet", f"There is no sheet {sheet[:60]}; there are: {', '.join(names[:20])}.")
    return reader.paths[found]


def _records(reader: _Workbook, stream: IO[bytes], header_line: int) -> Iterator[Record]:
    book = reader.wb
    parser = WorkSheetParser(
        stream, reader.texts, data_only=True, epoch=book.epoch, date_formats=book._date_formats,  # noqa: SLF001  # as
        timedelta_formats=book._timedelta_formats,  # noqa: SLF001  # openpyxl's own sheets take them
    )  # fmt: skip
    styles, width = styles_of(book), 0
    number = SheetNumber if book.epoch == WINDOWS_EPOCH else NumberFrom1904
    for element in _elements(stream, ROW_TAG):
        line, cells = parser.parse_row(element)
        if line > MOST_ROWS:
            raise Unusable("unreadableWorkbook", f"The workbook has a row {line}, which no sheet can have.")
        parser.row_dimensions.clear()
        if line < header_line:
            continue
        told = [(cell["column"], value) for of, cell in zip(element, cells, strict=True)
                if (value := _told(of, cell, styles, number)) is not None]  # fmt: skip
        width = width or max((column for column, _ in told), default=0)
        last = max((column for column, value in told if value is not NO_VALUE), default=0)
        if last > width:  # not unfolded: it may be the sheet's last column, in each of its rows
            yield Record(line, (), ragged(line, last, width))
        elif inside := [(column, value) for column, value in told if column <= width]:
            fields: list[Cell] = [None] * width
            for column, value in inside:
                fields[column - 1] = value
            yield Record(line, fields)


def _told(element: Element, cell: dict[str, Any], styles: dict[int, Style], number: type[SheetNumber]) -> Cell:
    """None of one that shows nothing, unless nobody worked out what it shows."""
    value = cell["value"]
    if cell["data_type"] == "e":
        return Wrong("errorInCell", f"shows the error {value}")
    if value is None:
        said = element.get("t") == "str" and element.find(VALUE_TAG) is not None  # that the value is an empty text
        return NO_VALUE if element.find(FORMULA_TAG) is not None and not said else None
    return None if value == "" else shown(value, styles.get(cell["style_id"], PLAIN), number)


class _Bounded:
    """A stream of XML of which neither a text nor an attribute is longer than a cell can be."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.stream, self.run = stream, 0

    def read(self, size: int = -1) -> bytes:
        found = self.stream.read(size)
        last = found.rfind(b"<")
        self.run = self.run + len(found) if last < 0 else len(found) - last
        if self.run > LONGEST_RUN:
            raise Unusable("unfoldsTooFar", "A cell of the workbook is longer than cells can be.")
        return found


def _elements(stream: IO[bytes], tag: str) -> Iterator[Element]:
    """Each of this name, whole; what was given out is forgotten, and so is what stands beside."""
    open_elements: list[Element] = []
    alive = 0
    bounded = cast("IO[bytes]", _Bounded(stream))
    for event, element in iterparse(bounded, ("start", "end")):  # noqa: S314  # expat itself stops what swells
        if event == "start":
            open_elements.append(element)
            alive += 1
            if alive > MOST_ELEMENTS:
                raise Unusable("unfoldsTooFar", "A row of the workbook has more in it than rows can have.")
            continue
        open_elements.pop()
        if element.tag == tag:
            yield element
            alive = len(open_elements)
            if open_elements:
                open_elements[-1].clear()
        elif element.tag == DATA_TAG:
            return
