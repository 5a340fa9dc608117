"""How those who share a value of an attribute answered is told no more."""

from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"


def upgrade() -> None:
    op.drop_table("tallies")
