"""A pushed file as batches of rows, and what is wrong with it. Takes long for a large one: go through it in a thread."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import dropwhile, islice
from typing import cast

from services.survey.imports.columns import Column, Known
from services.survey.imports.reading.encoding import Text
from services.survey.imports.reading.objects import lines
from services.survey.imports.reading.sheets import rows_of_sheet
from services.survey.imports.reading.source import Source
from services.survey.imports.reading.tables import Record, empty, ragged, records
from services.survey.imports.refusals import Refusal, Unusable, Wrong
from services.survey.imports.values import NO_VALUE, NOT_GIVEN, Cell, Raw, clean

CSV, NDJSON = "text/csv", "application/x-ndjson"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_IGNORED = 1000
ROWS = 5000  # of a batch
NO_NDJSON = ("invalidJson", "notAnObject")  # what is wrong with each line of a file of another kind
NOT_ENDED = "is the last and does not end in a line break: is this the whole file?"


@dataclass
class Batch:
    """`rows` have a cell for each of `columns`. `unidentified`: rows of which not even the key could be read, so that
    nobody knows who is missing from the file. `texts`: all cells are texts, which compare as they look. `ended`: false
    if its last row is the last of a file that may go on."""

    columns: Sequence[Column]
    texts: bool = True
    lines: list[int] = field(default_factory=list)
    rows: list[Sequence[Cell]] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    read: int = 0
    unidentified: int = 0
    ended: bool = True


def batches(source: Source, media_type: str, known: Known) -> Iterator[Batch]:
    """Raises Unusable for a file of which nothing can be taken. Nothing is read before the first is asked for."""
    header_line = known.told.header_line or 1
    if media_type == NDJSON:
        yield from _objects(source, known)
    elif media_type == XLSX:
        yield from _table(rows_of_sheet(source, known.told.sheet, header_line), known, texts=False)
    else:
        text = Text(source, known.told.charset)
        yield from _table(records(text, known.told.delimiter, header_line), known, texts=True)


def _table(rows: Iterator[Record], known: Known, *, texts: bool) -> Iterator[Batch]:
    header = next(rows, None)
    if header is None:
        raise empty(known.told.header_line or 1)
    places, columns, ignored = _header(header, known)
    first = known.told.data_line or 0
    rows = dropwhile(lambda record: record.line < first, rows)
    if not texts:
        rows = _without_totals(rows, [each for column, each in zip(columns, places, strict=True) if column.filled])
    constants = known.constants()
    columns, fixed = [*columns, *(column for column, _ in constants)], tuple(value for _, value in constants)
    pick, width = _picker(places), len(header.fields)
    while True:
        batch = Batch(columns, texts, ignored=ignored)
        for record in islice(rows, ROWS):
            batch.read += 1
            count = len(record.fields)
            refusal = record.refusal or (None if count == width else ragged(record.line, count, width))
            if refusal is not None:
                batch.refusals.append(refusal)
                batch.unidentified += 1
            else:
                batch.lines.append(record.line)
                batch.rows.append((*pick(record.fields), *fixed))
                if not record.ended:
                    batch.ended = False
                    batch.refusals.append(Refusal(record.line, None, "lineNotEnded", NOT_ENDED, "warning"))
        yield batch
        if batch.read < ROWS:
            return


def _without_totals(rows: Iterator[Record], filled: Sequence[Sequence[int]]) -> Iterator[Record]:
    """Without rows below the table of nothing else but formulas that have no value. One that has such wherever no row may
    be empty is in the table, and refused."""
    held: list[Record] = []
    for record in rows:
        if NO_VALUE in record.fields and all(cell is None or cell is NO_VALUE for cell in record.fields):
            held.append(record)
            continue
        yield from held
        held.clear()
        yield record
    for record in held:
        if all(any(record.fields[place] is NO_VALUE for place in places) for places in filled):
            yield record


def _picker(places: Sequence[Sequence[int]]) -> Callable[[Sequence[Cell]], Iterable[Cell]]:
    """What stands in several columns is joined by a space, in the order of the file."""
    if all(len(each) == 1 for each in places):
        single = [each[0] for each in places]
        return lambda fields: [fields[place] for place in single]

    def joined(fields: Sequence[Cell]) -> Iterator[Cell]:
        for each in places:
            wrong = next((cell for place in each if isinstance(cell := fields[place], Wrong)), None)
            parts = [str(fields[place] or "").strip() for place in each]
            yield fields[each[0]] if len(each) == 1 else wrong or " ".join(part for part in parts if part)

    return joined


def _header(header: Record, known: Known) -> tuple[list[list[int]], list[Column], list[str]]:
    """Where each column is, those columns, and what is not known."""
    wrong = [Refusal(header.line, None, cell.code, f"column {place} {cell.detail}")
             for place, cell in enumerate(header.fields, 1) if isinstance(cell, Wrong)]  # fmt: skip
    if header.refusal is not None or wrong:
        raise Unusable("unreadableHeader", "The header cannot be read.", [header.refusal] if header.refusal else wrong)
    names = [_cleaned(name) for name in header.fields if not isinstance(name, Wrong)]
    found = [(place, known.find(name)) for place, name in enumerate(names)]
    unknown = [names[place] or f"(column {place + 1})" for place, column in found if column is None]
    ignored = [name[:100] for name in unknown[:MOST_IGNORED]]
    columns: dict[str, tuple[Column, list[int]]] = {}
    for place, column in found:
        if column is not None:
            columns.setdefault(column.name, (column, []))[1].append(place)
    doubled = [] if known.told.columns else sorted(name for name, (_, places) in columns.items() if len(places) > 1)
    missing = known.missing(column for column, _ in columns.values())
    if doubled or missing:
        raise _unusable(header.line, doubled, missing, ignored)
    return [places for _, places in columns.values()], [column for column, _ in columns.values()], ignored


def _unusable(line: int, doubled: list[str], missing: list[str], ignored: list[str]) -> Unusable:
    refusals = [Refusal(line, name, "doubledColumn", "stands in the header twice") for name in doubled]
    refusals += [Refusal(line, name, "missingColumn", "is needed, and not in the header") for name in missing]
    refusals += [Refusal(line, name, "unknownColumn", "is not known here") for name in ignored if missing]
    parts = [f"doubled: {', '.join(doubled)}"] if doubled else []
    parts += [f"missing: {', '.join(missing)}"] if missing else []
    parts += [f"not known: {', '.join(ignored[:20])}"] if missing and ignored else []
    hint = " If the headers stand lower in the file, a mapping's headerLine says so." if missing else ""
    return Unusable("unusableHeader", f"The header cannot be used; {'; '.join(parts)}.{hint}", refusals)


def _cleaned(name: Raw) -> str:
    try:
        return clean(name if name is None or isinstance(name, str) else str(name))
    except Wrong:
        return repr(name)[1:-1]


def _objects(source: Source, known: Known) -> Iterator[Batch]:
    """The objects of a batch may have different properties: what one lacks is NOT_GIVEN."""
    coming, ignored, absent, first = lines(source), dict[str, None](), cast("Raw", NOT_GIVEN), True
    while True:
        batch = Batch((), texts=False)
        found: list[dict[str, Raw]] = []
        columns: dict[str, Column] = {}
        for line in islice(coming, ROWS):
            batch.read += 1
            if line.refusal is not None:
                batch.refusals.append(line.refusal)
                batch.unidentified += 1
                continue
            cells: dict[str, Raw] = dict(known.told.constants)
            for name, raw in line.cells.items():
                column = known.find(name)
                if column is not None:
                    columns[column.name], cells[column.name] = column, raw
                elif len(ignored) < MOST_IGNORED:
                    ignored[_cleaned(name)[:100]] = None
            batch.lines.append(line.line)
            found.append(cells)
        if first and all(each.code in NO_NDJSON for each in batch.refusals) and len(batch.refusals) == batch.read:
            raise Unusable("wrongKind", "No line of the file is a JSON object: is it NDJSON?", batch.refusals)
        first = False
        columns.update({column.name: column for column, _ in known.constants()})
        batch.columns, batch.ignored = [*columns.values(), *_lacking(known, columns)], list(ignored)
        batch.rows = [[cells.get(column.name, absent) for column in batch.columns] for cells in found]
        yield batch
        if batch.read < ROWS:
            return


def _lacking(known: Known, present: dict[str, Column]) -> list[Column]:
    """Columns that must be there and are in no object of a batch: each of these objects is told."""
    return [column for name in known.missing(present.values()) if (column := known.named(name)) is not None]
