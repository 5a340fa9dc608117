"""Released response rates."""

from uuid import UUID

from sqlalchemy import Float, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.analytics.base import Base
from services.shared.database import Tenant


class ResponseRate(Tenant, Base):
    """Without a unit: of the whole organisation. `id` as that of a score."""

    __tablename__ = "response_rates"
    __table_args__ = (Index("ix_response_rates_wave", "organisation_id", "wave_id", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    release_id: Mapped[UUID]
    wave_id: Mapped[UUID]
    unit_id: Mapped[UUID | None]
    population: Mapped[int]
    invited: Mapped[int | None]
    answered: Mapped[int | None]
    rate: Mapped[float | None] = mapped_column(Float)
    suppressed: Mapped[bool]
    reason: Mapped[str | None]
