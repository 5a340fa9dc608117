"""The draw, in one statement and so from one snapshot: who is counted is who can be invited, whatever changes meanwhile.
It writes the ledger of the contact policy too; draws queue for the policy's row (`contact_policy.service.held`), or two
of them could both find that somebody may still be asked.

Within a unit everybody who may be asked has the same chance: a systematic sample with a seeded start of a list in the
order of people's attributes, and of a seeded hash among those alike. So attributes are spread as in the unit (implicit
stratification), and change nobody's chance. Madow and Madow, On the theory of systematic sampling I, Ann. Math. Stat. 15
(1944); Cochran, Sampling Techniques (1977), 8.1.

Which services somebody is asked about is not drawn from the seed: its maker could find one under which a single person
is asked about a service, and read from its figures whether that person answered.

A unit's services are those whose audience names it or a unit above it, so an employee's services are their unit's.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Boolean, Date, Integer, TextClause, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import TypeEngine

from services.survey.contact_policy.queries import REASON, RECENT
from services.survey.contact_policy.rules import Limits
from services.survey.waves.models import Wave

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

# Who was asked already, in this wave or since a day in these: they are not left out but had their turn.
ASKED = """
asked AS (
    SELECT DISTINCT employee_id FROM contacts
    WHERE organisation_id = :organisation AND invited_date >= CAST(:since AS date)
      AND (wave_id = :wave OR (wave_id = ANY(:siblings) AND invited_date >= CAST(:cycle AS date)))
)"""

JUDGED = f"""
staff AS MATERIALIZED (
    SELECT people.id, people.unit_id, people.attributes, asked.employee_id IS NOT NULL AS had_turn, {REASON} AS reason
    FROM employees people
    LEFT JOIN recent ON recent.employee_id = people.id
    LEFT JOIN asked ON asked.employee_id = people.id
    WHERE people.organisation_id = :organisation AND people.active
)"""  # noqa: S608  # no value in it: constant texts

_RANKED = """
ranked AS (
    SELECT staff.id, staff.unit_id, share.size, count(*) OVER unit AS people,
           row_number() OVER (unit ORDER BY staff.attributes::text COLLATE "C",
                              uuid_hash_extended(staff.id, :seed), staff.id) AS place
    FROM staff JOIN unnest(:units, :sizes) AS share (unit_id, size) ON share.unit_id = staff.unit_id
    WHERE staff.reason IS NULL AND NOT staff.had_turn AND share.size > 0
    WINDOW unit AS (PARTITION BY staff.unit_id)
),
started AS (
    SELECT ranked.*, mod(uuid_hash_extended(unit_id, :seed) & 9223372036854775807, people) AS start FROM ranked
),
chosen AS (
    SELECT started.id, started.unit_id, served.service_ids FROM started
    JOIN served ON served.unit_id = started.unit_id
    WHERE (place * size + start) / people > ((place - 1) * size + start) / people
)"""

SERVED = (
    "served AS (SELECT unit_id, array_agg(service_id ORDER BY service_id) AS service_ids FROM covered GROUP BY unit_id)"
)

# 16 hexadecimal digits of a random UUID that are all random: the 13th and 17th are its version and variant.
_NUMBER = "('x' || left(hex, 12) || substr(hex, 18, 4))::bit(64)::bigint"

# In a wave that is added to, the tree and the matrix are those of its opening.
_SERVED_THEN = """
served AS (
    SELECT unit_id, array_agg(service_id ORDER BY service_id) AS service_ids FROM wave_users
    WHERE organisation_id = :organisation AND wave_id = :wave AND service_id IS NOT NULL GROUP BY unit_id
)"""

INVITED = f"""
numbered AS MATERIALIZED (
    SELECT chosen.*, replace(gen_random_uuid()::text, '-', '') AS hex FROM chosen
),
drawn AS (
    INSERT INTO invitations (organisation_id, number, wave_id, employee_id, unit_id, service_ids, portion)
    SELECT :organisation, {_NUMBER}, :wave, id, unit_id, CASE WHEN :most IS NULL THEN service_ids ELSE (
        SELECT array_agg(picked.service_id ORDER BY picked.service_id) FROM (
            SELECT service_id FROM unnest(service_ids) AS used (service_id)
            ORDER BY random() LIMIT :most
        ) AS picked
    ) END, :portion
    FROM numbered ORDER BY hex
    RETURNING number, unit_id
),
ledger AS (
    INSERT INTO contacts (organisation_id, employee_id, wave_id, invited_date)
    SELECT :organisation, id, :wave, CAST(:day AS date) FROM numbered
)"""  # noqa: S608  # no value in it: constant texts

_TREE = """
tree AS (
    INSERT INTO wave_units (organisation_id, wave_id, unit_id, parent_id)
    SELECT organisation_id, :wave, id, parent_id FROM units WHERE organisation_id = :organisation
),
present AS (
    SELECT unit_id, count(*) AS people FROM staff GROUP BY unit_id
),
populations AS (
    INSERT INTO wave_populations (organisation_id, wave_id, unit_id, population, invited)
    SELECT :organisation, :wave, units.id, coalesce(present.people, 0), coalesce(drawn_there.people, 0) FROM units
    LEFT JOIN present ON present.unit_id = units.id
    LEFT JOIN (SELECT unit_id, count(*) AS people FROM drawn GROUP BY unit_id) AS drawn_there
        ON drawn_there.unit_id = units.id
    WHERE units.organisation_id = :organisation
),
users AS (
    INSERT INTO wave_users (organisation_id, wave_id, unit_id, service_id, provider_id, users)
    SELECT :organisation, :wave, subject.unit_id, subject.service_id, subject.provider_id, coalesce(present.people, 0)
    FROM (
        SELECT unit_id, service_id, NULL::uuid AS provider_id FROM covered
        UNION ALL
        SELECT DISTINCT unit_id, NULL::uuid, services.provider_id FROM covered
        JOIN services ON services.organisation_id = :organisation AND services.id = covered.service_id
        UNION ALL
        SELECT DISTINCT unit_id, NULL::uuid, NULL::uuid FROM covered
    ) AS subject LEFT JOIN present ON present.unit_id = subject.unit_id
    WHERE present.people > 0 OR :daily
)"""

ADDED = """
added AS (
    UPDATE wave_populations SET invited = invited + people
    FROM (SELECT unit_id, count(*) AS people FROM drawn GROUP BY unit_id) AS more
    WHERE organisation_id = :organisation AND wave_id = :wave AND wave_populations.unit_id = more.unit_id
)"""

_TOLD = """
SELECT NULL::text AS reason, number AS value FROM drawn
UNION ALL
SELECT reason, count(*) FROM staff JOIN served ON served.unit_id = staff.unit_id
WHERE reason IS NOT NULL AND NOT had_turn GROUP BY reason
ORDER BY 1 NULLS FIRST, 2
"""

_BINDS: dict[str, TypeEngine[Any]] = {
    "organisation": Uuid(), "wave": Uuid(), "services": ARRAY(Uuid()), "audience": ARRAY(Uuid()),
    "siblings": ARRAY(Uuid()), "since": Date(), "cycle": Date(), "day": Date(), "portion": Integer(), "within": Integer(),
    "look_back": Integer(), "between": Integer(), "maximum": Integer(), "seed": BigInteger(), "units": ARRAY(Uuid()),
    "sizes": ARRAY(Integer()), "most": BigInteger(),
    "daily": Boolean(),
}  # fmt: skip


def statement(*parts: str, told: str, more: Mapping[str, TypeEngine[Any]] = MappingProxyType({})) -> TextClause:
    """Parts of a WITH, and what it selects; the values are bound by their names."""
    whole = f"WITH RECURSIVE {', '.join(parts)} {told}"
    kinds = {**_BINDS, **more}
    named = set(re.findall(r"(?<!:):(\w+)", whole))
    return text(whole).bindparams(*(bindparam(name, type_=kinds[name]) for name in named))


DRAW = statement(COVERED, SERVED, RECENT, ASKED, JUDGED, _RANKED, INVITED, _TREE, told=_TOLD)
ADD = statement(_SERVED_THEN, RECENT, ASKED, JUDGED, _RANKED, INVITED, ADDED, told=_TOLD)


class Turns(NamedTuple):
    """Who had their turn already: those whom these waves invited since the day on which the cycle began, and those whom
    the wave itself did since it opened."""

    siblings: Sequence[UUID] = ()
    cycle: date | None = None
    opened: date | None = None


class Drawn(NamedTuple):
    """The invitations' numbers in their own order, which is random, and how many were left out for each reason."""

    numbers: list[int]
    skipped: dict[str, int]


