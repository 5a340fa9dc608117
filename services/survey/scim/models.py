"""Groups that are not units: kept with their members, for an organisation whose groups are roles."""

from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.shared.database import Tenant, Timestamps
from services.shared.ids import new_id
from services.survey.base import Base


class ScimGroup(Tenant, Timestamps, Base):
    __tablename__ = "scim_groups"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    external_id: Mapped[str | None]
    name: Mapped[str]


class ScimGroupMember(Tenant, Base):
    """Goes with its employee, whoever erases that."""

    __tablename__ = "scim_group_members"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "group_id"], ["scim_groups.organisation_id", "scim_groups.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["organisation_id", "employee_id"], ["employees.organisation_id", "employees.id"], ondelete="CASCADE"
        ),
        Index(None, "organisation_id", "employee_id"),
    )

    group_id: Mapped[UUID] = mapped_column(primary_key=True)
    employee_id: Mapped[UUID] = mapped_column(primary_key=True)
