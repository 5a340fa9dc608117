"""The number of those who answered may be untold, of the whole wave too."""

from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"


def upgrade() -> None:
    op.alter_column("wave_progress", "answered", nullable=True)
