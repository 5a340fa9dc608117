"""One look for all charts: calm, readable when printed, told apart without colour vision.

The diverging scale is blue to orange, which the common colour deficiencies keep apart; each cell also carries its number.
"""

from collections.abc import Mapping
from typing import Any

INK, MUTED, LINE, HIDDEN = "#1d2733", "#5b6773", "#d9dee3", "#eceff2"
ACCENT, EARLIER = "#1f6f8b", "#9aa5b1"
DIVERGING = ["#b35806", "#f1a340", "#fee0b6", "#d8e7f0", "#7fb3d5", "#1f5f8b"]
FONT = "Liberation Sans, Arial, Helvetica, sans-serif"

CONFIG: dict[str, Any] = {
    "background": "white",
    "font": FONT,
    "padding": 16,
    "view": {"stroke": None},
    "title": {
        "anchor": "start", "fontSize": 18, "fontWeight": 600, "color": INK, "subtitleColor": MUTED,
        "subtitleFontSize": 12, "offset": 16, "subtitlePadding": 6,
    },
    "axis": {
        "labelColor": INK, "titleColor": MUTED, "labelFontSize": 11, "titleFontSize": 11, "titleFontWeight": "normal",
        "domainColor": LINE, "tickColor": LINE, "gridColor": "#eef1f4", "labelLimit": 260,
    },
    "legend": {"labelColor": INK, "titleColor": MUTED, "titleFontWeight": "normal"},
}  # fmt: skip

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "hidden": "hidden, to protect those who answered",
        "interval": "dot: mean; bar: 95% interval; open diamond: the wave before",
        "mean": "mean",
        "answers": "answers",
        "of": "of",
        "response": "response",
        "service": "service",
        "topic": "topic",
        "whole": "the whole organisation",
        "crossSection": "Providers and their internal customers",
    },
    "nl": {
        "hidden": "verborgen, om wie antwoordde te beschermen",
        "interval": "stip: gemiddelde; balk: 95%-interval; open ruit: de meting ervoor",
        "mean": "gemiddelde",
        "answers": "antwoorden",
        "of": "van",
        "response": "respons",
        "service": "dienst",
        "topic": "onderwerp",
        "whole": "de hele organisatie",
        "crossSection": "Aanbieders en hun interne klanten",
    },
}


def words(language: str) -> dict[str, str]:
    return WORDS.get(language, WORDS["en"])


def number(value: float, language: str) -> str:
    """One decimal, as the language writes it."""
    text = f"{value:.1f}"
    return text.replace(".", ",") if language == "nl" else text


def name(texts: Mapping[str, str], language: str) -> str:
    """A text in the reader's language, or in the first that there is."""
    return texts.get(language) or next(iter(texts.values()))
