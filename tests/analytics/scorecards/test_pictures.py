"""The pictures as their readers see them: no row over another, and every figure says how sure it is."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from services.analytics.charts.heatmap import LOW
from services.analytics.charts.render import Specification, draw
from services.analytics.cross_section.chart import specification as cross_picture
from services.analytics.cross_section.schemas import Crossing, CrossSection, UnitName
from services.analytics.scorecards.chart import specification as card_picture
from services.analytics.scorecards.schemas import (
    Answering,
    Figure,
    Interval,
    Scorecard,
    ServiceScores,
    TopicFigure,
    TrendPoint,
)

HIDDEN = Figure(n=None, population=3, mean=None, ci95=None, suppressed=True, reason="belowMinimum")
WAVE, BEFORE = uuid4(), uuid4()
LONG = "A name that is longer than there is room for at the axis of a picture"


def figure(mean: float, n: int = 12, width: float = 0.5) -> Figure:
    interval = Interval(low=mean - width, high=mean + width)
    return Figure(n=n, population=2 * n, mean=mean, ci95=interval, suppressed=False, reason=None)


def topic(key: str, points: int, shown: Figure) -> TopicFigure:
    return TopicFigure(topic_id="speed", name={"en": "Speed"}, question_id=key, points=points, figure=shown)


def scorecard(named: dict[str, Figure | None], topics: list[TopicFigure], *, overall: bool = True) -> Scorecard:
    """`named`: services by external id, all of one name."""
    before = TrendPoint(wave_id=BEFORE, title={"en": "Before"}, opens_at=datetime.now(UTC), figure=figure(6))
    services = [
        ServiceScores(service_id=uuid4(), external_id=key, name={"en": "Desk"}, overall=shown, topics=topics,
                      trend=[before])
        for key, shown in named.items()
    ]  # fmt: skip
    return Scorecard(
        unit_id=uuid4(), name="Facilities", wave_id=WAVE, wave_title={"en": "Wave", "nl": "Meting"},
        release_id=uuid4(), overall_question_id="overall" if overall else None, overall_points=10 if overall else None,
        overall=figure(7.512, 1234) if overall else None, topics=topics, trend=[],
        response=Answering(invited=2000, answered=1000, rate=0.5), services=services,
    )  # fmt: skip


def cross_section(units: list[str], providers: list[str], points: int = 10) -> CrossSection:
    consumers, columns = ([UnitName(unit_id=uuid4(), external_id=None, name=name) for name in names]
                          for names in (units, providers))  # fmt: skip
    cells = [
        Crossing(provider_id=provider.unit_id, consumer_id=consumer, service_ids=[],
                 figure=figure(points - 1.0, 1234) if consumer else HIDDEN)
        for provider in columns
        for consumer in (None, *(unit.unit_id for unit in consumers))
    ]  # fmt: skip
    return CrossSection(wave_id=WAVE, wave_title={"en": "Wave"}, release_id=uuid4(), question_id="overall",
                        points=points, level=2, providers=columns, consumers=consumers, cells=cells)  # fmt: skip


def rows(panel: Specification) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = panel["data"]["values"]
    return found


def test_services_of_one_name_have_a_row_each() -> None:
    card = scorecard({"D1": figure(7), "D2": figure(8), "D3": HIDDEN}, [topic("speed", 5, figure(4))])
    marks, topics = card_picture(card, "en")["hconcat"]
    assert [row["service"] for row in rows(marks)] == ["Desk (D1)", "Desk (D2)", "Desk (D3)"]
    assert [row["service"] for row in rows(topics)] == ["Desk (D1)", "Desk (D2)", "Desk (D3)"]
    assert marks["encoding"]["y"]["sort"] == topics["encoding"]["y"]["sort"] == ["Desk (D2)", "Desk (D1)", "Desk (D3)"]


def test_an_interval_stays_on_the_scale_and_is_seen() -> None:
    card = scorecard({"low": figure(1.1), "high": figure(9.8), "sure": figure(7, 12_345, 0.001), "few": HIDDEN}, [])
    (marks,) = card_picture(card, "nl")["hconcat"]
    low, high, sure, few = rows(marks)
    assert (low["low"], high["high"]) == (1, 10)
    assert (low["label"], low["answers"], sure["answers"]) == ("1,1", "(12)", "(12.345)")
    assert {few[key] for key in ("mean", "low", "high", "earlier")} == {None}
    band, dot = (next(layer["mark"] for layer in marks["layer"] if layer["mark"]["type"] == kind
                      and layer["mark"].get("shape") is None) for kind in ("bar", "point"))  # fmt: skip
    assert band["height"] > 2 * (dot["size"] / 3.14) ** 0.5 + 4
    assert band["strokeWidth"] >= 1


def test_a_figure_without_an_interval_gets_no_band() -> None:
    card = scorecard({"D1": figure(7).model_copy(update={"ci95": None})}, [])
    (row,) = rows(card_picture(card, "en")["hconcat"][0])
    assert (row["mean"], row["low"], row["high"]) == (7, None, None)


def test_topics_are_coloured_on_their_own_scales() -> None:
    topics = [topic("slow", 5, figure(4)), topic("fast", 7, figure(5.5)), topic("few", 5, HIDDEN)]
    panel = card_picture(scorecard({"D1": figure(7)}, topics), "en")["hconcat"][1]
    five, seven, hidden = rows(panel)
    assert five["place"] == seven["place"] == 0.75 > LOW
    assert [row["topic"] for row in rows(panel)] == ["Speed (slow) (1–5)", "Speed (fast) (1–7)", "Speed (few) (1–5)"]
    assert (hidden["mean"], hidden["label"], hidden["answers"]) == (None, "·", "")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("7.51 on a scale of 1 to 10 (95% interval 7.01 to 8.01, 1,234 answers)", "topics, 1 to 5", "orange")),
        ("nl", ("7,51 op een schaal van 1 tot 10 (95%-interval 7,01 tot 8,01, 1.234 antwoorden)",
                "onderwerpen, 1 tot 5", "oranje")),
    ],
)  # fmt: skip
def test_a_scorecard_says_what_its_marks_mean(language: str, said: tuple[str, ...]) -> None:
    picture = card_picture(scorecard({"D1": figure(7)}, [topic("speed", 5, figure(4))]), language)
    text = json.dumps([picture["title"], picture["hconcat"][1]["title"]], ensure_ascii=False)
    assert [part for part in said if part not in text] == []


def test_without_an_overall_question_the_topics_stand_alone() -> None:
    picture = card_picture(scorecard({"D1": None}, [topic("speed", 5, figure(4))], overall=False), "en")
    (topics,) = picture["hconcat"]
    assert topics["encoding"]["y"]["axis"]["labels"] is True
    assert "no overall question" in picture["title"]["subtitle"][0]


def test_units_and_providers_of_one_name_have_cells_of_their_own() -> None:
    view = cross_section(["Team", "Team", "the whole organisation"], ["Desk", "Desk"])
    picture = cross_picture(view, "en")
    assert len({(row["provider"], row["consumer"]) for row in rows(picture)}) == len(view.cells)
    assert {row["answers"] for row in rows(picture)} == {"1,234", ""}
    assert "question overall: mean on a scale of 1 to 10" in picture["title"]["subtitle"][1]


@pytest.mark.parametrize(
    "picture",
    [
        card_picture(scorecard({}, []), "en"),
        card_picture(scorecard({"D1": HIDDEN, "D2": HIDDEN}, [topic("speed", 5, HIDDEN)]), "nl"),
        card_picture(scorecard({"D1": None}, [], overall=False), "nl"),
        cross_picture(cross_section([], []), "en"),
        cross_picture(cross_section([LONG, LONG], [LONG, LONG]), "nl"),
    ],
)
async def test_the_extremes_can_be_drawn(picture: Specification) -> None:
    assert b"</svg>" in await draw(picture, "svg")
