"""Items of a list as CSV, JSON or NDJSON, one at a time."""

import csv
import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import IO, Any, Literal

Format = Literal["csv", "json", "ndjson"]
Item = Mapping[str, Any]
# What Excel, LibreOffice and Google Sheets take for a formula, which may call programs and send data away; OWASP,
# "CSV Injection". The wide forms count in spreadsheets for Chinese and Japanese.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def write(file: IO[str], items: Iterable[Item], form: Format) -> None:
    if form == "csv":
        write_csv(file, items)
    elif form == "ndjson":
        for item in items:
            file.write(_json(item) + "\n")
    else:
        _write_json(file, items)


def _write_json(file: IO[str], items: Iterable[Item]) -> None:
    before = "[\n"
    for item in items:
        file.write(before + _json(item))
        before = ",\n"
    file.write("[]\n" if before == "[\n" else "\n]\n")


def write_csv(file: IO[str], items: Iterable[Item], columns: Sequence[str] | None = None) -> None:
    """Which columns there are shows with the last item, since attributes differ: until then they wait on disk. Without
    an item there are none."""
    writer = csv.writer(file)
    if columns is not None:
        writer.writerow(columns)
        writer.writerows([cell(item.get(name)) for name in columns] for item in items)
        return
    found: dict[str, None] = {}
    with tempfile.TemporaryFile("w+", encoding="utf-8") as aside:
        for item in items:
            row = dict(flat(item))
            found |= dict.fromkeys(row)
            aside.write(_json(row) + "\n")
        aside.seek(0)
        if not found:
            return
        writer.writerow([cell(name) for name in found])
        for line in aside:
            row = json.loads(line)
            writer.writerow([cell(row.get(name)) for name in found])


def flat(item: Item, before: str = "") -> Iterator[tuple[str, Any]]:
    """`{"name": {"nl": "Schoonmaak"}}` as `name.nl`."""
    for name, value in item.items():
        if isinstance(value, Mapping):
            yield from flat(value, f"{before}{name}.")
        else:
            yield before + name, value


def cell(value: Any) -> str:
    """Numbers are numbers; a text that a spreadsheet would run stands behind an apostrophe."""
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if value.lstrip(" ").startswith(FORMULA) else value
    if isinstance(value, bool | list):
        return _json(value)
    return str(value)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
