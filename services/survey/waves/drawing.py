"""The draw, in one statement and so from one snapshot: who is counted is who can be invited, whatever changes meanwhile.

Which services somebody is asked about is not drawn from the seed: its maker could find one under which a single person
is asked about a service, and read from its figures whether that person answered.

A unit's services are those whose audience names it or a unit above it, so an employee's services are their unit's.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Integer, String, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.survey.waves.models import Wave

COVERED = """
covered (unit_id, service_id) AS (
    SELECT unit_id, service_id FROM audience_units
    WHERE organisation_id = :organisation AND service_id = ANY(:services)
    UNION
    SELECT below.id, covered.service_id FROM covered
    JOIN units below ON below.organisation_id = :organisation AND below.parent_id = covered.unit_id
)"""

# 16 hexadecimal digits of a random UUID that are all random: the 13th and 17th are its version and variant.
_NUMBER = "('x' || left(hex, 12) || substr(hex, 18, 4))::bit(64)::bigint"

_DRAW = f"""
WITH RECURSIVE {COVERED},
staff AS MATERIALIZED (
    SELECT id, unit_id FROM employees WHERE organisation_id = :organisation AND active
),
served AS (
    SELECT unit_id, array_agg(service_id ORDER BY service_id) AS service_ids FROM covered GROUP BY unit_id
),
ranked AS (
    SELECT staff.id, staff.unit_id, served.service_ids, row_number() OVER (
        PARTITION BY staff.unit_id ORDER BY sha256(convert_to(:seed || ':' || staff.id, 'UTF8')), staff.id
    ) AS place
    FROM staff JOIN served ON served.unit_id = staff.unit_id
),
numbered AS MATERIALIZED (
    SELECT ranked.*, replace(gen_random_uuid()::text, '-', '') AS hex
    FROM ranked JOIN unnest(:units, :sizes) AS share (unit_id, size) ON share.unit_id = ranked.unit_id
    WHERE ranked.place <= share.size
),
drawn AS (
    INSERT INTO invitations (organisation_id, number, wave_id, employee_id, unit_id, service_ids)
    SELECT :organisation, {_NUMBER}, :wave, id, unit_id, CASE WHEN :most IS NULL THEN service_ids ELSE (
        SELECT array_agg(chosen.service_id ORDER BY chosen.service_id) FROM (
            SELECT service_id FROM unnest(service_ids) AS used (service_id)
            ORDER BY random() LIMIT :most
        ) AS chosen
    ) END
    FROM numbered ORDER BY hex
    RETURNING number, unit_id
),
tree AS (
    INSERT INTO wave_units (organisation_id, wave_id, unit_id, parent_id)
    SELECT organisation_id, :wave, id, parent_id FROM units WHERE organisation_id = :organisation
),
present AS (
    SELECT unit_id, count(*) AS people FROM staff GROUP BY unit_id
),
populations AS (
    INSERT INTO wave_populations (organisation_id, wave_id, unit_id, population, invited)
    SELECT :organisation, :wave, units.id, coalesce(present.people, 0), coalesce(asked.people, 0) FROM units
    LEFT JOIN present ON present.unit_id = units.id
    LEFT JOIN (SELECT unit_id, count(*) AS people FROM drawn GROUP BY unit_id) AS asked ON asked.unit_id = units.id
    WHERE units.organisation_id = :organisation
),
users AS (
    INSERT INTO wave_users (organisation_id, wave_id, unit_id, service_id, provider_id, users)
    SELECT :organisation, :wave, present.unit_id, subject.service_id, subject.provider_id, present.people
    FROM present JOIN (
        SELECT unit_id, service_id, NULL::uuid AS provider_id FROM covered
        UNION ALL
        SELECT DISTINCT unit_id, NULL::uuid, services.provider_id FROM covered
        JOIN services ON services.organisation_id = :organisation AND services.id = covered.service_id
        UNION ALL
        SELECT DISTINCT unit_id, NULL::uuid, NULL::uuid FROM covered
    ) AS subject ON subject.unit_id = present.unit_id
)
SELECT number FROM drawn ORDER BY number
"""  # noqa: S608  # no value in it: constant texts

DRAW = text(_DRAW).bindparams(
    bindparam("organisation", type_=Uuid()),
    bindparam("wave", type_=Uuid()),
    bindparam("services", type_=ARRAY(Uuid())),
    bindparam("seed", type_=String()),
    bindparam("units", type_=ARRAY(Uuid())),
    bindparam("sizes", type_=ARRAY(Integer())),
    bindparam("most", type_=BigInteger()),
)


async def draw(session: AsyncSession, wave: Wave, shares: Mapping[UUID, int]) -> Sequence[int]:
    """Stores the invitations of the wave, the counts and the tree as they are now; answers the invitations' numbers in
    their own order, which is random."""
    drawn = await session.execute(
        DRAW,
        {
            "organisation": wave.organisation_id, "wave": wave.id, "services": wave.service_ids,
            "seed": str(wave.sample["seed"]), "units": list(shares), "sizes": list(shares.values()),
            "most": wave.maximum_services if wave.service_choice == "random" else None,
        },
    )  # fmt: skip
    return drawn.scalars().all()
