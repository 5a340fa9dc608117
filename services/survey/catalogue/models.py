"""What providers deliver, and the product / target-group matrix."""

from decimal import Decimal
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.shared.database import Tenant, Timestamps
from services.shared.ids import new_id
from services.survey.base import Base


class Service(Tenant, Timestamps, Base):
    """`audience_version` is the ETag of its audience, which changes apart from the service."""

    __tablename__ = "services"
    __table_args__ = (
        UniqueConstraint("organisation_id", "external_id"),
        ForeignKeyConstraint(["organisation_id", "provider_id"], ["units.organisation_id", "units.id"]),
        Index(None, "organisation_id", "provider_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    external_id: Mapped[str | None]
    provider_id: Mapped[UUID]
    name: Mapped[dict[str, str]]
    category: Mapped[str | None]
    yearly_cost: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    yearly_cost_currency: Mapped[str | None]
    commercial_price_per_user: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    commercial_price_currency: Mapped[str | None]
    commercial_source: Mapped[str | None]
    audience_version: Mapped[int] = mapped_column(default=1, server_default="1")


class ServiceCost(Tenant, Timestamps, Base):
    """What a service cost in a year."""

    __tablename__ = "service_costs"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "service_id"], ["services.organisation_id", "services.id"], ondelete="CASCADE"
        ),
    )

    service_id: Mapped[UUID] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    amount: Mapped[Decimal] = mapped_column(Numeric(14, 2))
    currency: Mapped[str]


class AudienceUnit(Tenant, Base):
    """The unit and all below it use the service."""

    __tablename__ = "audience_units"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "service_id"], ["services.organisation_id", "services.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(["organisation_id", "unit_id"], ["units.organisation_id", "units.id"], ondelete="CASCADE"),
        Index(None, "organisation_id", "unit_id"),
    )

    service_id: Mapped[UUID] = mapped_column(primary_key=True)
    unit_id: Mapped[UUID] = mapped_column(primary_key=True)
