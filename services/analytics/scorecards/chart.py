"""The picture of a scorecard: on the left each service's mark with its interval, on the right its topics."""

from collections.abc import Mapping
from typing import Any

from services.analytics.charts import theme
from services.analytics.charts.heatmap import ROW, heatmap
from services.analytics.charts.render import SCHEMA, Specification
from services.analytics.scorecards.schemas import Scorecard, ServiceScores

WIDTH = 300


def specification(card: Scorecard, language: str) -> Specification:
    words = theme.words(language)
    order = [theme.name(service.name, language) for service in sorted(card.services, key=_mean, reverse=True)]
    return {
        "$schema": SCHEMA,
        "config": theme.CONFIG,
        "title": {
            "text": f"{card.name}: {theme.name(card.wave_title, language)}",
            "subtitle": _subtitle(card, language),
        },
        "spacing": 40,
        "hconcat": [_marks(card, order, language, words), _topics(card, order, language)],
    }


def _subtitle(card: Scorecard, language: str) -> list[str]:
    words, lines = theme.words(language), []
    if card.overall.mean is not None:
        lines.append(
            f"{words['mean']} {theme.number(card.overall.mean, language)} ({card.overall.n} {words['answers']})"
        )
    if card.response.rate is not None:
        share = f"{card.response.rate:.0%}"
        lines[0:1] = [", ".join([*lines[0:1], f"{words['response']} {share} {words['of']} {card.response.invited}"])]
    return [*lines, words["interval"]]


def _marks(card: Scorecard, order: list[str], language: str, words: Mapping[str, str]) -> Specification:
    rows = [_mark_row(service, card, language) for service in card.services]
    scale = {"domain": [1, card.overall_points], "nice": False}
    x = {"field": "mean", "type": "quantitative", "scale": scale, "title": words["mean"]}
    y = {"field": "service", "type": "nominal", "sort": order, "title": None, "axis": {"domain": False, "ticks": False}}
    label = {"align": "right", "fontWeight": 600, "color": theme.INK}
    return {
        "width": WIDTH,
        "height": {"step": ROW},
        "data": {"values": rows},
        "encoding": {"y": y},
        "layer": [
            {"mark": {"type": "bar", "height": 5, "color": theme.ACCENT, "opacity": 0.35, "cornerRadius": 2},
             "encoding": {"x": {**x, "field": "low"}, "x2": {"field": "high"}}},
            {"mark": {"type": "point", "shape": "diamond", "size": 55, "filled": False, "color": theme.EARLIER},
             "encoding": {"x": {**x, "field": "earlier"}}},
            {"mark": {"type": "point", "filled": True, "size": 90, "color": theme.ACCENT, "opacity": 1},
             "encoding": {"x": x}},
            {"mark": {"type": "text", **label}, "encoding": {"x": {"value": WIDTH + 30}, "text": {"field": "label"}}},
            {"mark": {"type": "text", "align": "left", "color": theme.MUTED, "fontStyle": "italic", "fontSize": 10},
             "transform": [{"filter": "datum.mean === null"}],
             "encoding": {"x": {"value": 4}, "text": {"value": words["hidden"]}}},
        ],
    }  # fmt: skip


def _mark_row(service: ServiceScores, card: Scorecard, language: str) -> dict[str, Any]:
    figure, interval = service.overall, service.overall.ci95
    before = [point for point in service.trend if point.wave_id != card.wave_id]
    return {
        "service": theme.name(service.name, language),
        "mean": figure.mean,
        "low": interval.low if interval else figure.mean,
        "high": min(interval.high, card.overall_points) if interval else figure.mean,
        "earlier": before[-1].figure.mean if before and figure.mean is not None else None,
        "label": theme.number(figure.mean, language) if figure.mean is not None else "",
    }


def _topics(card: Scorecard, order: list[str], language: str) -> Specification:
    names = [theme.name(topic.name, language) for topic in card.topics]
    points = max((topic.points or 5 for topic in card.topics), default=5)
    rows = [
        {
            "service": theme.name(service.name, language),
            "topic": theme.name(topic.name, language),
            "mean": topic.figure.mean,
            "label": theme.number(topic.figure.mean, language) if topic.figure.mean is not None else "·",
        }
        for service in card.services
        for topic in service.topics
    ]
    return heatmap(rows, x="topic", y="service", columns=names, order=order, points=points, hide_rows=True)


def _mean(service: ServiceScores) -> float:
    return -1.0 if service.overall.mean is None else service.overall.mean
