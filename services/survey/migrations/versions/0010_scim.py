"""What SCIM keeps: names to log in with (and addresses, both in lower case, as they are looked up), groups that are not units, and which of the two groups are."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from services.shared.migrations import execute, isolate

revision: str = "0010"
down_revision: str | None = "0012"


def upgrade() -> None:
    op.add_column("organisations", sa.Column("scim_groups", sa.String(), server_default="units", nullable=False))
    op.add_column("employees", sa.Column("user_name", sa.String(), nullable=True))
    op.add_column("employees", sa.Column("deprovisioned", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column(
        "employees",
        sa.Column(
            "scim", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
    )
    op.add_column(
        "employees",
        sa.Column(
            "login",
            sa.String(),
            sa.Computed("lower(coalesce(user_name, email, external_id, id::text))", persisted=True),
            nullable=False,
        ),
    )
    op.add_column("employees", sa.Column("mail", sa.String(), sa.Computed("lower(email)", persisted=True), nullable=True))
    op.drop_index("uq_employees_email", "employees")
    op.create_index(
        "uq_employees_email",
        "employees",
        ["organisation_id", "mail"],
        unique=True,
        postgresql_where=sa.text("active"),
    )
    op.create_index("ix_employees_organisation_id_login", "employees", ["organisation_id", "login"])
    op.create_index(
        "uq_employees_user_name",
        "employees",
        ["organisation_id", sa.text("lower(user_name)")],
        unique=True,
        postgresql_where=sa.text("user_name IS NOT NULL"),
    )
    op.create_table(
        "scim_groups",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_scim_groups")),
    )
    op.create_table(
        "scim_group_members",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("employee_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "group_id"],
            ["scim_groups.organisation_id", "scim_groups.id"],
            name=op.f("fk_scim_group_members_organisation_id_group_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "employee_id"],
            ["employees.organisation_id", "employees.id"],
            name=op.f("fk_scim_group_members_organisation_id_employee_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "group_id", "employee_id", name=op.f("pk_scim_group_members")),
    )
    op.create_index(
        "ix_scim_group_members_organisation_id_employee_id", "scim_group_members", ["organisation_id", "employee_id"]
    )
    for table in ("scim_groups", "scim_group_members"):
        execute(isolate(table))
