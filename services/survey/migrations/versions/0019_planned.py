"""What was planned is kept apart from what is due, so that a quiet period that is taken back holds nothing up. Of earlier
draws it is no longer told how many were left out for which reason."""

import sqlalchemy as sa
from alembic import op

revision: str = "0019"
down_revision: str | None = "0018"

PLANNED = {"programmes": ("due_at", "true"), "waves": ("opens_at", "status = 'draft' AND scheduled")}
COUNTED = ("programme_runs", "waves")


def upgrade() -> None:
    for table in PLANNED:
        op.add_column(table, sa.Column("planned_at", sa.DateTime(timezone=True), nullable=True))
    for table in sorted({*PLANNED, *COUNTED}):
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")  # of all organisations at once, as the owner
    for table, (column, condition) in PLANNED.items():
        op.execute(f"UPDATE {table} SET planned_at = {column} WHERE {condition}")
    for table in COUNTED:
        op.execute(f"UPDATE {table} SET skipped = '{{}}' WHERE skipped <> '{{}}'")
    for table in sorted({*PLANNED, *COUNTED}):
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
