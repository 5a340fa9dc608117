"""Waves and the right to answer in them. No row here says when somebody answered: invitations have no instants."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from services.shared.database import Tenant
from services.shared.ids import new_id, random_id
from services.survey.base import Base

_OF_WAVE: tuple[list[str], list[str]] = (["organisation_id", "wave_id"], ["waves.organisation_id", "waves.id"])


class Wave(Tenant, Base):
    """`version` is the survey's; `revision` counts changes, for the ETag. `due_at` is when the scheduler must look
    next: to open, to remind, to close, or (`counts_at`) to count who answered. `planned_at`: when one that is scheduled
    was to open, but for quiet periods.

    `code` says why one that was to open by itself did not, until it is opened or changed.

    `maker_unit_ids`: by whose right it mails (`right_queries.makers`); none: by that of one who is not limited to units.
    `skipped` is what is told of whom the last draw left out; after interactions the counts of all draws, of which some
    are not told before the end (`rules.told_at_the_end`). A wave with a `last_day` is added to daily until then, and
    `reminded_date` is the last day for which its reminders went out."""

    __tablename__ = "waves"
    __mapper_args__ = {"eager_defaults": True}  # noqa: RUF012  # declared so by SQLAlchemy
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "survey_id"], ["surveys.organisation_id", "surveys.id"]),
        Index("ix_waves_due", "due_at", postgresql_where=text("due_at IS NOT NULL")),
        Index(
            "ix_waves_programme",
            "organisation_id",
            "programme_id",
            postgresql_where=text("programme_id IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    survey_id: Mapped[UUID]
    version: Mapped[int | None]
    title: Mapped[dict[str, str]]
    service_ids: Mapped[list[UUID]]
    maker_unit_ids: Mapped[list[UUID]] = mapped_column(default=list, server_default="{}")
    service_choice: Mapped[str]
    sample: Mapped[dict[str, Any]]
    planned_at: Mapped[datetime | None]
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime]
    reminders: Mapped[list[int]]
    minimum_group: Mapped[int]
    comment_minimum_group: Mapped[int]
    status: Mapped[str] = mapped_column(default="draft")
    scheduled: Mapped[bool] = mapped_column(default=False)
    code: Mapped[str | None]
    maximum_services: Mapped[int | None]
    box_id: Mapped[UUID | None]
    reminders_sent: Mapped[int] = mapped_column(default=0)
    counts_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    programme_id: Mapped[UUID | None]
    audience: Mapped[list[UUID]] = mapped_column(default=list, server_default="{}")
    minimum_days_between: Mapped[int | None]
    skipped: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    last_day: Mapped[date | None]
    reminded_date: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())
    revision: Mapped[int] = mapped_column(default=1, server_default="1")


class Invitation(Tenant, Base):
    """`number` is eight random bytes as a signed integer: its order says nothing. `portion` is there only in waves
    that are added to daily, whose reminders go by it: how many days after the wave opened somebody was invited. The free
    space on each page lets burning rewrite a row in place, without touching an index.

    No foreign key to the wave, here and in what else the draw writes: it holds the wave's row, and the check of each of
    its rows would take as long as writing them."""

    __tablename__ = "invitations"
    __table_args__ = (
        Index("ix_invitations_wave", "organisation_id", "wave_id", "number"),
        {"postgresql_with": {"fillfactor": "50"}},
    )

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    wave_id: Mapped[UUID]
    employee_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    service_ids: Mapped[list[UUID]]
    burned: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    delivery_state: Mapped[str | None]
    portion: Mapped[int | None]


class WaveUnit(Tenant, Base):
    """The tree as it was when the wave was drawn. By own unit, without the units below it: all who worked there
    (`population`), and whom of them the sample drew; all of the population used these of the wave's services, of these
    providers."""

    __tablename__ = "wave_units"

    wave_id: Mapped[UUID] = mapped_column(primary_key=True)
    unit_id: Mapped[UUID] = mapped_column(primary_key=True)
    parent_id: Mapped[UUID | None]
    population: Mapped[int]
    invited: Mapped[int]
    service_ids: Mapped[list[UUID]]
    provider_ids: Mapped[list[UUID]]


class WaveProgress(Tenant, Base):
    """What may be told, and nothing else: in or below a unit, or (without unit) of the whole wave."""

    __tablename__ = "wave_progress"
    __table_args__ = (
        ForeignKeyConstraint(*_OF_WAVE),
        Index("ix_wave_progress_wave", "organisation_id", "wave_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=random_id)
    wave_id: Mapped[UUID]
    unit_id: Mapped[UUID | None]
    invited: Mapped[int]
    bounced: Mapped[int]
    answered: Mapped[int | None]
    as_of_date: Mapped[date]
