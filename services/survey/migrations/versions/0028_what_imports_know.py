"""An import knows how much would go along with what somebody agreed to remove, and which units SCIM alone knows. Which these
are among the units that are there nobody can tell: they count as known to files, as they did."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0028"
down_revision: str | None = "0027"


def upgrade() -> None:
    op.add_column("imports", sa.Column("approved_taken", postgresql.JSONB(), nullable=True))
    op.add_column("units", sa.Column("scim_only", sa.Boolean(), nullable=False, server_default=sa.text("false")))
