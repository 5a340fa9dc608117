"""The tables as they are at first."""

from alembic import op

from services.shared.database import SharedBase
from services.shared.migrations import execute, isolate
from services.survey import tables
from services.survey.base import Base
from services.survey.responses import ddl

revision: str = "0001"
down_revision: str | None = None

assert tables
ACROSS: dict[str, tuple[str, ...]] = {
    "outbox": ("SELECT",),
    "idempotency_keys": ("ALL",),
    "organisations": ("SELECT",),
    "waves": ("SELECT",),
    "boxes": ("SELECT",),
    "import_jobs": ("SELECT",),
}


def upgrade() -> None:
    SharedBase.metadata.create_all(op.get_bind())
    Base.metadata.create_all(op.get_bind())
    for table in (*SharedBase.metadata.sorted_tables, *Base.metadata.sorted_tables):
        if "organisation_id" in table.columns:
            execute(isolate(table.name, across=ACROSS.get(table.name, ())))
    execute(ddl.STATEMENTS)
    execute(
        [
            "GRANT USAGE ON SCHEMA public TO klankbord_survey",
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO klankbord_survey",
            "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO klankbord_survey",
            "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO klankbord_survey",
            "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES TO klankbord_survey",
        ]
    )
