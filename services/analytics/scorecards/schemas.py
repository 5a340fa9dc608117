"""A provider's scorecard."""

from typing import Literal
from uuid import UUID

from pydantic import Field

from services.shared.schemas import Instant, LanguageMap, Schema

Reason = Literal["belowMinimum", "protectsAnother"]


class Interval(Schema):
    low: float
    high: float


class Figure(Schema):
    """A released figure, or the reason why it is hidden; then every figure but `population` is null."""

    n: int | None
    population: int | None
    mean: float | None
    ci95: Interval | None
    suppressed: bool
    reason: Reason | None


class TopicFigure(Schema):
    topic_id: str
    name: LanguageMap
    question_id: str
    points: int
    figure: Figure


class TrendPoint(Schema):
    wave_id: UUID
    title: LanguageMap
    opens_at: Instant
    figure: Figure


class ServiceScores(Schema):
    service_id: UUID
    external_id: str | None
    name: LanguageMap
    overall: Figure | None
    topics: list[TopicFigure]
    trend: list[TrendPoint] = Field(
        description="The overall figure in earlier waves of the survey and this one, without those in which the question"
        " had another scale"
    )


class Answering(Schema):
    """Of the whole organisation: people answer once, about several providers."""

    invited: int | None
    answered: int | None
    rate: float | None


class Scorecard(Schema):
    """One provider in one wave: the newest release unless another wave is asked for. Of a survey without an overall
    question what is `overall` is null, and the trends are empty."""

    unit_id: UUID
    name: str
    wave_id: UUID
    wave_title: LanguageMap
    release_id: UUID
    overall_question_id: str | None
    overall_points: int | None
    overall: Figure | None
    topics: list[TopicFigure]
    trend: list[TrendPoint]
    response: Answering
    services: list[ServiceScores]
