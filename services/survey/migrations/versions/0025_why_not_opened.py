"""A draft that was to open by itself and could not says why."""

import sqlalchemy as sa
from alembic import op

revision: str = "0025"
down_revision: str | None = "0024"


def upgrade() -> None:
    code: sa.Column[str] = sa.Column("code", sa.String(), nullable=True)
    op.add_column("waves", code)
