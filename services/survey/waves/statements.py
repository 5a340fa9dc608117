"""Parts of the statement that draws (`drawing.py`), and the binding of their values.

A unit's services are those whose audience names it or a unit above it, so an employee's services are their unit's.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Boolean, Date, Integer, Numeric, TextClause, Uuid, bindparam, text
from sqlalchemy.types import TypeEngine

from services.survey.contact_policy.queries import LEFT_OUT, REASON

COVERED = """
wanted (unit_id) AS (
    SELECT id FROM units
    WHERE organisation_id = :organisation AND (id = ANY(:audience) OR cardinality(CAST(:audience AS uuid[])) = 0)
    UNION
    SELECT below.id FROM wanted
    JOIN units below ON below.organisation_id = :organisation AND below.parent_id = wanted.unit_id
),
reached (unit_id, service_id) AS (
    SELECT unit_id, service_id FROM audience_units
    WHERE organisation_id = :organisation AND service_id = ANY(:services)
    UNION
    SELECT below.id, reached.service_id FROM reached
    JOIN units below ON below.organisation_id = :organisation AND below.parent_id = reached.unit_id
),
covered AS MATERIALIZED (
    SELECT reached.unit_id, reached.service_id FROM reached JOIN wanted ON wanted.unit_id = reached.unit_id
)"""

SERVED = """
served AS (
    SELECT covered.unit_id, array_agg(covered.service_id ORDER BY covered.service_id) AS service_ids,
           array_agg(DISTINCT services.provider_id) AS provider_ids
    FROM covered JOIN services ON services.organisation_id = :organisation AND services.id = covered.service_id
    GROUP BY covered.unit_id
)"""

# In a wave that is added to, the tree and the matrix are those of its opening; who uses none any more is not asked.
SERVED_THEN = """
served AS (
    SELECT unit_id, service_ids FROM wave_units
    WHERE organisation_id = :organisation AND wave_id = :wave AND service_ids <> '{}'
      AND unit_id IN (SELECT unit_id FROM covered)
)"""

JUDGED = f"""
staff AS (
    SELECT people.id, people.unit_id, people.attributes, coalesce(ledger.had_turn, false) AS had_turn,
           {REASON} AS reason, {LEFT_OUT} AS left_out
    FROM employees people LEFT JOIN ledger ON ledger.employee_id = people.id
    WHERE people.organisation_id = :organisation AND people.active
)"""  # noqa: S608  # no value in it: constant texts

# Those of a unit who are free to be asked are in a list: by attributes, and those alike by a seeded hash.
PRESENT = """
present AS MATERIALIZED (
    SELECT unit_id, count(*) AS people, count(*) FILTER (WHERE left_out) AS left_out,
           count(*) FILTER (WHERE reason IS NULL AND NOT had_turn) AS free,
           array_agg(id ORDER BY attributes::text COLLATE "C", uuid_hash_extended(id, :seed), id)
               FILTER (WHERE reason IS NULL AND NOT had_turn) AS listed
    FROM staff GROUP BY unit_id
)"""

# `rules.allocate`, over the units in the order of the tree. The sizes are those of one snapshot with the people.
SHARED = """
ordered (unit_id, path) AS (
    SELECT id, ARRAY[id] FROM units WHERE organisation_id = :organisation AND parent_id IS NULL
    UNION ALL
    SELECT below.id, ordered.path || below.id FROM ordered
    JOIN units below ON below.organisation_id = :organisation AND below.parent_id = ordered.unit_id
),
strata AS (
    SELECT unit_id, present.free,
           sum(present.free) OVER (ORDER BY path)::bigint AS reached, sum(present.free) OVER ()::bigint AS total
    FROM ordered JOIN present USING (unit_id) JOIN served USING (unit_id) WHERE present.free > 0
),
spread AS (
    SELECT strata.*, least(CAST(:size AS bigint), total) AS whole, mod(CAST(:offset AS numeric), total)::bigint AS start
    FROM strata
),
shares AS (
    SELECT unit_id, free, mod(uuid_hash_extended(unit_id, :seed) & 9223372036854775807, free) AS first,
           greatest(0, whole * reached - start + total - 1) / total
           - greatest(0, whole * (reached - free) - start + total - 1) / total AS size
    FROM spread
)"""

# Of a list of free, every (free / size)-th is taken, from a seeded first.
CHOSEN = """
chosen AS (
    SELECT listed[(nth * free - first + size - 1) / size] AS id, unit_id, service_ids
    FROM (
        SELECT unit_id, shares.free, first, size, listed, service_ids, generate_series(1, size) AS nth
        FROM shares JOIN present USING (unit_id) JOIN served USING (unit_id)
    ) AS each_of_them
)"""

# A number is eight bytes of a hash that nobody can know or repeat: of somebody's id, and of 244 random bits that are
# kept nowhere. Asking the system for randomness costs more than the whole row, and this asks twice in all.
INVITED = """
salt AS MATERIALIZED (
    SELECT uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) AS salt
),
numbered AS MATERIALIZED (
    SELECT chosen.*, ('x' || left(encode(sha256(salt.salt || uuid_send(chosen.id)), 'hex'), 16))::bit(64)::bigint
        AS number
    FROM chosen CROSS JOIN salt
),
drawn AS (
    INSERT INTO invitations (organisation_id, number, wave_id, employee_id, unit_id, service_ids, portion)
    SELECT :organisation, number, :wave, id, unit_id, CASE WHEN :most IS NULL THEN service_ids ELSE (
        SELECT array_agg(picked.service_id ORDER BY picked.service_id) FROM (
            SELECT service_id FROM unnest(service_ids) AS used (service_id)
            ORDER BY random() LIMIT :most
        ) AS picked
    ) END, :portion
    FROM numbered ORDER BY number
    RETURNING number, unit_id
),
entered AS (
    INSERT INTO contacts (organisation_id, employee_id, wave_id, invited_date)
    SELECT :organisation, id, :wave, CAST(:day AS date) FROM numbered ORDER BY id
)"""

TREE = """
tree AS (
    INSERT INTO wave_units (organisation_id, wave_id, unit_id, parent_id, population, invited, service_ids, provider_ids)
    SELECT :organisation, :wave, units.id, units.parent_id, coalesce(present.people, 0), coalesce(asked.people, 0),
           coalesce(served.service_ids, '{}'), coalesce(served.provider_ids, '{}')
    FROM units
    LEFT JOIN present ON present.unit_id = units.id
    LEFT JOIN served ON served.unit_id = units.id AND (present.people > 0 OR :daily)
    LEFT JOIN (SELECT unit_id, count(*) AS people FROM drawn GROUP BY unit_id) AS asked ON asked.unit_id = units.id
    WHERE units.organisation_id = :organisation
)"""

ADDED = """
added AS (
    UPDATE wave_units SET invited = invited + people
    FROM (SELECT unit_id, count(*) AS people FROM drawn GROUP BY unit_id) AS more
    WHERE organisation_id = :organisation AND wave_id = :wave AND wave_units.unit_id = more.unit_id
)"""

# The numbers, and of each unit what was found. In one row those of all who were drawn: ten thousand rows of one number
# each would take longer than to draw them.
TOLD = """
SELECT NULL::uuid AS unit_id, NULL::uuid AS parent_id, NULL::bigint AS people, NULL::bigint AS left_out,
       NULL::boolean AS served, array_agg(number ORDER BY number) AS numbers FROM drawn
