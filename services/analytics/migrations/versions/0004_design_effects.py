"""Of pooled figures the design effect is known, and sums over persons are not. Survey has emptied the events of those that
were told: figures that were released stay, and those that are worked out anew have the widest interval."""

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"


def upgrade() -> None:
    op.execute("TRUNCATE pooled_sums")
    for column in ("persons", "squares", "cross", "total_squares"):
        op.drop_column("pooled_sums", column)
    op.add_column("pooled_sums", sa.Column("design_effect", sa.Double(), nullable=False))
    op.rename_table("pooled_sums", "design_effects")
    op.execute("ALTER INDEX pk_pooled_sums RENAME TO pk_design_effects")
