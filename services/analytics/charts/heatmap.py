"""Means in a grid."""

from typing import Any

from services.analytics.charts import theme
from services.analytics.charts.render import Specification

ROW = 34
LOW, MIDDLE = 1 / 3, 2 / 3  # of the scale: marks are above the one in practice, and colours change at the other


def cell(mean: float | None, n: int | None, points: int, language: str) -> dict[str, Any]:
    """`place`: how far up its own scale, for cells beside each other may have different ones."""
    if mean is None or n is None:
        return {"mean": None, "n": None, "place": None, "label": "·", "answers": ""}
    label, answers = theme.number(mean, language), theme.count(n, language)
    return {"mean": mean, "n": n, "place": (mean - 1) / (points - 1), "label": label, "answers": answers}


def heatmap(
    rows: list[dict[str, Any]], *, x: str, y: str, columns: list[str], order: list[str],
    hide_rows: bool = False, step: int = 62,
) -> Specification:  # fmt: skip
    """Cells coloured by place, each with its mean and number of answers; a hidden one is grey with a dot. What is lower
    than `LOW` takes the last colour."""
    colour = {"field": "place", "type": "quantitative", "legend": None,
              "scale": {"domain": [LOW, 1], "range": theme.DIVERGING, "clamp": True, "interpolate": "rgb"}}  # fmt: skip
    ink = {"condition": {"test": _dark(), "value": "white"}, "value": theme.INK}
    axis = {"labels": not hide_rows, "ticks": False, "domain": False}
    return {
        "width": {"step": step},
        "height": {"step": ROW},
        "data": {"values": rows},
        "encoding": {
            "x": {"field": x, "type": "nominal", "sort": columns, "title": None,
                  "axis": {"orient": "top", "labelAngle": -35, "domain": False, "ticks": False, "labelLimit": 240}},
            "y": {"field": y, "type": "nominal", "sort": order, "title": None, "axis": axis},
        },
        "layer": [
            {"mark": {"type": "rect", "color": theme.HIDDEN, "stroke": "white", "strokeWidth": 2},
             "transform": [{"filter": "datum.mean === null"}]},
            {"mark": {"type": "rect", "stroke": "white", "strokeWidth": 2},
             "transform": [{"filter": "datum.mean !== null"}], "encoding": {"color": colour}},
            {"mark": {"type": "text", "fontSize": 11, "dy": -5}, "transform": [{"filter": "datum.mean !== null"}],
             "encoding": {"text": {"field": "label"}, "color": ink}},
            {"mark": {"type": "text", "fontSize": 9, "dy": 8}, "encoding": {"text": {"field": "answers"}, "color": ink}},
            {"mark": {"type": "text", "color": theme.INK, "fontSize": 18}, "transform": [{"filter": "datum.mean === null"}],
             "encoding": {"text": {"field": "label"}}},
        ],
    }  # fmt: skip


def _dark() -> str:
    span = 1 - LOW
    return f"datum.mean !== null && (datum.place < {LOW + 0.12 * span} || datum.place > {LOW + 0.88 * span})"
