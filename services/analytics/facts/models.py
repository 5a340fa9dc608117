"""What analytics learned from survey's events. All of it can be thrown away and read again.

A key cannot be null, so NONE stands where there is no service or provider.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from services.analytics.base import Base
from services.shared.database import Tenant
from services.shared.ids import NIL

NONE: Final = NIL


class Organisation(Tenant, Base):
    __tablename__ = "organisations"

    name: Mapped[str]
    time_zone: Mapped[str]
    languages: Mapped[list[str]]
    minimum_group: Mapped[int]
    comment_minimum_group: Mapped[int]
    attributes: Mapped[list[dict[str, Any]]]
    hourly_cost: Mapped[Decimal | None]
    hourly_cost_currency: Mapped[str | None]


class Unit(Tenant, Base):
    """As it is now; a wave keeps the tree of its own day. A removed unit stays, for the figures that speak of it."""

    __tablename__ = "units"
    __table_args__ = (
        Index("ix_units_parent", "organisation_id", "parent_id"),
        Index("ix_units_external", "organisation_id", "external_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    external_id: Mapped[str | None]
    name: Mapped[str]
    parent_id: Mapped[UUID | None]
    is_provider: Mapped[bool]
    is_consumer: Mapped[bool]
    removed: Mapped[bool] = mapped_column(default=False)


class CatalogueService(Tenant, Base):
    __tablename__ = "services"
    __table_args__ = (Index("ix_services_external", "organisation_id", "external_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    external_id: Mapped[str | None]
    provider_id: Mapped[UUID]
    name: Mapped[dict[str, str]]
    category: Mapped[str | None]
    yearly_cost: Mapped[Decimal | None]
    yearly_cost_currency: Mapped[str | None]
    commercial_price_per_user: Mapped[Decimal | None]
    commercial_price_currency: Mapped[str | None]
    commercial_source: Mapped[str | None]
    removed: Mapped[bool] = mapped_column(default=False)


class SurveyVersion(Tenant, Base):
    __tablename__ = "survey_versions"

    survey_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]
    provider_id: Mapped[UUID | None]
    definition: Mapped[dict[str, Any]]
    published_at: Mapped[datetime]


class Wave(Tenant, Base):
    """`providers`: the provider of each service when the wave opened. `status`: open, closed, taken."""

    __tablename__ = "waves"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    survey_id: Mapped[UUID]
    survey_version: Mapped[int]
    title: Mapped[dict[str, str]]
    providers: Mapped[dict[str, str]]
    minimum_group: Mapped[int]
    comment_minimum_group: Mapped[int]
    maximum_services: Mapped[int]
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    status: Mapped[str]


class WaveUnit(Tenant, Base):
    """The tree of the wave; people by their own unit."""

    __tablename__ = "wave_units"

    wave_id: Mapped[UUID] = mapped_column(primary_key=True)
    unit_id: Mapped[UUID] = mapped_column(primary_key=True)
    parent_id: Mapped[UUID | None]
    population: Mapped[int]
    invited: Mapped[int]


class WaveUsers(Tenant, Base):
    __tablename__ = "wave_users"

    wave_id: Mapped[UUID] = mapped_column(primary_key=True)
    unit_id: Mapped[UUID] = mapped_column(primary_key=True)
    service_id: Mapped[UUID] = mapped_column(primary_key=True)
    provider_id: Mapped[UUID] = mapped_column(primary_key=True)
    users: Mapped[int]


class Piece(Tenant, Base):
    """An event of a taking out that took effect, so that none is added twice and none is missing at the release."""

    __tablename__ = "pieces"

    wave_id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(primary_key=True)


class AnswerTotal(Tenant, Base):
    """How many of a group gave a value (`n`), or said that the question does not apply."""

    __tablename__ = "answer_totals"

    wave_id: Mapped[UUID] = mapped_column(primary_key=True)
    service_id: Mapped[UUID] = mapped_column(primary_key=True)
    group_id: Mapped[UUID] = mapped_column(primary_key=True)
    question: Mapped[str] = mapped_column(primary_key=True)
    n: Mapped[int]
    not_applicable: Mapped[int]


class AnswerCount(Tenant, Base):
    """`value` is JSON. Of several choices each is counted, of a ranking the first."""

    __tablename__ = "answer_counts"

    wave_id: Mapped[UUID] = mapped_column(primary_key=True)
    service_id: Mapped[UUID] = mapped_column(primary_key=True)
    group_id: Mapped[UUID] = mapped_column(primary_key=True)
    question: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]


class Comment(Tenant, Base):
    __tablename__ = "comments"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    wave_id: Mapped[UUID]
    service_id: Mapped[UUID]
    group_id: Mapped[UUID]
    question: Mapped[str]
    language: Mapped[str]
    text: Mapped[str]


class Taking(Tenant, Base):
    """The end of a taking out, as the event said it: `pieces` counts the events before it, `services` are its
    `TakenService`s and `TakenAlone`s."""

    __tablename__ = "takings"

    wave_id: Mapped[UUID] = mapped_column(primary_key=True)
    pieces: Mapped[int | None]
    enough: Mapped[bool]
    participation: Mapped[dict[str, Any]]
    services: Mapped[list[dict[str, Any]]]
