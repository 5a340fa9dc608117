"""From a Vega-Lite specification to a picture. Data is inside the specification; nothing is fetched."""

import asyncio
from typing import Any

from starlette.responses import JSONResponse, Response

from services.analytics.charts.media import Media

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
VERSION = "6.4"
Specification = dict[str, Any]


async def answer(specification: Specification, media: Media) -> Response:
    """A picture takes a core for tens of milliseconds, so it is made beside the event loop."""
    if media is Media.VEGA_LITE:
        return JSONResponse(specification, media_type=media)
    picture: str | bytes
    if media is Media.SVG:
        picture = await asyncio.to_thread(_svg, specification)
    else:
        picture = await asyncio.to_thread(_png, specification)
    return Response(picture, media_type=media, headers={"Vary": "Accept, Accept-Language"})


def _svg(specification: Specification) -> str:
    import vl_convert  # only who draws needs the memory

    return str(vl_convert.vegalite_to_svg(specification, vl_version=VERSION, allowed_base_urls=[]))


def _png(specification: Specification) -> bytes:
    import vl_convert

    return bytes(vl_convert.vegalite_to_png(specification, vl_version=VERSION, scale=2, allowed_base_urls=[]))
