"""One use of a service, as an outside system reports it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.shared.database import Tenant, Timestamps
from services.shared.ids import new_id
from services.survey.base import Base


class Interaction(Tenant, Timestamps, Base):
    """Parked while its service or its employee is not known yet: then the id is null, and the externalId that was sent
    is kept until one of that name arrives. No foreign keys: a check a row would cost more than the row, and whoever
    removes a service or an employee removes their interactions."""

    __tablename__ = "interactions"
    __table_args__ = (
        UniqueConstraint("organisation_id", "external_id"),
        Index(None, "organisation_id", "opened_at", "id"),
        Index(None, "organisation_id", "employee_id", "opened_at"),
        Index(None, "organisation_id", "service_id", "opened_at"),
        Index(
            "ix_interactions_parked_employees", "organisation_id", "employee_external_id",
            postgresql_where=text("employee_external_id IS NOT NULL"),
        ),
        Index(
            "ix_interactions_parked_services", "organisation_id", "service_external_id",
            postgresql_where=text("service_external_id IS NOT NULL"),
        ),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    external_id: Mapped[str]
    service_id: Mapped[UUID | None]
    employee_id: Mapped[UUID | None]
    service_external_id: Mapped[str | None]
    employee_external_id: Mapped[str | None]
    kind: Mapped[str]
    channel: Mapped[str]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    duration_minutes: Mapped[int | None]
