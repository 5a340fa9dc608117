"""Releases, what was decided for them, and those that wait."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, func
from sqlalchemy.orm import Mapped, mapped_column

from services.analytics.base import Base
from services.shared.database import Tenant


class Release(Tenant, Base):
    """`superseded` by a later release of its wave. `provider_ids`: of the wave's services."""

    __tablename__ = "releases"
    __table_args__ = (Index("ix_releases_wave", "organisation_id", "wave_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    wave_id: Mapped[UUID]
    survey_id: Mapped[UUID]
    survey_key: Mapped[str]
    survey_version: Mapped[int]
    title: Mapped[dict[str, str]]
    service_ids: Mapped[list[UUID]]
    provider_ids: Mapped[list[UUID]]
    unit_ids: Mapped[list[UUID]]
    minimum_group: Mapped[int]
    comment_minimum_group: Mapped[int]
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    published_at: Mapped[datetime]
    superseded: Mapped[bool] = mapped_column(default=False)


class ReleaseRequest(Tenant, Base):
    """A wave that was taken out and is not released yet."""

    __tablename__ = "release_requests"

    wave_id: Mapped[UUID] = mapped_column(primary_key=True)
    requested_at: Mapped[datetime] = mapped_column(server_default=func.now())


class ReleaseLog(Tenant, Base):
    """Which release a wave got. Only ever appended to; outlives a rebuild."""

    __tablename__ = "release_log"

    wave_id: Mapped[UUID] = mapped_column(primary_key=True)
    release_id: Mapped[UUID] = mapped_column(primary_key=True)
    published_at: Mapped[datetime]


class Decision(Tenant, Base):
    """Which cells of a release are shown (`reason` is null) and which are hidden. Only ever appended to; replayed by a
    rebuild and never worked out again, for two patterns of one table could be compared."""

    __tablename__ = "decisions"

    release_id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    question: Mapped[str]
    provider_id: Mapped[UUID | None]
    service_id: Mapped[UUID | None]
    consumer_id: Mapped[UUID | None]
    reason: Mapped[str | None]


APPEND_ONLY = (ReleaseLog.__tablename__, Decision.__tablename__)
