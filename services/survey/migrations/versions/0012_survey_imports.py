"""Reports of questionnaires that came from other tools."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from services.shared.migrations import execute, isolate

revision: str = "0012"
down_revision: str | None = "0014"


def upgrade() -> None:
    op.create_table(
        "survey_imports",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("sections", sa.Integer(), nullable=False),
        sa.Column("questions", sa.Integer(), nullable=False),
        sa.Column("findings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("more_findings", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "survey_id"],
            ["surveys.organisation_id", "surveys.id"],
            name=op.f("fk_survey_imports_organisation_id_survey_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_survey_imports")),
    )
    for column in ("created_at", "survey_id"):
        op.create_index(
            op.f(f"ix_survey_imports_organisation_id_{column}"), "survey_imports", ["organisation_id", column]
        )
    execute(isolate("survey_imports"))
