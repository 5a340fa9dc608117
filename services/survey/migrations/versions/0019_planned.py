"""What was planned is kept apart from what is due, so that a quiet period that is taken back holds nothing up. Of earlier
draws it is no longer told how many were left out for which reason."""

import sqlalchemy as sa
from alembic import op

revision: str = "0019"
down_revision: str | None = "0018"

UPDATES = {
    "programmes": "planned_at = due_at",
    "waves": "planned_at = CASE WHEN status = 'draft' AND scheduled THEN opens_at END, skipped = '{}'",
    "programme_runs": "skipped = '{}'",
}


def upgrade() -> None:
    for table in ("programmes", "waves"):
        op.add_column(table, sa.Column("planned_at", sa.DateTime(timezone=True), nullable=True))
    for table, values in UPDATES.items():
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")  # of all organisations at once, as the owner
        op.execute(f"UPDATE {table} SET {values}")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
