"""A wave keeps who provided its services when it was drawn. Of those that are open it is who does now."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0018"
down_revision: str | None = "0017"

TABLES = ("waves", "services")


def upgrade() -> None:
    op.add_column("waves", sa.Column("providers", postgresql.JSONB(), server_default="{}", nullable=False))
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")  # of all organisations at once, as the owner
    op.execute(
        """
        UPDATE waves AS w SET providers = found.providers
        FROM (
            SELECT w.organisation_id, w.id, jsonb_object_agg(s.id, s.provider_id) AS providers
            FROM waves AS w JOIN services AS s ON s.organisation_id = w.organisation_id AND s.id = ANY(w.service_ids)
            WHERE w.status <> 'draft' GROUP BY w.organisation_id, w.id
        ) AS found
        WHERE w.organisation_id = found.organisation_id AND w.id = found.id
        """
    )
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
