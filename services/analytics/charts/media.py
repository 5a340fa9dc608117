"""Which form of a chart the caller wants: the figures, the specification of the picture, or the picture."""

from enum import StrEnum

from services.shared.problems import Problem


class Media(StrEnum):
    JSON = "application/json"
    VEGA_LITE = "application/vnd.vegalite.v6+json"
    SVG = "image/svg+xml"
    PNG = "image/png"
    CSV = "text/csv"


def negotiate(accept: str | None) -> Media:
    """RFC 9110, 12.5.1: the highest quality wins, of equal ones the first that is listed; 406 when none can be made."""
    best: tuple[float, Media] | None = None
    for entry in (accept or "*/*").split(","):
        wanted, *parameters = [part.strip().lower() for part in entry.split(";")]
        quality = next((_quality(part[2:]) for part in parameters if part.startswith("q=")), 1.0)
        found = next((media for media in Media if _covers(wanted, media)), None)
        if found is not None and quality > (best[0] if best else 0.0):
            best = (quality, found)
    if best is None:
        raise Problem(406, "notAcceptable", f"This can be had as {', '.join(Media)}.")
    return best[1]


def _quality(text: str) -> float:
    try:
        return min(1.0, max(0.0, float(text)))
    except ValueError:
        return 0.0


def _covers(wanted: str, media: Media) -> bool:
    return wanted in ("*/*", media) or (wanted.endswith("/*") and media.startswith(wanted[:-1]))
