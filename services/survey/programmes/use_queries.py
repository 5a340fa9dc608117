"""The statements of a draw after interactions.

Whether an interaction is one of the share that is asked about follows from a seeded hash of its id: looking again, as
after a crash, finds the same. Nothing is kept of which interaction it was: that somebody was asked since one ended is
in the ledger.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, DateTime, Integer, String, TextClause, Uuid
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import TypeEngine

from services.survey.contact_policy.queries import LEDGER
from services.survey.waves.drawing import set_based
from services.survey.waves.statements import ADDED, COVERED, INVITED, JUDGED, statement

# In time; or too late and not seen by the last run, since it ended or was pushed after that, or seen by it in time, for
# a wave that could not ask about it, since the unit is newer, say. Whom the contact policy left out in all of that time
# is no such: this is told exactly.
_MATCHING = """
matching AS MATERIALIZED (
    SELECT one.employee_id, one.service_id, one.closed_at > :ended_after AS in_time,
           one.closed_at > :seen_until OR one.updated_at > :looked_at AS new
    FROM interactions one JOIN employees there
        ON there.organisation_id = :organisation AND there.id = one.employee_id AND there.active
    JOIN covered ON covered.unit_id = there.unit_id AND covered.service_id = one.service_id
    WHERE one.organisation_id = :organisation
      AND one.closed_at > :oldest AND one.closed_at <= :ended_by
      AND (
          one.closed_at > :ended_after OR one.closed_at > :seen_until OR one.updated_at > :looked_at
          OR one.closed_at > :left_by AND (there.unit_id, one.service_id) NOT IN (
              SELECT unit_id, unnest(service_ids) FROM wave_units
              WHERE organisation_id = :organisation AND wave_id = :looked_for
          )
      )
      AND one.service_id = ANY(:about)
      AND (cardinality(CAST(:kinds AS text[])) = 0 OR one.kind = ANY(:kinds))
      AND (cardinality(CAST(:channels AS text[])) = 0 OR one.channel = ANY(:channels))
      AND (CAST(:shortest AS integer) IS NULL OR one.duration_minutes >= :shortest)
      AND (CAST(:longest AS integer) IS NULL OR one.duration_minutes <= :longest)
      AND uuid_hash_extended(one.id, :seed) & 9223372036854775807 <= :below
      AND NOT EXISTS (
          SELECT FROM contacts
          WHERE contacts.organisation_id = :organisation AND contacts.employee_id = one.employee_id
            AND contacts.wave_id = ANY(:siblings) AND contacts.invited_date >= (one.closed_at AT TIME ZONE :zone)::date
      )
),
used AS MATERIALIZED (
    SELECT DISTINCT ON (employee_id) employee_id, service_id, bool_or(new) OVER (PARTITION BY employee_id) AS new
    FROM matching WHERE in_time
    ORDER BY employee_id, random()
)"""
_CANDIDATES = """
candidates AS MATERIALIZED (
    SELECT staff.id, staff.unit_id, staff.reason, staff.left_out, used.service_id, used.new
    FROM staff JOIN used ON used.employee_id = staff.id {of_wave}
    WHERE NOT staff.had_turn
)"""
_OF_WAVE = """
    JOIN wave_units opened ON opened.organisation_id = :organisation AND opened.wave_id = :wave
        AND opened.unit_id = staff.unit_id AND used.service_id = ANY(opened.service_ids)"""
_CHOSEN = """
chosen AS (
    SELECT id, unit_id, ARRAY[service_id] AS service_ids FROM candidates WHERE reason IS NULL
)"""
_LATE = "(SELECT count(*) FROM matching WHERE NOT in_time)"
_BINDS: dict[str, TypeEngine[Any]] = {
    "oldest": DateTime(timezone=True), "ended_after": DateTime(timezone=True), "ended_by": DateTime(timezone=True),
    "seen_until": DateTime(timezone=True), "looked_at": DateTime(timezone=True), "left_by": DateTime(timezone=True),
    "looked_for": Uuid(), "about": ARRAY(Uuid()),
    "kinds": ARRAY(String()), "channels": ARRAY(String()), "shortest": Integer(), "longest": Integer(),
    "below": BigInteger(), "zone": String(),
}  # fmt: skip


def _bound(*parts: str, told: str) -> TextClause:
    return statement(COVERED, LEDGER, _MATCHING, JUDGED, *parts, told=told, more=_BINDS)


_ADD = _bound(
    _CANDIDATES.format(of_wave=_OF_WAVE), _CHOSEN, INVITED, ADDED,
    told=f"""
SELECT (SELECT array_agg(number ORDER BY number) FROM drawn), (SELECT count(*) FROM candidates),
       (SELECT count(*) FROM candidates WHERE new), (SELECT count(*) FROM candidates WHERE new AND left_out), {_LATE}
""",  # noqa: S608  # no value in it: constant texts
)  # fmt: skip
_COUNT, _COUNT_OF_WAVE = (
    _bound(
        _CANDIDATES.format(of_wave=of_wave),
        told=f"""
SELECT unit_id, count(*) FROM candidates GROUP BY unit_id
UNION ALL SELECT NULL, {_LATE}
""",  # noqa: S608  # no value in it: constant texts
    )
    for of_wave in ("", _OF_WAVE)
)


class Asked(NamedTuple):
    """The numbers of those who were invited; of how many people whose use matched, how many of these no run saw before,
    and whom of the new the contact policy left out; and how many uses it is too late for."""

    numbers: list[int]
    matched: int
    new: int
    left_out: int
    too_late: int


async def ask(session: AsyncSession, given: dict[str, Any]) -> Asked:
    async with set_based(session):
        numbers, *counts = (await session.execute(_ADD, given)).one()
    return Asked(numbers or [], *counts)


async def used(session: AsyncSession, given: dict[str, Any]) -> tuple[Mapping[UUID, int], int]:
    """By unit those whose use matched, and how many uses it is too late for; of a wave that is open already, or else of
    the one that the next run opens."""
    async with set_based(session):
        rows = (await session.execute(_COUNT if given["wave"] is None else _COUNT_OF_WAVE, given)).all()
    counts = {unit: people for unit, people in rows if unit is not None}
    (too_late,) = (uses for unit, uses in rows if unit is None)
    return counts, too_late
