"""How many reminders of a round went, or failed, is counted no more."""

from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"


def upgrade() -> None:
    op.drop_column("reminder_rounds", "mailed")
    op.drop_column("reminder_rounds", "failed")
    op.drop_column("waves", "minimum_group")
