from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from services.analytics.scores.models import Score as Row
from services.shared.schemas import Schema

Reason = Literal["belowMinimum", "protectsAnother"]


class Interval(Schema):
    low: float
    high: float


class Score(Schema):
    """A cell. A key that does not apply is null. Hidden: `suppressed`, with a `reason`, and every figure but
    `population` is null."""

    id: UUID
    release_id: UUID
    wave_id: UUID
    provider_id: UUID | None
    service_id: UUID | None = Field(description="Null with a provider: its services pooled; null without: see question")
    consumer_id: UUID | None = Field(description="The unit whose people answered; null: the whole organisation")
    topic_id: str | None = Field(examples=["responsiveness"])
    question_id: str = Field(examples=["overall"])
    attribute: str | None
    value: str | None
    n: int | None = Field(description="Answers with a value", examples=[34])
    not_applicable: int | None
    population: int = Field(description="People whom the figure could be about, when the wave was drawn")
    response_rate: float | None = Field(description="Answered of those invited in the unit, from 0 to 1")
    mean: float | None = Field(examples=[7.2])
    standard_deviation: float | None
    ci95: Interval | None = Field(
        description="Of the mean; for nps of the nps, for yesNo of the share of true. Of all answers that the population"
        " could give, of several services one by each of their users, so that it has no width where all are there. Who uses"
        " more services than they are asked about counts less for each, here and in the mean. A pooled figure's takes it"
        " that each person gave as many answers as one can, and errs to the wide side. Of few"
        " people, and of skewed answers, it holds the truth somewhat less often than 95 times of 100"
    )
    top2_box: float | None = Field(description="Share of the two highest scale points, from 0 to 1")
    bottom2_box: float | None
    nps: float | None = Field(description="From -100 to 100", examples=[12.5])
    distribution: dict[str, int] | None = Field(
        description="How many gave each value; of several choices how many chose each, of a ranking how many put each first",
        examples=[{"7": 3, "8": 6}],
    )
    services: list[UUID] | None = Field(
        description="The services that a pooled figure holds; null where none is pooled"
    )
    suppressed: bool
    reason: Reason | None


def score(row: Row) -> Score:
    values: dict[str, Any] = {name: getattr(row, name) for name in Score.model_fields if name != "ci95"}
    interval = None
    if row.ci95_low is not None and row.ci95_high is not None:
        interval = Interval(low=row.ci95_low, high=row.ci95_high)
    return Score.model_construct(**values, ci95=interval)
