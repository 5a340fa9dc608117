"""Design effects leave the feed, and so does how many answered where that may not be told: they said who did, and gave
away whose answers are whose. Takings out no longer count the events that go."""

from alembic import op

revision: str = "0023"
down_revision: str | None = "0022"

TAKEN = """
UPDATE outbox t SET data = (t.data - 'answered' - 'destroyed') || jsonb_build_object(
    'enough', t.data -> 'services' <> '[]',
    'pieces', (t.data ->> 'pieces')::integer - (
        SELECT count(*) FROM outbox p
        WHERE p.organisation_id = t.organisation_id AND p.type = 'pooled.taken' AND p.data -> 'waveId' = t.data -> 'waveId'
    ),
    'participation', jsonb_build_object(
        'answered', CASE WHEN t.data -> 'services' <> '[]' AND coalesce((t.data #>> '{participation,whole}')::boolean, true)
                    THEN t.data -> 'answered' END,
        'units', coalesce(t.data #> '{participation,units}', '[]')
    ),
    'services', coalesce(
        (SELECT jsonb_agg(s - 'raters' - 'destroyed') FROM jsonb_array_elements(t.data -> 'services') s), '[]'
    ),
    'alone', coalesce((
        SELECT jsonb_agg(s - 'raters' - 'destroyed') FROM jsonb_array_elements(t.data -> 'alone') s
        WHERE s -> 'groups' <> '[]'
    ), '[]')
)
WHERE t.type = 'wave.taken'
"""


def upgrade() -> None:
    op.execute("ALTER TABLE outbox NO FORCE ROW LEVEL SECURITY")  # of all organisations at once, as the owner
    op.execute(TAKEN)
    op.execute("DELETE FROM outbox WHERE type = 'pooled.taken'")
    op.execute("ALTER TABLE outbox FORCE ROW LEVEL SECURITY")
