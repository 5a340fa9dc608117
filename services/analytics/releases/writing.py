"""Released rows as their tables have them."""

import json
from typing import Any, Final
from uuid import UUID

from services.analytics.releases.figures import Rate, Row

SCORE: Final = (
    "id", "release_id", "wave_id", "provider_id", "service_id", "consumer_id", "topic_id", "question_id", "population",
    "response_rate", "n", "not_applicable", "mean", "standard_deviation", "ci95_low", "ci95_high", "top2_box",
    "bottom2_box", "nps", "distribution", "services", "suppressed", "reason",
)  # fmt: skip
RESPONSE_RATE: Final = (
    "id", "release_id", "wave_id", "unit_id", "population", "invited", "answered", "rate", "suppressed", "reason",
)  # fmt: skip


def row_id(release_id: UUID, place: int) -> UUID:
    """Ordered by release and place, and the same whenever the release is written again."""
    return UUID(int=release_id.int >> 32 << 32 | place)


def score(place: int, release_id: UUID, wave_id: UUID, row: Row) -> tuple[Any, ...]:
    of = (row_id(release_id, place), release_id, wave_id, *row.cell, row.question.topic, row.question.key)
    figures = row.figures
    if figures is None:
        return (*of, row.population, *[None] * 12, True, row.reason)
    ci95 = figures.ci95
    return (
        *of,
        row.population,
        row.response_rate,
        figures.n,
        row.not_applicable,
        figures.mean,
        figures.standard_deviation,
        ci95.low if ci95 else None,
        ci95.high if ci95 else None,
        figures.top2_box,
        figures.bottom2_box,
        figures.nps,
        json.dumps(row.distribution),
        None if row.services is None else "{" + ",".join(map(str, row.services)) + "}",
        False,
        None,
    )


def response_rate(place: int, release_id: UUID, wave_id: UUID, rate: Rate) -> tuple[Any, ...]:
    of = (row_id(release_id, place), release_id, wave_id, rate.unit, rate.population)
    if rate.answered is None:
        return (*of, None, None, None, True, rate.reason)
    return (*of, rate.invited, rate.answered, rate.rate, False, None)
