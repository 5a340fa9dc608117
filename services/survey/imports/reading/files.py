"""A pushed file as rows with typed values, and what is wrong with it. Takes long for a large one: call it in a thread."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from services.survey.imports.columns import KEYS, Column, Kind, Known
from services.survey.imports.reading.encoding import decode
from services.survey.imports.reading.objects import lines
from services.survey.imports.reading.tables import Record, empty, records
from services.survey.imports.refusals import Refusal, Unusable, Wrong
from services.survey.imports.values import NOT_GIVEN, Raw, clean

CSV, NDJSON = "text/csv", "application/x-ndjson"
MOST_IGNORED = 1000
Progress = Callable[[float], None]


@dataclass
class Row:
    """`values` by target, only those given; maps hold null for what is to go."""

    line: int
    values: dict[str, Any]


@dataclass
class Reading:
    """`unidentified`: rows of which not even the key could be read, so that nobody knows who is missing from the file.
    `refused_keys`: keys of rows that are refused, but there."""

    kind: Kind
    rows: list[Row] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    read: int = 0
    unidentified: int = 0
    refused_keys: dict[tuple[Any, ...], int] = field(default_factory=dict)


def read(
    data: bytes, kind: Kind, media_type: str, charset: str | None, attributes: Iterable[str], progress: Progress
) -> Reading:
    """Raises Unusable for a file of which nothing can be taken."""
    reading, known = Reading(kind), Known(kind, attributes)
    if media_type == NDJSON:
        _read_objects(data, known, reading, progress)
    else:
        _read_table(data, charset, known, reading, progress)
    _refuse_doubles(reading)
    return reading


def _read_table(data: bytes, charset: str | None, known: Known, reading: Reading, progress: Progress) -> None:
    decoded = decode(data, charset)
    rows = records(decoded)
    header = next(rows, None)
    if header is None:
        raise empty()
    columns = _header(header, known, reading)
    width, total = len(header.fields), decoded.text.count("\n") + 1
    for record in rows:
        reading.read += 1
        refusal = record.refusal or _ragged(record, width)
        if refusal is not None:
            reading.refusals.append(refusal)
            reading.unidentified += 1
        else:
            _take(reading, record.line, ((column, record.fields[place]) for place, column in columns))
        if reading.read % 1000 == 0:
            progress(record.line / total)


def _header(header: Record, known: Known, reading: Reading) -> list[tuple[int, Column]]:
    if header.refusal is not None:
        raise Unusable("unreadableHeader", "The header cannot be read.", [header.refusal])
    names = [_cleaned(name) for name in header.fields]
    found = [(place, known.find(name)) for place, name in enumerate(names)]
    columns = [(place, column) for place, column in found if column is not None]
    unknown = [names[place] or f"(column {place + 1})" for place, column in found if column is None]
    reading.ignored = [name[:100] for name in unknown[:MOST_IGNORED]]
    present = [column.name for _, column in columns]
    doubled = sorted({name for name in present if present.count(name) > 1}) if len(set(present)) < len(present) else []
    missing = known.missing(column for _, column in columns)
    if not doubled and not missing:
        return columns
    line = header.line
    refusals = [Refusal(line, name, "doubledColumn", "stands in the header twice") for name in doubled]
    refusals += [Refusal(line, name, "missingColumn", "is needed, and not in the header") for name in missing]
    refusals += [Refusal(line, name, "unknownColumn", "is not known here") for name in reading.ignored if missing]
    parts = [f"doubled: {', '.join(doubled)}"] if doubled else []
    parts += [f"missing: {', '.join(missing)}"] if missing else []
    parts += [f"not known: {', '.join(reading.ignored[:20])}"] if missing and reading.ignored else []
    raise Unusable("unusableHeader", f"The header cannot be used; {'; '.join(parts)}.", refusals)


def _cleaned(name: str) -> str:
    try:
        return clean(name)
    except Wrong:
        return repr(name)[1:-1]


def _ragged(record: Record, width: int) -> Refusal | None:
    if len(record.fields) == width:
        return None
    detail = f"has {len(record.fields)} fields; the header has {width}"
    return Refusal(record.line, None, "wrongNumberOfFields", detail)


def _read_objects(data: bytes, known: Known, reading: Reading, progress: Progress) -> None:
    ignored: dict[str, None] = {}
    total = data.count(b"\n") + 1
    for line in lines(data):
        reading.read += 1
        if line.refusal is not None:
            reading.refusals.append(line.refusal)
            reading.unidentified += 1
            continue
        cells: dict[str, tuple[Column, Raw]] = {}
        for name, raw in line.cells.items():
            column = known.find(name)
            if column is not None:
                cells[column.name] = (column, raw)
            elif len(ignored) < MOST_IGNORED:
                ignored[_cleaned(name)[:100]] = None
        missing = known.missing(column for column, _ in cells.values())
        wrong = [Refusal(line.line, name, "missing", "is needed") for name in missing]
        _take(reading, line.line, cells.values(), wrong)
        if reading.read % 1000 == 0:
            progress(line.line / total)
    reading.ignored = list(ignored)


def _take(reading: Reading, line: int, cells: Iterable[tuple[Column, Raw]], wrong: list[Refusal] | None = None) -> None:
    """All that is wrong with a row is said, not only the first."""
    refusals, values = list(wrong or ()), dict[str, Any]()
    for column, raw in cells:
        try:
            value = column.read(raw)
        except Wrong as error:
            refusals.append(Refusal(line, column.name, error.code, error.detail))
            continue
        if value is None and column.filled:
            refusals.append(Refusal(line, column.name, "empty", "must not be empty"))
        elif column.part is not None:
            values.setdefault(column.target, {})[column.part] = value
        elif value is not NOT_GIVEN:
            values[column.target] = value
    if not refusals:
        reading.rows.append(Row(line, values))
        return
    reading.refusals += refusals
    key = key_of(reading.kind, values)
    if key is None:
        reading.unidentified += 1
    else:
        reading.refused_keys.setdefault(key, line)


def key_of(kind: Kind, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
    key = tuple(values.get(name) for name in KEYS[kind])
    return None if None in key else key


def _refuse_doubles(reading: Reading) -> None:
    """The first of a key stays, refused or not; the others never win in silence."""
    first: dict[tuple[Any, ...], int] = {}
    kept: list[Row] = []
    column = "externalId" if reading.kind != "audiences" else None
    for row in reading.rows:
        key = key_of(reading.kind, row.values) or ()
        before = min(first.get(key, row.line), reading.refused_keys.get(key, row.line))
        if before < row.line:
            detail = f"{' and '.join(map(str, key))} is on line {before} already"
            reading.refusals.append(Refusal(row.line, column, "doubledInFile", detail))
        else:
            first[key] = row.line
            kept.append(row)
    reading.rows = kept
