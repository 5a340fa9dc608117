"""What a draw writes is not checked row by row, and lies together by wave."""

from alembic import op

revision: str = "0016"
down_revision: str | None = "0015"

DRAWN = ("invitations", "wave_units", "wave_populations", "wave_users")


def upgrade() -> None:
    for table in DRAWN:
        op.drop_constraint(f"fk_{table}_organisation_id_wave_id", table, type_="foreignkey")
    op.drop_index("ix_wave_users_wave", "wave_users")
    op.drop_constraint("pk_wave_users", "wave_users", type_="primary")
    op.create_primary_key("pk_wave_users", "wave_users", ["organisation_id", "wave_id", "id"])
    op.drop_constraint("pk_contacts", "contacts", type_="primary")
    op.create_primary_key("pk_contacts", "contacts", ["organisation_id", "wave_id", "employee_id"])
