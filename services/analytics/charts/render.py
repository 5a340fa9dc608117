"""From a Vega-Lite specification to a picture, drawn by `draw.py`. Data is inside it; nothing is fetched."""

import asyncio
import json
import os
import re
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Mapping
from typing import Any, Literal

import structlog
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from services.analytics.charts.media import Media
from services.shared.problems import Problem

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
PATIENCE = 30.0  # seconds
MOST_ROWS = 1_500  # of a picture: 200 MB while it is drawn
LONGEST = 300  # characters of one text; no expression of ours is as long
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
Specification = dict[str, Any]
Form = Literal["svg", "png"]
_DRAWING = asyncio.Semaphore(2)
log = structlog.get_logger()


class Picture(Response):
    """Drawn while it is sent: by then the request's transaction has ended, and no connection waits for a drawing."""

    def __init__(self, specification: Specification, media: Media) -> None:
        super().__init__()
        self.specification, self.media = specification, media

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        picture = await draw(self.specification, "svg" if self.media is Media.SVG else "png")
        drawn = Response(picture, media_type=self.media, headers={"Vary": "Accept, Accept-Language"})
        await drawn(scope, receive, send)


def answer(specification: Specification, media: Media) -> Response:
    if media is Media.VEGA_LITE:
        return JSONResponse(specification, media_type=media)
    rows = _rows(specification)
    if rows > MOST_ROWS:
        detail = (
            f"This picture would have {rows} values, more than {MOST_ROWS}; have it as figures, or of a higher level."
        )
        raise Problem(400, "pictureTooLarge", detail)
    return Picture(specification, media)


def _rows(part: Any) -> int:
    """Values of all data in a specification, however nested."""
    if isinstance(part, Mapping):
        own = part.get("data", {}).get("values", ()) if isinstance(part.get("data"), Mapping) else ()
        return len(own) + sum(_rows(each) for key, each in part.items() if key != "data")
    return sum(map(_rows, part)) if isinstance(part, list) else 0


async def draw(specification: Specification, form: Form) -> bytes:
    """A picture takes a core for a second, so few are drawn at once; 503 for who would wait for long."""
    try:
        async with asyncio.timeout(PATIENCE), _DRAWING:
            return await _drawn(specification, form)
    except TimeoutError:
        raise Problem(503, "unavailable", "The picture took too long; try again.") from None


async def _drawn(specification: Specification, form: Form) -> bytes:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.analytics.charts.draw", form, stdin=PIPE, stdout=PIPE, stderr=DEVNULL,
        env={"PATH": os.environ.get("PATH", ""), "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    try:
        picture, _ = await process.communicate(json.dumps(_drawable(specification)).encode())
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:
        log.error("picture not drawn", code=process.returncode)
        raise Problem(503, "unavailable", "The picture could not be drawn; the figures can be had.")
    return picture


def _drawable(value: Any) -> Any:
    """The renderer ends the whole process at a character that XML 1.0 does not have, and draws a text as wide as it is."""
    if isinstance(value, str):
        text = _NO_XML.sub("\ufffd", value)
        return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
    if isinstance(value, Mapping):
        return {_drawable(key): _drawable(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_drawable(part) for part in value]
    return value
