"""Draws one picture: `python -m services.analytics.charts.draw svg|png`, from the specification on standard input.

A process of its own, since the renderer brings a JavaScript engine: its memory goes with it, and if a picture is more
than it can bear, nothing else falls over.
"""

import json
import sys

import vl_convert

VERSION = "6.4"  # of Vega-Lite


def main(form: str) -> None:
    specification = json.load(sys.stdin)
    if form == "svg":
        picture = vl_convert.vegalite_to_svg(specification, vl_version=VERSION, allowed_base_urls=[]).encode()
    else:
        picture = vl_convert.vegalite_to_png(specification, vl_version=VERSION, scale=2, allowed_base_urls=[])
    sys.stdout.buffer.write(picture)


if __name__ == "__main__":
    main(sys.argv[1])
