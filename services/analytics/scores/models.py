"""The released table: the one place from which readers get figures."""

from typing import Any
from uuid import UUID

from sqlalchemy import Float, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.analytics.base import Base
from services.shared.database import Tenant


class Score(Tenant, Base):
    """A cell. `id` grows with the release and the cell's place in it, and is the same after a rebuild."""

    __tablename__ = "scores"
    __table_args__ = (
        Index("ix_scores_wave", "organisation_id", "wave_id", "question_id", "id"),
        Index("ix_scores_service", "organisation_id", "service_id", "id"),
        Index("ix_scores_provider", "organisation_id", "provider_id", "id"),
        Index("ix_scores_consumer", "organisation_id", "consumer_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    release_id: Mapped[UUID]
    wave_id: Mapped[UUID]
    provider_id: Mapped[UUID | None]
    service_id: Mapped[UUID | None]
    consumer_id: Mapped[UUID | None]
    topic_id: Mapped[str | None]
    question_id: Mapped[str]
    attribute: Mapped[str | None]
    value: Mapped[str | None]
    n: Mapped[int | None]
    not_applicable: Mapped[int | None]
    population: Mapped[int]
    response_rate: Mapped[float | None] = mapped_column(Float)
    mean: Mapped[float | None] = mapped_column(Float)
    standard_deviation: Mapped[float | None] = mapped_column(Float)
    ci95_low: Mapped[float | None] = mapped_column(Float)
    ci95_high: Mapped[float | None] = mapped_column(Float)
    top2_box: Mapped[float | None] = mapped_column(Float)
    bottom2_box: Mapped[float | None] = mapped_column(Float)
    nps: Mapped[float | None] = mapped_column(Float)
    distribution: Mapped[dict[str, Any] | None]
    services: Mapped[list[UUID] | None]
    suppressed: Mapped[bool]
    reason: Mapped[str | None]
