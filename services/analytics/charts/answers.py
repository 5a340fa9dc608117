"""One answer in the form that the caller asked for."""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from starlette.responses import Response

from services.analytics.charts import render
from services.analytics.charts.media import Media
from services.analytics.charts.render import Specification
from services.analytics.charts.theme import WORDS
from services.shared.schemas import Schema

PICTURES: dict[str, Any] = {
    Media.VEGA_LITE: {"schema": {"type": "object", "additionalProperties": True}},
    Media.SVG: {"schema": {"type": "string"}},
    Media.PNG: {"schema": {"type": "string", "contentMediaType": "image/png"}},
    Media.CSV: {"schema": {"type": "string"}},
}
FORMULA = tuple("=+-@＝＋－＠")  # how one begins, also in the full width of East Asian keyboards
Table = Iterable[Sequence[object]]


async def answer(
    media: Media, body: Schema, specification: Callable[[], Specification], table: Callable[[], Table]
) -> Response:
    vary = {"Vary": "Accept, Accept-Language"}
    if media is Media.JSON:
        return Response(body.model_dump_json(), media_type=media, headers=vary)
    if media is Media.CSV:
        return Response(write_csv(table()), media_type=media, headers=vary)
    drawn = render.answer(specification(), media)
    drawn.headers.update(vary)
    return drawn


def language_of(accept_language: str | None) -> str:
    """The first that the pictures have words for; English when none is."""
    for entry in (accept_language or "").split(","):
        tag = entry.split(";")[0].strip().lower().split("-")[0]
        if tag in WORDS:
            return tag
    return "en"


def write_csv(rows: Table) -> str:
    """RFC 4180. Texts that a spreadsheet would take for a formula get an apostrophe in front."""
    file = io.StringIO()
    plain, quoted = csv.writer(file), csv.writer(file, quoting=csv.QUOTE_NONNUMERIC)
    for row in rows:
        cells = [harmless(cell) for cell in row]
        # A spreadsheet that splits at semicolons must not find the beginning of a cell inside one.
        (quoted if any(";" in cell for cell in cells if isinstance(cell, str)) else plain).writerow(cells)
    return file.getvalue()


def harmless(cell: object) -> object:
    """White space in front does not keep a spreadsheet from reading what follows."""
    if isinstance(cell, str) and (cell[:1] in ("\t", "\r", "\n") or cell.lstrip()[:1] in FORMULA):
        return "'" + cell
    return "" if cell is None else cell
