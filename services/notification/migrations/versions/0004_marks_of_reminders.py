"""Every reminder's row goes through the same tries; whether its mail is over is remembered in a mark.
Of an invitation it says where that went."""

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"


def upgrade() -> None:
    op.add_column("deliveries", sa.Column("mark", sa.LargeBinary()))