def portion_of(day: date, turns: Turns) -> int:
    assert turns.opened is not None
    return (day - turns.opened).days


def values(wave: Wave, limits: Limits, turns: Turns = Turns()) -> dict[str, Any]:
    """What says whose turn it is; for the strata, and for every draw."""
    since = min((day for day in (turns.cycle, turns.opened) if day is not None), default=None)
    return {
        "organisation": wave.organisation_id, "wave": wave.id, "services": wave.service_ids, "audience": wave.audience,
        "siblings": list(turns.siblings), "since": since, "cycle": turns.cycle, "day": limits.day,
        "within": limits.within, "look_back": limits.look_back, "between": limits.between, "maximum": limits.maximum,
    }  # fmt: skip


async def draw(session: AsyncSession, wave: Wave, shares: Mapping[UUID, int], limits: Limits) -> Drawn:
    """Stores the invitations of the wave, the counts and the tree as they are now. Without shares, as of a wave that is
    added to daily, it invites nobody yet."""
    return await _drawn(session, DRAW, wave, shares, wave.sample["seed"], values(wave, limits))


async def add(
    session: AsyncSession, wave: Wave, shares: Mapping[UUID, int], limits: Limits, turns: Turns, seed: int
) -> Drawn:
    """Today's portion of a wave that is open."""
    return await _drawn(
        session, ADD, wave, shares, seed, values(wave, limits, turns) | {"portion": portion_of(limits.day, turns)}
    )


async def _drawn(
    session: AsyncSession, made: TextClause, wave: Wave, shares: Mapping[UUID, int], seed: int, given: dict[str, Any]
) -> Drawn:
    more = {
        "seed": seed, "units": list(shares), "sizes": list(shares.values()),
        "most": wave.maximum_services if wave.service_choice == "random" else None, "daily": wave.last_day is not None,
    }  # fmt: skip
    return told((await session.execute(made, {"portion": None, **given, **more})).all())


def told(rows: Sequence[Any]) -> Drawn:
    return Drawn(
        [value for reason, value in rows if reason is None],
        {reason: value for reason, value in rows if reason is not None},
    )
