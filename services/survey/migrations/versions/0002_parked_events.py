"""Parked events are counted over all organisations."""

from alembic import op

from services.shared.migrations import EVERYONE

revision: str = "0002"
down_revision: str | None = "0001"


def upgrade() -> None:
    op.execute(f"CREATE POLICY everyone_select ON parked_events FOR SELECT USING ({EVERYONE})")
