"""Uses of services, as outside systems report them."""

import sqlalchemy as sa
from alembic import op

from services.shared.migrations import execute, isolate

revision: str = "0014"
down_revision: str | None = "0005"


def upgrade() -> None:
    op.create_table(
        "interactions",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=True),
        sa.Column("employee_id", sa.Uuid(), nullable=True),
        sa.Column("service_external_id", sa.String(), nullable=True),
        sa.Column("employee_external_id", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("duration_minutes", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_interactions")),
        sa.UniqueConstraint("organisation_id", "external_id", name=op.f("uq_interactions_organisation_id_external_id")),
    )
    for columns in (["opened_at", "id"], ["employee_id", "opened_at"], ["service_id", "opened_at"]):
        name = op.f("_".join(["ix_interactions_organisation_id", *columns]))
        op.create_index(name, "interactions", ["organisation_id", *columns])
    for kind in ("employee", "service"):
        op.create_index(
            f"ix_interactions_parked_{kind}s", "interactions", ["organisation_id", f"{kind}_external_id"],
            postgresql_where=sa.text(f"{kind}_external_id IS NOT NULL"),
        )  # fmt: skip
    execute(isolate("interactions", across=("SELECT",)))
