"""What taking uses in keeps in the database: a function, so that a usual push is one round trip, and its plans are kept.

Migrations hold a copy of their own, which never changes; a test compares what they left in the database with this.
"""

GOING = 6212001  # the lock under which an employee or a service goes, of our own choosing

_INSERT = """
            WITH e AS MATERIALIZED (
                SELECT e.id, e.external_id FROM employees e
                WHERE e.organisation_id = organisation
                  AND e.external_id = ANY (ARRAY(SELECT json_array_elements_text(given[5]::json)))
            )
            INSERT INTO interactions AS there (
                organisation_id, id, external_id, service_id, service_external_id, employee_id, employee_external_id,
                kind, channel, opened_at, closed_at, duration_minutes
            )
            SELECT organisation, (start || lpad(to_hex(g.place), digits, '0'))::uuid, g.external_id,
                   coalesce(g.service_id::uuid, s.id), CASE WHEN s.id IS NULL THEN g.service_external_id END,
                   coalesce(g.employee_id::uuid, e.id), CASE WHEN e.id IS NULL THEN g.employee_external_id END,
                   g.kind, g.channel, g.opened_at::timestamptz, g.closed_at::timestamptz, g.minutes::integer
            FROM ROWS FROM (
                json_array_elements_text(given[1]::json), json_array_elements_text(given[2]::json),
                json_array_elements_text(given[3]::json), json_array_elements_text(given[4]::json),
                json_array_elements_text(given[5]::json), json_array_elements_text(given[6]::json),
                json_array_elements_text(given[7]::json), json_array_elements_text(given[8]::json),
                json_array_elements_text(given[9]::json), json_array_elements_text(given[10]::json)
            ) WITH ORDINALITY AS g (
                external_id, service_id, service_external_id, employee_id, employee_external_id,
                kind, channel, opened_at, closed_at, minutes, place
            )
            LEFT JOIN services s ON s.organisation_id = organisation AND s.external_id = g.service_external_id
            LEFT JOIN e ON e.external_id = g.employee_external_id
            ORDER BY g.external_id COLLATE "C"
"""

# `key_hash` is that of an API key whose right is looked up first, NULL for whoever has shown a right already: without one
# nothing is done and nothing comes back. `given` has a JSON array for each column, in their order, and one of the few
# externalIds that are looked for first: that costs less to send and to read than arrays or objects do, and COPY is not for
# tables with row-level security.
#
# What is new is all of most batches, and is put in plainly: that saves looking for a conflict at each. Where a look at a
# few finds one that is there, or putting them in does, all are merged: what is the same already is not touched, nor what
# knows more, see `Use.state_at`. Either in the order of the externalIds, so that two who send the same ones at a time wait
# for each other and never in a circle. Plans outlive the small tables that they were made for: so sequential scans are
# off, and employees are found by one walk along their index, which cannot become a join that reads all.
#
# Whom it finds stays until it is over: who goes is waited for here, and waits, see `arrivals.py`.
#
# `merged` is false where all are new; then `names` are the parked ones alone, else those that were made or changed. Each
# externalId may be there once. The ids of new ones differ in their last digits, which are the places among the given.
TAKE = f"""
CREATE FUNCTION take_uses(
    organisation uuid, key_hash text, start text, digits integer, given text[],
    OUT merged boolean, OUT names text[], OUT ids uuid[], OUT waiting boolean[]
)
RETURNS SETOF record
LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
BEGIN
    PERFORM set_config('klankbord.organisation', organisation::text, true);
    IF key_hash IS NOT NULL AND NOT EXISTS (
        SELECT FROM api_keys k WHERE k.organisation_id = organisation AND k.hash = key_hash
        AND k.role IN ('admin', 'integrator') AND NOT k.revoked AND (k.expires_at IS NULL OR k.expires_at > now())
        AND k.last_used_date = (now() AT TIME ZONE 'UTC')::date
    ) THEN
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock_shared({GOING}, hashtext(organisation::text));
    merged := EXISTS (
        SELECT FROM json_array_elements_text(given[11]::json) AS g (external_id)
        CROSS JOIN LATERAL (
            SELECT FROM interactions i WHERE i.organisation_id = organisation AND i.external_id = g.external_id LIMIT 1
        ) i
    );
    IF NOT merged THEN
        BEGIN{_INSERT};
            IF EXISTS (
                SELECT FROM interactions i WHERE i.organisation_id = organisation AND i.employee_external_id IS NOT NULL
            ) OR EXISTS (
                SELECT FROM interactions i WHERE i.organisation_id = organisation AND i.service_external_id IS NOT NULL
            ) THEN
                names := ARRAY(
                    SELECT i.external_id FROM interactions i
                    WHERE i.organisation_id = organisation AND (i.service_id IS NULL OR i.employee_id IS NULL)
                      AND i.id BETWEEN rpad(start, 32, '0')::uuid AND rpad(start, 32, 'f')::uuid
                );
            END IF;
            RETURN NEXT;
            RETURN;
        EXCEPTION WHEN unique_violation THEN
            merged := true;
        END;
    END IF;
    WITH made AS ({_INSERT}        ON CONFLICT (organisation_id, external_id) DO UPDATE SET
            service_id = excluded.service_id, service_external_id = excluded.service_external_id,
            employee_id = excluded.employee_id, employee_external_id = excluded.employee_external_id,
            kind = excluded.kind, channel = excluded.channel, opened_at = excluded.opened_at,
            closed_at = excluded.closed_at, duration_minutes = excluded.duration_minutes,
            version = there.version + 1, updated_at = now()
        WHERE coalesce(excluded.closed_at, excluded.opened_at) >= coalesce(there.closed_at, there.opened_at)
          AND (there.service_id, there.service_external_id, there.employee_id, there.employee_external_id,
               there.kind, there.channel, there.opened_at, there.closed_at, there.duration_minutes)
              IS DISTINCT FROM
              (excluded.service_id, excluded.service_external_id, excluded.employee_id, excluded.employee_external_id,
               excluded.kind, excluded.channel, excluded.opened_at, excluded.closed_at, excluded.duration_minutes)
        RETURNING there.external_id, there.id, there.service_id IS NULL OR there.employee_id IS NULL AS parked
    )
    SELECT array_agg(m.external_id), array_agg(m.id), array_agg(m.parked) INTO names, ids, waiting FROM made m;
    RETURN NEXT;
END $$
"""  # noqa: S608  # parts of ours

STATEMENTS: list[str] = [TAKE]
