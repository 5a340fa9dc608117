"""An import knows how much would go along with what somebody agreed to remove."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0027"
down_revision: str | None = "0026"


def upgrade() -> None:
    op.add_column("imports", sa.Column("approved_taken", postgresql.JSONB(), nullable=True))
