"""Lists of employees are sorted by when these were made, unless told otherwise."""

from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"


def upgrade() -> None:
    columns = ["organisation_id", "created_at", "id"]
    op.create_index(op.f("ix_employees_organisation_id_created_at_id"), "employees", columns)
