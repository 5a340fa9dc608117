"""Design effects are known no more, nor how many answered where that may not be told. All waves are released anew, by what
was decided: their intervals told the effects. Pieces that were parked, and now are none, are waited for no more."""

from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"

SERVICES = """
coalesce((
    SELECT jsonb_agg(s - 'raters' - 'destroyed') FROM jsonb_array_elements({services}) s
    WHERE coalesce(s ->> 'question', '') = '' OR s -> 'groups' <> '[]'
), '[]')
"""
PARTICIPATION = """
jsonb_build_object(
    'answered', CASE WHEN {services} <> '[]' AND coalesce(({participation} ->> 'whole')::boolean, true)
                THEN to_jsonb({answered}) END,
    'units', coalesce({participation} -> 'units', '[]')
)
"""
PARKED_PIECES = """
(SELECT count(*) FROM parked_events p WHERE p.organisation_id = t.organisation_id AND p.type = 'pooled.taken'
 AND p.event #>> '{{data,waveId}}' = {wave})
"""
TAKEN = f"""
UPDATE takings t SET
    enough = services <> '[]',
    pieces = pieces - {PARKED_PIECES.format(wave="t.wave_id::text")},
    participation = {PARTICIPATION.format(services="services", participation="participation", answered="answered")},
    services = {SERVICES.format(services="t.services")}
"""  # noqa: S608  # parts of ours
SAID = {"services": "t.data -> 'services'", "participation": "(t.data -> 'participation')", "answered": "(t.data -> 'answered')"}
PARKED = f"""
UPDATE parked_events e SET event = jsonb_set(e.event, '{{data}}', (t.data - 'answered' - 'destroyed') || jsonb_build_object(
    'enough', t.data -> 'services' <> '[]',
    'pieces', (t.data ->> 'pieces')::integer - {PARKED_PIECES.format(wave="t.data ->> 'waveId'")},
    'participation', {PARTICIPATION.format(**SAID)},
    'services', {SERVICES.format(services="t.data -> 'services'")},
    'alone', {SERVICES.format(services="coalesce(t.data -> 'alone', '[]')")}
))
FROM (SELECT organisation_id, source, id, event -> 'data' AS data FROM parked_events) t
WHERE e.type = 'wave.taken' AND (e.organisation_id, e.source, e.id) = (t.organisation_id, t.source, t.id)
"""  # noqa: S608  # parts of ours
AGAIN = """
INSERT INTO release_requests (organisation_id, wave_id) SELECT organisation_id, wave_id FROM takings ON CONFLICT DO NOTHING
"""
ALL = ("takings", "parked_events", "release_requests")  # of all organisations at once, as the owner


def upgrade() -> None:
    op.drop_table("design_effects")
    op.execute("ALTER TABLE takings ADD COLUMN enough boolean NOT NULL DEFAULT true")
    for table in ALL:
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    for statement in (TAKEN, PARKED, "DELETE FROM parked_events WHERE type = 'pooled.taken'", AGAIN):
        op.execute(statement)
    for table in ALL:
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE takings ALTER enough DROP DEFAULT, DROP COLUMN answered, DROP COLUMN destroyed")
