"""The tables as they are at first."""

from alembic import op

from services.analytics import tables
from services.analytics.base import Base
from services.analytics.releases.models import APPEND_ONLY
from services.shared.database import SharedBase
from services.shared.migrations import execute, isolate

revision: str = "0001"
down_revision: str | None = None

assert tables
ACROSS: dict[str, tuple[str, ...]] = {
    "outbox": ("SELECT",),
    "idempotency_keys": ("ALL",),
    "release_requests": ("SELECT",),
}


def upgrade() -> None:
    SharedBase.metadata.create_all(op.get_bind())
    Base.metadata.create_all(op.get_bind())
    for table in (*SharedBase.metadata.sorted_tables, *Base.metadata.sorted_tables):
        if "organisation_id" in table.columns:
            execute(isolate(table.name, across=ACROSS.get(table.name, ())))
    execute(
        [
            "GRANT USAGE ON SCHEMA public TO klankbord_analytics",
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO klankbord_analytics",
            "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO klankbord_analytics",
            "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO klankbord_analytics",
            "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES TO klankbord_analytics",
            *(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM klankbord_analytics" for table in APPEND_ONLY),
        ]
    )
