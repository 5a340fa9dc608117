"""Programmes and their runs, the contact policy and its ledger; waves that are added to day by day."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from services.shared.migrations import execute, isolate

revision: str = "0015"
down_revision: str | None = "0013"

ISOLATED: dict[str, tuple[str, ...]] = {
    "contact_policies": (),
    "contacts": (),
    "programmes": ("SELECT",),
    "programme_runs": (),
}


def upgrade() -> None:
    op.add_column("employees", sa.Column("leave_start_date", sa.Date(), nullable=True))
    op.add_column("employees", sa.Column("leave_end_date", sa.Date(), nullable=True))
    op.add_column("employees", sa.Column("opted_out", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.create_table(
        "contact_policies",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("maximum_invitations", sa.Integer(), nullable=True),
        sa.Column("within_days", sa.Integer(), nullable=True),
        sa.Column("minimum_days_between", sa.Integer(), nullable=True),
        sa.Column("quiet_periods", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_contact_policies")),
    )
    op.create_table(
        "contacts",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("employee_id", sa.Uuid(), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("invited_date", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "employee_id", "wave_id", name=op.f("pk_contacts")),
    )
    op.create_index("ix_contacts_date", "contacts", ["organisation_id", "invited_date", "employee_id"])
    _programmes()
    _waves()
    for table, across in ISOLATED.items():
        execute(isolate(table, across=across))


def _programmes() -> None:
    op.create_table(
        "programmes",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("title", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("service_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("audience", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("schedule", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sample", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("service_choice", sa.String(), nullable=False),
        sa.Column("closes_after_days", sa.Integer(), nullable=False),
        sa.Column("reminders", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("minimum_group", sa.Integer(), nullable=True),
        sa.Column("comment_minimum_group", sa.Integer(), nullable=True),
        sa.Column("minimum_days_between", sa.Integer(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cycle_date", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "survey_id"],
            ["surveys.organisation_id", "surveys.id"],
            name=op.f("fk_programmes_organisation_id_survey_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_programmes")),
    )
    op.create_index("ix_programmes_due", "programmes", ["due_at"], postgresql_where=sa.text("due_at IS NOT NULL"))
    op.create_table(
        "programme_runs",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ran_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=True),
        sa.Column("invited", sa.Integer(), nullable=False),
        sa.Column("skipped", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("code", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id", "programme_id"],
            ["programmes.organisation_id", "programmes.id"],
            name=op.f("fk_programme_runs_organisation_id_programme_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_programme_runs")),
        sa.UniqueConstraint(
            "organisation_id",
            "programme_id",
            "planned_at",
            name=op.f("uq_programme_runs_organisation_id_programme_id_planned_at"),
        ),
    )


def _waves() -> None:
    op.add_column("waves", sa.Column("programme_id", sa.Uuid(), nullable=True))
    op.add_column("waves", sa.Column("audience", postgresql.ARRAY(sa.Uuid()), server_default="{}", nullable=False))
    op.add_column("waves", sa.Column("minimum_days_between", sa.Integer(), nullable=True))
    op.add_column(
        "waves", sa.Column("skipped", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False)
    )
    op.add_column("waves", sa.Column("last_day", sa.Date(), nullable=True))
    op.add_column("waves", sa.Column("reminded_date", sa.Date(), nullable=True))
    op.add_column("invitations", sa.Column("portion", sa.Integer(), nullable=True))
    op.create_index(
        "ix_waves_programme",
        "waves",
        ["organisation_id", "programme_id"],
        postgresql_where=sa.text("programme_id IS NOT NULL"),
    )
