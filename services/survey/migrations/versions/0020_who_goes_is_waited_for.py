"""Whom a push of uses finds stays until it is over: who is erased meanwhile would stay in what was pushed."""

from alembic import op

revision: str = "0020"
down_revision: str | None = "0019"

BEFORE = "    merged := EXISTS ("
LOCK = "    PERFORM pg_advisory_xact_lock_shared(6212001, hashtext(organisation::text));\n"


def upgrade() -> None:
    """Changes a line of the function that 0017 made."""
    made = op.get_bind().exec_driver_sql("SELECT pg_get_functiondef('take_uses'::regproc)").scalar_one()
    before, found, after = made.partition(BEFORE)
    assert found
    op.get_bind().exec_driver_sql(before + LOCK + found + after)
