"""Parked events are counted over all organisations; a taking out says of how many pieces it consists."""

import sqlalchemy as sa
from alembic import op

from services.shared.migrations import EVERYONE

revision: str = "0002"
down_revision: str | None = "0001"


def upgrade() -> None:
    op.execute(f"CREATE POLICY everyone_select ON parked_events FOR SELECT USING ({EVERYONE})")
    op.add_column("takings", sa.Column("pieces", sa.Integer(), nullable=True))
