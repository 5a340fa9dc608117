"""What the intake keeps in the database: the two functions a response costs, one round trip each.

Migrations hold a copy of their own, which never changes; a test compares what they left in the database with this.
"""

INLINE = "ALTER TABLE ballots ALTER COLUMN sealed SET STORAGE EXTERNAL"

READ = """
CREATE FUNCTION read_invitations(organisation uuid, asked bigint[])
RETURNS TABLE (
    number bigint, burned boolean, wave_id uuid, unit_id uuid, service_ids uuid[], attributes jsonb,
    survey_id uuid, version integer, status text, over boolean, box_id uuid, public_key bytea
)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
    PERFORM set_config('klankbord.organisation', organisation::text, true);
    RETURN QUERY
    SELECT i.number, i.burned, i.wave_id, i.unit_id, i.service_ids, coalesce(e.attributes, '{}'),
           w.survey_id, w.version, w.status::text, w.closes_at <= now(), b.id, b.public_key
    FROM unnest(asked) AS a (number)
    JOIN invitations i ON i.organisation_id = organisation AND i.number = a.number
    JOIN waves w ON w.organisation_id = organisation AND w.id = i.wave_id
    LEFT JOIN employees e ON e.organisation_id = organisation AND e.id = i.employee_id
    LEFT JOIN boxes b ON b.organisation_id = organisation AND b.id = w.box_id;
END $$
"""

# Emptying takes FOR UPDATE on the box: it waits for the drops that hold FOR SHARE, and whoever comes after it finds the
# box gone. An invitation that another batch is burning is waited for, and then found burned. The order of both locks is
# fixed, so that batches cannot wait for each other in a circle.
DROP = """
CREATE FUNCTION drop_ballots(organisation uuid, numbers bigint[], box_ids uuid[], ballots bytea[])
RETURNS TABLE (number bigint, outcome text)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    there uuid[];
BEGIN
    PERFORM set_config('klankbord.organisation', organisation::text, true);
    there := ARRAY(
        SELECT b.id FROM boxes b WHERE b.organisation_id = organisation AND b.id = ANY (box_ids)
        ORDER BY b.id FOR SHARE
    );
    RETURN QUERY
    WITH given AS MATERIALIZED (
        SELECT g.number, g.box_id, g.sealed, g.place
        FROM unnest(numbers, box_ids, ballots) WITH ORDINALITY AS g (number, box_id, sealed, place)
    ), held AS MATERIALIZED (
        SELECT i.number FROM invitations i
        WHERE i.organisation_id = organisation AND i.number = ANY (numbers) AND NOT i.burned
        ORDER BY i.number FOR NO KEY UPDATE
    ), burning AS (
        UPDATE invitations i SET burned = true
        FROM (SELECT DISTINCT ON (g.number) g.number, g.place FROM given g JOIN held h ON h.number = g.number
              WHERE g.box_id = ANY (there) ORDER BY g.number, g.place) AS first
        WHERE i.organisation_id = organisation AND i.number = first.number
        RETURNING first.number, first.place
    ), dropping AS (
        INSERT INTO ballots (organisation_id, box_id, id, sealed)
        SELECT organisation, g.box_id, gen_random_uuid(), g.sealed
        FROM given g JOIN burning b ON b.place = g.place
    )
    SELECT g.number,
           CASE WHEN b.place IS NOT NULL THEN 'taken'
                WHEN g.box_id = ANY (there) THEN 'alreadyAnswered'
                ELSE 'boxGone' END
    FROM given g LEFT JOIN burning b ON b.place = g.place ORDER BY g.place;
END $$
"""

STATEMENTS: list[str] = [INLINE, READ, DROP]
