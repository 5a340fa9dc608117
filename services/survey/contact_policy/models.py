"""How often people may be asked, and the ledger of how often they were. Neither is ever joined to answers."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from services.shared.database import Tenant, Timestamps
from services.survey.base import Base


class ContactPolicy(Tenant, Timestamps, Base):
    """One an organisation, made when it is first needed. Every draw holds its row, so that two at once cannot both find
    that somebody may still be asked."""

    __tablename__ = "contact_policies"

    maximum_invitations: Mapped[int | None]
    within_days: Mapped[int | None]
    minimum_days_between: Mapped[int | None]
    quiet_periods: Mapped[list[dict[str, Any]]]


class Contact(Tenant, Base):
    """That somebody was invited to a wave, and on which day; written by the statement that draws. Nothing here refers to
    the invitation, which is what answering burns. No foreign keys: the draw would look each of them up for each person;
    and the wave first in the key, so that what a draw writes is together."""

    __tablename__ = "contacts"
    __table_args__ = (Index("ix_contacts_date", "organisation_id", "invited_date", "employee_id"),)

    wave_id: Mapped[UUID] = mapped_column(primary_key=True)
    employee_id: Mapped[UUID] = mapped_column(primary_key=True)
    invited_date: Mapped[date]
