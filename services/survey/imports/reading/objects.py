"""NDJSON: an object a line. What is nested in an object becomes columns, named as in a CSV file."""

import codecs
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from services.survey.imports.reading.source import Source
from services.survey.imports.reading.tables import LONGEST, too_long
from services.survey.imports.refusals import Refusal, Unusable, Wrong
from services.survey.imports.values import Raw


@dataclass(frozen=True)
class Line:
    line: int
    cells: dict[str, Raw] = field(default_factory=dict)
    refusal: Refusal | None = None


def lines(source: Source) -> Iterator[Line]:
    empty = True
    for number, line in enumerate(_split(source), 1):
        if number == 1:
            line = line.removeprefix(codecs.BOM_UTF8)
        if line.strip():
            empty = False
            yield _line(number, line)
    if empty:
        raise Unusable("emptyFile", "The file is empty; an object a line is expected.")


def _split(source: Source) -> Iterator[bytes]:
    rest = b""
    for piece in source:
        *whole, rest = (rest + piece).split(b"\n")
        yield from whole
        if len(rest) > LONGEST:
            raise too_long()
    yield rest


def _line(number: int, line: bytes) -> Line:
    try:
        value = json.loads(
            line.decode(), object_pairs_hook=_object, parse_float=Decimal, parse_int=Decimal, parse_constant=_constant
        )
        if not isinstance(value, dict):
            raise Wrong("notAnObject", "is not an object")
        return Line(number, _flat(value))
    except Wrong as wrong:
        return Line(number, refusal=Refusal(number, None, wrong.code, wrong.detail))
    except UnicodeDecodeError as error:
        detail = f"is not UTF-8: see byte {error.start + 1} of the line"
        return Line(number, refusal=Refusal(number, None, "unreadableBytes", detail))
    except (ValueError, RecursionError, InvalidOperation) as error:
        where = f" at character {error.colno}" if isinstance(error, json.JSONDecodeError) else ""
        return Line(number, refusal=Refusal(number, None, "invalidJson", f"is not JSON{where}"))


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Wrong("doubledKey", "has a property twice")
    return found


def _constant(name: str) -> Any:
    raise ValueError(name)


def _flat(value: Mapping[str, Any]) -> dict[str, Raw]:
    """`attributes` become columns of their own, a language map a column a language, money an amount and `currency`."""
    cells: dict[str, Raw] = {}
    for key, entry in value.items():
        if not isinstance(entry, dict):
            cells[key] = _scalar(key, entry)
        elif entry.keys() == {"amount", "currency"}:
            _add(cells, key, entry["amount"])
            _add(cells, "currency", entry["currency"])
        elif key in ("attributes", "name"):
            for name, inner in entry.items():
                _add(cells, name if key == "attributes" else f"{key}{name[:1].upper()}{name[1:]}", inner)
        else:
            raise Wrong("wrongType", f"{key[:60]} must not be an object")
    return cells


def _add(cells: dict[str, Raw], key: str, value: Any) -> None:
    if key in cells and cells[key] != value:
        raise Wrong("doubledKey", f"has two values for {key[:60]}")
    cells[key] = _scalar(key, value)


def _scalar(key: str, value: Any) -> Raw:
    if value is None or isinstance(value, str | bool | Decimal):
        return value
    raise Wrong("wrongType", f"{key[:60]} must be a single value")
