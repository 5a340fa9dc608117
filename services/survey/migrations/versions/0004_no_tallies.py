"""Tallies leave the feed, and the takings out that they were part of count them no more: a consumer that starts again
from the beginning waits for none."""

from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"


def upgrade() -> None:
    op.execute("ALTER TABLE outbox NO FORCE ROW LEVEL SECURITY")  # of all organisations at once, as the owner
    op.execute(
        """
        WITH gone AS (
            DELETE FROM outbox WHERE type = 'tallies.taken' RETURNING organisation_id, data ->> 'waveId' AS wave
        ), counted AS (
            SELECT organisation_id, wave, count(*) AS pieces FROM gone GROUP BY organisation_id, wave
        )
        UPDATE outbox AS o SET data = jsonb_set(o.data, '{pieces}', to_jsonb((o.data ->> 'pieces')::int - c.pieces))
        FROM counted AS c
        WHERE o.organisation_id = c.organisation_id AND o.type = 'wave.taken' AND o.data ->> 'waveId' = c.wave
          AND o.data ->> 'pieces' IS NOT NULL
        """
    )
    op.execute("ALTER TABLE outbox FORCE ROW LEVEL SECURITY")
