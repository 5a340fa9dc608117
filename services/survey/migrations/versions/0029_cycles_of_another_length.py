"""A programme knows how long its cycle is and when it ends, so that another length leaves nobody out. Cycles that go on
are as long as their schedules say, and never shorter than the longest month or quarter."""

import sqlalchemy as sa
from alembic import op

revision: str = "0029"
down_revision: str | None = "0028"


def upgrade() -> None:
    op.add_column("programmes", sa.Column("cycle_end_date", sa.Date(), nullable=True))
    op.add_column("programmes", sa.Column("cycle_days", sa.Integer(), nullable=True))
    op.add_column("programmes", sa.Column("former_cycle_days", sa.Integer(), nullable=True))
    op.execute("ALTER TABLE programmes NO FORCE ROW LEVEL SECURITY")  # of all organisations at once, as the owner
    op.execute(
        """
        UPDATE programmes SET cycle_days = greatest(
            (schedule->>'cycleDays')::integer, CASE schedule->>'period' WHEN 'month' THEN 31 ELSE 92 END
        ) WHERE cycle_date IS NOT NULL
        """
    )
    op.execute("ALTER TABLE programmes FORCE ROW LEVEL SECURITY")
