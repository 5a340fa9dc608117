"""A programme knows the units of whoever named its services. Of earlier ones nobody does: none, as an admin has."""

from uuid import UUID

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0024"
down_revision: str | None = "0023"


def upgrade() -> None:
    made: sa.Column[list[UUID]] = sa.Column("maker_unit_ids", postgresql.ARRAY(sa.Uuid()), nullable=False, server_default="{}")
    op.add_column("programmes", made)
