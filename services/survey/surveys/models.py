"""Questionnaires: the draft that is worked on, and the versions that were published of it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from services.shared.database import Tenant, Timestamps
from services.shared.ids import new_id
from services.survey.base import Base


class Survey(Tenant, Timestamps, Base):
    """`definition` is the draft. `maker_unit_ids` are the units of whoever made a survey of several providers: who
    holds them all may change it. `version` counts changes of the draft, `latest_version` what was published."""

    __tablename__ = "surveys"
    __table_args__ = (
        UniqueConstraint("organisation_id", "key"),
        Index(None, "organisation_id", "provider_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    key: Mapped[str]
    provider_id: Mapped[UUID | None]
    maker_unit_ids: Mapped[list[UUID]]
    definition: Mapped[dict[str, Any]]
    latest_version: Mapped[int | None]


class SurveyVersion(Tenant, Base):
    """Never changes once it is there."""

    __tablename__ = "survey_versions"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "survey_id"], ["surveys.organisation_id", "surveys.id"]),
    )

    survey_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    definition: Mapped[dict[str, Any]]
    published_at: Mapped[datetime] = mapped_column(server_default=func.now())
