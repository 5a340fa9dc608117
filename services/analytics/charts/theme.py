"""One look for all charts: calm, readable when printed, told apart without colour vision.

The diverging scale is blue to orange, which the common colour deficiencies keep apart; each cell also carries its number.
"""

from collections.abc import Iterable, Mapping
from textwrap import wrap
from typing import Any

from services.analytics.charts.labels import cut

INK, MUTED, LINE, HIDDEN = "#1d2733", "#5b6773", "#d9dee3", "#eceff2"
ACCENT = "#1f6f8b"
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
        "domainColor": LINE, "tickColor": LINE, "gridColor": "#eef1f4", "labelLimit": 360,
    },
    "legend": {"labelColor": INK, "titleColor": MUTED, "titleFontWeight": "normal"},
}  # fmt: skip

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "hidden": "hidden, to protect those who answered",
        "interval": "dot: mean; band: 95% interval; open diamond: the wave before; in brackets: number of answers",
        "colours": "orange: low on the scale, blue: high, palest: two thirds of the way up",
        "cells": "the number of answers below it",
        "grey": "grey with ·",
        "mean": "mean",
        "answers": "answers",
        "of": "of",
        "scale": "on a scale of 1 to",
        "to": "to",
        "range": "95% interval",
        "response": "response",
        "question": "question",
        "topics": "topics",
        "noOverall": "this survey has no overall question",
        "whole": "the whole organisation",
        "crossSection": "Providers and their internal customers",
    },
    "nl": {
        "hidden": "verborgen, om wie antwoordde te beschermen",
        "interval": "stip: gemiddelde; band: 95%-interval; open ruit: de meting ervoor; tussen haakjes: aantal antwoorden",
        "colours": "oranje: laag op de schaal, blauw: hoog, bleekst: op twee derde",
        "cells": "het aantal antwoorden eronder",
        "grey": "grijs met ·",
        "mean": "gemiddelde",
        "answers": "antwoorden",
        "of": "van",
        "scale": "op een schaal van 1 tot",
        "to": "tot",
        "range": "95%-interval",
        "response": "respons",
        "question": "vraag",
        "topics": "onderwerpen",
        "noOverall": "deze vragenlijst heeft geen vraag naar het totaaloordeel",
        "whole": "de hele organisatie",
        "crossSection": "Aanbieders en hun interne klanten",
    },
}


def words(language: str) -> dict[str, str]:
    return WORDS.get(language, WORDS["en"])


def number(value: float, language: str, decimals: int = 1) -> str:
    """As the language writes it."""
    text = f"{value:.{decimals}f}"
    return text.replace(".", ",") if language == "nl" else text


def count(value: int, language: str) -> str:
    text = f"{value:,}"
    return text.replace(",", ".") if language == "nl" else text


def title(text: str, subtitle: Iterable[str]) -> dict[str, list[str]]:
    """In lines that are no wider than a small chart."""
    return {"text": wrap(cut(text, 200), 64), "subtitle": [line for part in subtitle for line in wrap(part, 120)]}


def name(texts: Mapping[str, str], language: str) -> str:
    """A text in the reader's language, or in the first that there is."""
    return texts.get(language) or next(iter(texts.values()))
