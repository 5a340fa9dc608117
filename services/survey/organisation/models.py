"""The organisation, its tree of units and its people."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Computed,
    ForeignKeyConstraint,
    Index,
    Numeric,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from services.shared.database import Tenant, Timestamps
from services.shared.ids import new_id
from services.survey.base import Base


class Organisation(Tenant, Timestamps, Base):
    """`token_number` stands in invitation links instead of the id, being shorter. Its index is not unique, since a
    spread database cannot keep that across organisations: whoever makes an organisation draws until it is free."""

    __tablename__ = "organisations"

    token_number: Mapped[int] = mapped_column(BigInteger, index=True)
    external_id: Mapped[str | None]
    name: Mapped[str]
    time_zone: Mapped[str]
    languages: Mapped[list[str]] = mapped_column(ARRAY(Text))
    minimum_group: Mapped[int]
    comment_minimum_group: Mapped[int]
    attributes: Mapped[list[dict[str, Any]]]
    hourly_cost: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    hourly_cost_currency: Mapped[str | None]
    scim_groups: Mapped[str] = mapped_column(default="units", server_default="units")
    import_removal_share: Mapped[float | None]


class Unit(Tenant, Timestamps, Base):
    """`scim_only`: SCIM made it as a group, and no file named it since: a snapshot of a file does not speak of it."""

    __tablename__ = "units"
    __table_args__ = (
        UniqueConstraint("organisation_id", "external_id"),
        ForeignKeyConstraint(["organisation_id", "parent_id"], ["units.organisation_id", "units.id"]),
        Index(None, "organisation_id", "parent_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    external_id: Mapped[str | None]
    name: Mapped[str]
    parent_id: Mapped[UUID | None]
    is_provider: Mapped[bool]
    is_consumer: Mapped[bool]
    scim_only: Mapped[bool] = mapped_column(default=False, server_default=text("false"))


class Employment(Tenant, Base):
    """That somebody worked in a unit from `from_date` on, and from `to_date` on no more (null: still). No foreign keys:
    the unit may be gone by now, and to check the employee would cost an import more than the row itself. Who erases an
    employee erases these."""

    __tablename__ = "employments"

    employee_id: Mapped[UUID] = mapped_column(primary_key=True)
    from_date: Mapped[date] = mapped_column(primary_key=True)
    to_date: Mapped[date | None]
    unit_id: Mapped[UUID]


SCIM_ONLY = "only"  # a key of `scim`


class Employee(Tenant, Timestamps, Base):
    """`active` is false for those who have left; who is on leave or opted out is active, but not invited. Two who are
    active never share an address: both would get the other's invitation.

    The last are of SCIM: `scim` keeps what identity systems send and nothing else of ours needs, and of whom they made
    and no file named since also `SCIM_ONLY`: a snapshot of a file does not speak of these; who is
    `deprovisioned` was deleted there, and is not shown there unless active again; `login` is the userName as it is
    looked up, and `mail` the address. They are stored, since row-level security lets no index on `lower(…)` be used."""

    __tablename__ = "employees"
    __table_args__ = (
        # With the id: pushes and imports look up by this name alone, hundreds and thousands at a time.
        UniqueConstraint("organisation_id", "external_id", postgresql_include=["id"]),
        ForeignKeyConstraint(["organisation_id", "unit_id"], ["units.organisation_id", "units.id"]),
        ForeignKeyConstraint(["organisation_id", "manager_id"], ["employees.organisation_id", "employees.id"]),
        Index(None, "organisation_id", "unit_id"),
        Index(None, "organisation_id", "manager_id"),
        Index(None, "organisation_id", "created_at", "id"),
        Index(None, "organisation_id", "login"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    external_id: Mapped[str | None]
    given_name: Mapped[str]
    family_name: Mapped[str]
    email: Mapped[str | None]
    unit_id: Mapped[UUID]
    manager_id: Mapped[UUID | None]
    language: Mapped[str | None]
    hired_on: Mapped[date | None]
    attributes: Mapped[dict[str, str]]
    active: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    leave_start_date: Mapped[date | None]
    leave_end_date: Mapped[date | None]
    opted_out: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    user_name: Mapped[str | None]
    deprovisioned: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    scim: Mapped[dict[str, str]] = mapped_column(default=dict, server_default=text("'{}'"))
    mail: Mapped[str | None] = mapped_column(Computed("lower(email)", persisted=True))
    login: Mapped[str] = mapped_column(
        Computed("lower(coalesce(user_name, email, external_id, id::text))", persisted=True)
    )


Index("uq_employees_email", Employee.organisation_id, Employee.mail, unique=True, postgresql_where=text("active"))
Index(
    "uq_employees_user_name", Employee.organisation_id, func.lower(Employee.user_name), unique=True,
    postgresql_where=text("user_name IS NOT NULL"),
)  # fmt: skip
