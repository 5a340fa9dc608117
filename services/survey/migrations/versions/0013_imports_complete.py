"""Imports of any size, saved mappings, diffs, costs of services, and who was where when."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from services.shared.migrations import execute, isolate

revision: str = "0013"
down_revision: str | None = "0010"


def upgrade() -> None:
    _change_imports()
    _make_diffs_and_mappings()
    _make_costs()
    _make_employments()
    for table in ("import_changes", "import_mappings", "service_costs", "employments"):
        execute(isolate(table))
    # What uploads that broke off left behind is looked for over all organisations.
    op.execute(
        "CREATE POLICY everyone_select ON import_parts FOR SELECT "
        "USING (current_setting('klankbord.organisation', true) = 'everyone')"
    )


def _change_imports() -> None:
    op.add_column("organisations", sa.Column("import_removal_share", sa.Float(), nullable=True))
    op.add_column("imports", sa.Column("told", postgresql.JSONB(), nullable=False, server_default="{}"))
    execute([
        "ALTER TABLE imports NO FORCE ROW LEVEL SECURITY",
        "UPDATE imports SET told = jsonb_build_object('charset', charset) WHERE charset IS NOT NULL",
        "ALTER TABLE imports FORCE ROW LEVEL SECURITY",
    ])  # fmt: skip
    op.drop_column("imports", "charset")
    op.alter_column("imports", "told", server_default=None)
    op.add_column("imports", sa.Column("removal_share", sa.Float(), nullable=True))
    op.add_column("imports", sa.Column("valid_from", sa.Date(), nullable=True))
    op.add_column("imports", sa.Column("approval_code", sa.String(), nullable=True))
    op.add_column("imports", sa.Column("approval_detail", sa.String(), nullable=True))
    op.add_column("imports", sa.Column("approved_swaps", sa.Integer(), nullable=True))
    op.drop_constraint(op.f("fk_import_parts_organisation_id_import_id"), "import_parts", type_="foreignkey")
    op.execute("ALTER TABLE import_parts ALTER COLUMN content SET STORAGE EXTERNAL")  # it is there for minutes
    now = sa.text("now()")
    op.add_column(
        "import_parts", sa.Column("created_at", sa.DateTime(timezone=True), server_default=now, nullable=False)
    )


def _make_diffs_and_mappings() -> None:
    op.create_table(
        "import_changes",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.Column("before", postgresql.JSONB(), nullable=True),
        sa.Column("after", postgresql.JSONB(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id", "import_id"],
            ["imports.organisation_id", "imports.id"],
            name=op.f("fk_import_changes_organisation_id_import_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "import_id", "number", name=op.f("pk_import_changes")),
    )
    op.create_index(
        op.f("ix_import_changes_organisation_id_external_id"), "import_changes", ["organisation_id", "external_id"]
    )
    op.create_table(
        "import_mappings",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("told", postgresql.JSONB(), nullable=False),
        *_timestamps(),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_import_mappings")),
        sa.UniqueConstraint("organisation_id", "name", name=op.f("uq_import_mappings_organisation_id_name")),
    )


def _make_costs() -> None:
    op.create_table(
        "service_costs",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("amount", sa.Numeric(14, 2), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        *_timestamps(),
        sa.ForeignKeyConstraint(
            ["organisation_id", "service_id"],
            ["services.organisation_id", "services.id"],
            name=op.f("fk_service_costs_organisation_id_service_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "service_id", "year", name=op.f("pk_service_costs")),
    )


def _make_employments() -> None:
    """Of those who are there nothing is known but since when we know them."""
    op.create_table(
        "employments",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("employee_id", sa.Uuid(), nullable=False),
        sa.Column("from_date", sa.Date(), nullable=False),
        sa.Column("to_date", sa.Date(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "employee_id", "from_date", name=op.f("pk_employments")),
    )
    execute([
        "ALTER TABLE employees NO FORCE ROW LEVEL SECURITY",
        "INSERT INTO employments (organisation_id, employee_id, from_date, unit_id) "
        "SELECT organisation_id, id, created_at::date, unit_id FROM employees WHERE active",
        "ALTER TABLE employees FORCE ROW LEVEL SECURITY",
    ])  # fmt: skip


def _timestamps() -> list[sa.Column[object]]:
    instant, now = sa.DateTime(timezone=True), sa.text("now()")
    return [
        sa.Column("created_at", instant, server_default=now, nullable=False),
        sa.Column("updated_at", instant, server_default=now, nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
    ]
