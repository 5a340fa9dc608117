"""The picture of a scorecard: on the left each service's mark with its interval, on the right its topics."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.analytics.charts import theme
from services.analytics.charts.heatmap import ROW, cell, heatmap
from services.analytics.charts.labels import COLUMN, cut, labels
from services.analytics.charts.render import SCHEMA, Specification
from services.analytics.scorecards.schemas import Figure, Scorecard, ServiceScores

WIDTH = 300
BAND: Mapping[str, Any] = {  # taller than the dot, and never thinner than a line, so that no interval is behind it
    "type": "bar", "height": 18, "color": theme.ACCENT, "fillOpacity": 0.3, "stroke": theme.ACCENT, "strokeOpacity": 0.5,
    "strokeWidth": 1,
}  # fmt: skip


def specification(card: Scorecard, language: str) -> Specification:
    rows = labels((s.service_id, theme.name(s.name, language), s.external_id) for s in card.services)
    order = [rows[service.service_id] for service in sorted(card.services, key=_mean, reverse=True)]
    panels = [_marks(card, card.overall_points, rows, order, language)] if card.overall_points else []
    if card.topics or not panels:
        panels.append(_topics(card, rows, order, language, alone=not panels))
    title = theme.title(f"{card.name}: {theme.name(card.wave_title, language)}", _subtitle(card, language))
    return {"$schema": SCHEMA, "config": theme.CONFIG, "title": title, "spacing": 40, "hconcat": panels}


def _subtitle(card: Scorecard, language: str) -> list[str]:
    words = theme.words(language)
    facts = [words["noOverall"]] if card.overall is None else _said(card.overall, card.overall_points, language)
    if card.response.rate is not None and card.response.invited is not None:
        invited = theme.count(card.response.invited, language)
        facts.append(f"{words['response']} {card.response.rate:.0%} {words['of']} {invited}")
    lines = [", ".join(facts)] if facts else []
    if card.overall is not None:
        lines.append(words["interval"])
    if card.topics:
        cells = f"{words['topics']}: {words['mean']}, {words['cells']}"
        lines += [f"{cells}; {words['grey']}: {words['hidden']}", words["colours"]]
    return lines


def _said(figure: Figure, points: int | None, language: str) -> list[str]:
    words = theme.words(language)
    if figure.mean is None or figure.n is None:
        return []
    sure = f"{theme.count(figure.n, language)} {words['answers']}"
    if figure.ci95 is not None:
        low, high = (theme.number(bound, language, 2) for bound in (figure.ci95.low, figure.ci95.high))
        sure = f"{words['range']} {low} {words['to']} {high}, {sure}"
    return [f"{words['mean']} {theme.number(figure.mean, language, 2)} {words['scale']} {points} ({sure})"]


def _marks(
    card: Scorecard, points: int, rows: Mapping[UUID, str], order: list[str], language: str
) -> Specification:  # fmt: skip
    words = theme.words(language)
    scale = {"domain": [1, points], "nice": False}
    x = {"field": "mean", "type": "quantitative", "scale": scale, "title": f"{words['mean']}, 1 {words['to']} {points}"}
    y = {"field": "service", "type": "nominal", "sort": order, "title": None, "axis": {"domain": False, "ticks": False}}
    return {
        "width": WIDTH,
        "height": {"step": ROW},
        "data": {"values": [_mark_row(service, card, points, rows, language) for service in card.services]},
        "encoding": {"y": y},
        "layer": [
            {"mark": BAND, "transform": [{"filter": "datum.low !== null"}],
             "encoding": {"x": {**x, "field": "low"}, "x2": {"field": "high"}}},
            {"mark": {"type": "point", "shape": "diamond", "size": 55, "filled": False, "color": theme.MUTED},
             "encoding": {"x": {**x, "field": "earlier"}}},
            {"mark": {"type": "point", "filled": True, "size": 40, "color": theme.ACCENT, "opacity": 1},
             "encoding": {"x": x}},
            {"mark": {"type": "text", "align": "right", "fontWeight": 600, "color": theme.INK},
             "encoding": {"x": {"value": WIDTH + 30}, "text": {"field": "label"}}},
            {"mark": {"type": "text", "align": "left", "fontSize": 10, "color": theme.MUTED},
             "encoding": {"x": {"value": WIDTH + 34}, "text": {"field": "answers"}}},
            {"mark": {"type": "text", "align": "left", "color": theme.MUTED, "fontStyle": "italic", "fontSize": 10},
             "transform": [{"filter": "datum.mean === null"}],
             "encoding": {"x": {"value": 4}, "text": {"value": words["hidden"]}}},
        ],
    }  # fmt: skip


def _mark_row(
    service: ServiceScores, card: Scorecard, points: int, rows: Mapping[UUID, str], language: str
) -> dict[str, Any]:
    row: dict[str, Any] = {"service": rows[service.service_id], "mean": None, "low": None, "high": None,
                           "earlier": None, "label": "", "answers": ""}  # fmt: skip
    figure = service.overall
    if figure is None or figure.mean is None or figure.n is None:
        return row
    if figure.ci95 is not None:
        row.update(low=max(figure.ci95.low, 1), high=min(figure.ci95.high, points))
    before = [point.figure.mean for point in service.trend if point.wave_id != card.wave_id]
    label, answers = theme.number(figure.mean, language), f"({theme.count(figure.n, language)})"
    return {**row, "mean": figure.mean, "earlier": before[-1] if before else None, "label": label, "answers": answers}


def _topics(
    card: Scorecard, rows: Mapping[UUID, str], order: list[str], language: str, *, alone: bool
) -> Specification:  # fmt: skip
    """Each on its own scale; where these differ, its name says which. Two questions may be about one topic."""
    words = theme.words(language)
    named = labels(((t.question_id, theme.name(t.name, language), t.question_id) for t in card.topics), COLUMN)
    scales = {topic.points for topic in card.topics}
    if len(scales) > 1:
        named = {t.question_id: f"{named[t.question_id]} (1–{t.points})" for t in card.topics}
    cells = [
        {
            "service": rows[service.service_id],
            "topic": named[topic.question_id],
            **cell(topic.figure.mean, topic.figure.n, topic.points, language),
        }
        for service in card.services
        for topic in service.topics
    ]
    grid = heatmap(cells, x="topic", y="service", columns=list(named.values()), order=order, hide_rows=not alone)
    own = f", 1 {words['to']} {scales.pop()}" if len(scales) == 1 else ""
    heading = {"text": cut(words["topics"] + own, 40), "fontSize": 11, "fontWeight": "normal", "color": theme.MUTED}
    return {"title": heading, **grid}


def _mean(service: ServiceScores) -> float:
    return -1.0 if service.overall is None or service.overall.mean is None else service.overall.mean
