"""From cells to what the staging table takes: whole columns at a time, since a call for each cell would take most of an
import's time."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from services.shared.ids import new_id
from services.survey.imports.columns import KEYS, MAPS, Column, Kind, targets
from services.survey.imports.reading.files import Batch
from services.survey.imports.refusals import Refusal, Wrong
from services.survey.imports.rules import COMPLETED
from services.survey.imports.values import NOT_GIVEN, text

LEADING = ("line", "id", "given", "refused")  # columns of the staging table before those of the kind


@dataclass
class Typed:
    """`records` as the staging table has its columns. A refused row is there with its key and address alone;
    `unidentified` of them have no key."""

    records: list[tuple[Any, ...]] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    unidentified: int = 0


def given_bit(kind: Kind, target: str) -> int:
    return 1 << targets(kind).index(target)


def typed(kind: Kind, batch: Batch) -> Typed:
    result = Typed(refusals=list(batch.refusals), unidentified=batch.unidentified)
    if not batch.rows:
        return result
    cells = list(zip(*batch.rows, strict=True))
    found = [_read(column, each, batch.texts) for column, each in zip(batch.columns, cells, strict=True)]
    wrong: dict[int, list[tuple[Column, Wrong]]] = {}
    for column, each in zip(batch.columns, found, strict=True):
        if Wrong in set(map(type, each)):
            for place, value in enumerate(each):
                if type(value) is Wrong:
                    wrong.setdefault(place, []).append((column, value))
    if kind in COMPLETED:
        _by_row(kind, batch, found, wrong, result)
    else:
        _by_column(kind, batch, found, wrong, result)
    return result


def _read(column: Column, cells: Sequence[Any], texts: bool) -> list[Any]:
    """What is wrong with a cell stands in its place. Texts that come again and again are read once."""
    if texts:
        distinct = set(cells)
        if 2 * len(distinct) < len(cells):
            table = dict(zip(distinct, _values(column, distinct), strict=True))
            return [table[cell] for cell in cells]
        if isinstance(column.read, text) and (plain := column.read.plain(cells)) is not None:
            return plain
    return _values(column, cells)


def _values(column: Column, cells: Iterable[Any]) -> list[Any]:
    """One loop without a call beside the reading itself: it turns once for each cell of a file."""
    read, filled, values = column.read, column.filled, list[Any]()
    for cell in cells:
        try:
            value = cell if cell is NOT_GIVEN or type(cell) is Wrong else read(cell)
        except Wrong as wrong:
            value = wrong
        if value is None and filled:
            value = Wrong("empty", "must not be empty")
        elif value is NOT_GIVEN and column.needed:
            value = Wrong("missing", "is needed")
        values.append(value)
    return values


def _by_column(
    kind: Kind, batch: Batch, found: list[list[Any]], wrong: Mapping[int, list[tuple[Column, Wrong]]], result: Typed
) -> None:
    places = {column.name: place for place, column in enumerate(batch.columns)}
    nothing = [None] * len(batch.rows)
    masks, columns = [0] * len(batch.rows), []
    for target in targets(kind):
        of_target = [column for column in batch.columns if column.target == target]
        if not of_target:
            columns.append(nothing)
            continue
        values = found[places[of_target[0].name]]
        if target == MAPS.get(kind):
            values = _maps(
                [column.part or "" for column in of_target], [found[places[each.name]] for each in of_target]
            )
        bit = given_bit(kind, target)
        if NOT_GIVEN in values:
            masks = [mask if value is NOT_GIVEN else mask | bit for mask, value in zip(masks, values, strict=True)]
            values = [None if value is NOT_GIVEN else value for value in values]
        else:
            masks = [mask | bit for mask in masks]
        columns.append(values)
    leading = (batch.lines, [new_id() for _ in batch.rows], masks, [False] * len(batch.rows))
    rows = list(zip(*leading, *columns, strict=True))
    result.records = [row for place, row in enumerate(rows) if place not in wrong] if wrong else rows
    for place in sorted(wrong):
        keys = dict(zip(targets(kind), rows[place][len(LEADING) :], strict=True))
        _refuse(kind, batch.lines[place], keys, wrong[place], result)


def _maps(parts: Sequence[str], columns: Sequence[Sequence[Any]]) -> list[Any]:
    """Several columns as one JSON text, null for what is to go."""
    made: dict[tuple[Any, ...], Any] = {}
    values = []
    for row in zip(*columns, strict=True):
        found = made.get(row)
        if found is None:
            kept = {part: value for part, value in zip(parts, row, strict=True)
                    if value is not NOT_GIVEN and not isinstance(value, Wrong)}  # fmt: skip
            found = made[row] = msgspec.json.encode(kept).decode() if kept else NOT_GIVEN
        values.append(found)
    return values


def _by_row(
    kind: Kind, batch: Batch, found: list[list[Any]], wrong: Mapping[int, list[tuple[Column, Wrong]]], result: Typed
) -> None:
    """For kinds whose fields depend on each other."""
    complete: Callable[[dict[str, Any]], list[tuple[str, str, str]]] = COMPLETED[kind]
    for place, row in enumerate(zip(*found, strict=True)):
        values: dict[str, Any] = {}
        for column, value in zip(batch.columns, row, strict=True):
            if column.part is not None and value is not NOT_GIVEN:
                values.setdefault(column.target, {})[column.part] = value
            elif value is not NOT_GIVEN:
                values[column.target] = value
        line, faults = batch.lines[place], wrong.get(place, [])
        if faults:
            _refuse(kind, line, values, faults, result)
            continue
        refused = complete(values)
        if refused:
            result.refusals += [Refusal(line, name, code, detail) for name, code, detail in refused]
            _keep_key(kind, line, values, result)
        else:
            result.records.append(_record(kind, line, values))


def _record(kind: Kind, line: int, values: Mapping[str, Any]) -> tuple[Any, ...]:
    mask = sum(given_bit(kind, target) for target in values)
    plain = [msgspec.json.encode(value).decode() if isinstance(value, dict) else value
             for value in map(values.get, targets(kind))]  # fmt: skip
    return (line, new_id(), mask, False, *plain)


def _refuse(
    kind: Kind, line: int, values: Mapping[str, Any], faults: Sequence[tuple[Column, Wrong]], result: Typed
) -> None:
    """All that is wrong with a row is said, not only the first."""
    result.refusals += [Refusal(line, column.name, wrong.code, wrong.detail) for column, wrong in faults]
    _keep_key(kind, line, values, result)


def _keep_key(kind: Kind, line: int, values: Mapping[str, Any], result: Typed) -> None:
    """The row is not taken, but it is there: who stands in it, by key or address, has not left."""
    key = {target: values.get(target) for target in KEYS[kind]}
    if any(value is None or isinstance(value, Wrong) for value in key.values()):
        result.unidentified += 1
        return
    if isinstance(address := values.get("email"), str):
        key["email"] = address
    result.records.append((line, new_id(), 0, True, *(key.get(target) for target in targets(kind))))
