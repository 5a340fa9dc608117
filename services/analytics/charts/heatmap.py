"""Means in a grid."""

from typing import Any

from services.analytics.charts import theme
from services.analytics.charts.render import Specification

ROW = 30


def heatmap(
    rows: list[dict[str, Any]], *, x: str, y: str, columns: list[str], order: list[str], points: int,
    hide_rows: bool = False, step: int = 62,
) -> Specification:  # fmt: skip
    """Cells coloured by mean, each with its number; a hidden one is grey with a dot. Colours span the upper two thirds
    of the scale, where marks are in practice; what is lower takes the last colour."""
    low = 1 + (points - 1) / 3
    colour = {"field": "mean", "type": "quantitative", "legend": None,
              "scale": {"domain": [low, points], "range": theme.DIVERGING, "clamp": True, "interpolate": "rgb"}}  # fmt: skip
    axis = {"labels": not hide_rows, "ticks": False, "domain": False}
    return {
        "width": {"step": step},
        "height": {"step": ROW},
        "data": {"values": rows},
        "encoding": {
            "x": {"field": x, "type": "nominal", "sort": columns, "title": None,
                  "axis": {"orient": "top", "labelAngle": -35, "domain": False, "ticks": False, "labelLimit": 160}},
            "y": {"field": y, "type": "nominal", "sort": order, "title": None, "axis": axis},
        },
        "layer": [
            {"mark": {"type": "rect", "color": theme.HIDDEN, "stroke": "white", "strokeWidth": 2},
             "transform": [{"filter": "datum.mean === null"}]},
            {"mark": {"type": "rect", "stroke": "white", "strokeWidth": 2},
             "transform": [{"filter": "datum.mean !== null"}], "encoding": {"color": colour}},
            {"mark": {"type": "text", "fontSize": 11},
             "encoding": {"text": {"field": "label"},
                          "color": {"condition": {"test": _dark(low, points), "value": "white"}, "value": theme.INK}}},
        ],
    }  # fmt: skip


def _dark(low: float, points: int) -> str:
    span = points - low
    return f"datum.mean !== null && (datum.mean < {low + 0.12 * span} || datum.mean > {low + 0.88 * span})"