UNION ALL
SELECT units.id, units.parent_id, coalesce(present.people, 0), coalesce(present.left_out, 0),
       served.unit_id IS NOT NULL, NULL
FROM units LEFT JOIN present ON present.unit_id = units.id LEFT JOIN served ON served.unit_id = units.id
WHERE units.organisation_id = :organisation
"""


_BINDS: dict[str, TypeEngine[Any]] = {
    "organisation": Uuid(), "wave": Uuid(), "services": ARRAY(Uuid()), "audience": ARRAY(Uuid()),
    "siblings": ARRAY(Uuid()), "since": Date(), "cycle": Date(), "day": Date(), "portion": Integer(), "within": Integer(),
    "look_back": Integer(), "between": Integer(), "policy_between": Integer(), "apart": Integer(),
    "maximum": Integer(), "seed": BigInteger(), "size": BigInteger(),
    "offset": Numeric(), "most": BigInteger(), "daily": Boolean(),
}  # fmt: skip


def statement(*parts: str, told: str, more: Mapping[str, TypeEngine[Any]] = MappingProxyType({})) -> TextClause:
    """Parts of a WITH, and what it selects; the values are bound by their names."""
    whole = f"WITH RECURSIVE {', '.join(parts)} {told}"
    kinds = {**_BINDS, **more}
    named = set(re.findall(r"(?<!:):(\w+)", whole))
    return text(whole).bindparams(*(bindparam(name, type_=kinds[name]) for name in named))
