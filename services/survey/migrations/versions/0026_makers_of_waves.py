"""A wave knows the units of whoever named its services, as a programme does, and no longer who provided these. Of earlier
waves it takes their programme's makers, or without one the providers of when they were drawn or scheduled, or of now."""

from uuid import UUID

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0026"
down_revision: str | None = "0025"

TABLES = ("waves", "services", "programmes")


def upgrade() -> None:
    made: sa.Column[list[UUID]] = sa.Column("maker_unit_ids", postgresql.ARRAY(sa.Uuid()), nullable=False, server_default="{}")
    op.add_column("waves", made)
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")  # of all organisations at once, as the owner
    op.execute(
        """
        UPDATE waves AS w SET maker_unit_ids = coalesce(
            (SELECT p.maker_unit_ids FROM programmes AS p
             WHERE p.organisation_id = w.organisation_id AND p.id = w.programme_id),
            (SELECT array_agg(DISTINCT value::uuid) FROM jsonb_each_text(w.providers)),
            (SELECT array_agg(DISTINCT s.provider_id) FROM services AS s
             WHERE s.organisation_id = w.organisation_id AND s.id = ANY(w.service_ids)),
            '{}'
        )
        """
    )
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.drop_column("waves", "providers")
