"""The standing plans that measure, and what each of their runs came to."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from services.shared.database import Tenant, Timestamps
from services.shared.ids import new_id
from services.survey.base import Base


class Programme(Tenant, Timestamps, Base):
    """`planned_at`: when its schedule has it run next; null for good after its last run. `due_at`: the same, or the
    time after it until which it is held up; null while it is paused. `cycle_date`: the day from which a continuous one
    counts whom it has asked; `cycle_end_date`, until when it plans to have asked all; `cycle_days`, how long a cycle
    was to be when it ran last; `former_cycle_days`, how long the one before took. `maker_unit_ids`: the units of
    whoever named its services; none of one who is not limited to units. Services and units that are gone stay named."""

    __tablename__ = "programmes"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "survey_id"], ["surveys.organisation_id", "surveys.id"]),
        Index("ix_programmes_due", "due_at", postgresql_where=text("due_at IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    survey_id: Mapped[UUID]
    title: Mapped[dict[str, str]]
    service_ids: Mapped[list[UUID]]
    maker_unit_ids: Mapped[list[UUID]] = mapped_column(default=list, server_default="{}")
    audience: Mapped[list[UUID]]
    schedule: Mapped[dict[str, Any]]
    sample: Mapped[dict[str, Any]]
    service_choice: Mapped[str]
    closes_after_days: Mapped[int]
    reminders: Mapped[list[int]]
    minimum_group: Mapped[int | None]
    comment_minimum_group: Mapped[int | None]
    minimum_days_between: Mapped[int | None]
    active: Mapped[bool]
    planned_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    cycle_date: Mapped[date | None]
    cycle_end_date: Mapped[date | None]
    cycle_days: Mapped[int | None]
    former_cycle_days: Mapped[int | None]


class ProgrammeRun(Tenant, Base):
    """One at the most for each time at which the programme was to run. `code` says why it invited nobody."""

    __tablename__ = "programme_runs"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "programme_id"], ["programmes.organisation_id", "programmes.id"], ondelete="CASCADE"
        ),
        UniqueConstraint("organisation_id", "programme_id", "planned_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    programme_id: Mapped[UUID]
    planned_at: Mapped[datetime]
    ran_at: Mapped[datetime] = mapped_column(server_default=func.now())
    wave_id: Mapped[UUID | None]
    invited: Mapped[int]
    skipped: Mapped[dict[str, Any]]
    code: Mapped[str | None]
