"""Looking employees up by their externalIds needs the index alone: it has their ids."""

from alembic import op

revision: str = "0022"
down_revision: str | None = "0021"


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE employees DROP CONSTRAINT uq_employees_organisation_id_external_id,
            ADD CONSTRAINT uq_employees_organisation_id_external_id
            UNIQUE (organisation_id, external_id) INCLUDE (id)
        """
    )
