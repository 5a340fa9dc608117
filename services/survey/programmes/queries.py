"""Every select of programmes, and the statements of a draw after interactions.

Whether an interaction is one of the share that is asked about follows from a seeded hash of its id: looking again, as
after a crash, finds the same. Nothing is kept of which interaction it was: that somebody was asked since one ended is
in the ledger.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    DateTime,
    Integer,
    Row,
    Select,
    String,
    TextClause,
    Uuid,
    func,
    or_,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import TypeEngine

from services.shared.auth import Principal
from services.survey.catalogue.models import AudienceUnit, Service
from services.survey.contact_policy.queries import LEDGER
from services.survey.organisation.models import Unit
from services.survey.organisation.queries import descendants, within
from services.survey.programmes.models import Programme, ProgrammeRun
from services.survey.waves.drawing import set_based
from services.survey.waves.models import Wave
from services.survey.waves.queries import only_theirs
from services.survey.waves.statements import ADDED, COVERED, INVITED, JUDGED, NUMBERS, statement

SORTABLE = {"createdAt": Programme.created_at, "updatedAt": Programme.updated_at}
RUNS_SORTABLE = {"ranAt": ProgrammeRun.ran_at}

_USED = """
used AS MATERIALIZED (
    SELECT DISTINCT ON (one.employee_id) one.employee_id, one.service_id
    FROM interactions one JOIN employees there
        ON there.organisation_id = :organisation AND there.id = one.employee_id AND there.active
    JOIN covered ON covered.unit_id = there.unit_id AND covered.service_id = one.service_id
    WHERE one.organisation_id = :organisation
      AND one.opened_at > :oldest AND one.closed_at > :ended_after AND one.closed_at <= :ended_by
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
    ORDER BY one.employee_id, random()
)"""
_CHOSEN = """
chosen AS (
    SELECT staff.id, staff.unit_id, ARRAY[used.service_id] AS service_ids
    FROM staff JOIN used ON used.employee_id = staff.id
    JOIN wave_users opened ON opened.organisation_id = :organisation AND opened.wave_id = :wave
        AND opened.unit_id = staff.unit_id AND opened.service_id = used.service_id
    WHERE staff.reason IS NULL AND NOT staff.had_turn
)"""
_LEFT_OUT = """
SELECT reason, count(*) FROM staff JOIN used ON used.employee_id = staff.id
WHERE reason IS NOT NULL AND NOT had_turn GROUP BY reason"""
_BINDS: dict[str, TypeEngine[Any]] = {
    "oldest": DateTime(timezone=True), "ended_after": DateTime(timezone=True), "ended_by": DateTime(timezone=True),
    "about": ARRAY(Uuid()), "kinds": ARRAY(String()), "channels": ARRAY(String()), "shortest": Integer(),
    "longest": Integer(), "below": BigInteger(), "zone": String(),
}  # fmt: skip


def _bound(*parts: str, told: str) -> TextClause:
    return statement(COVERED, LEDGER, _USED, JUDGED, *parts, told=told, more=_BINDS)


ADD_USED = _bound(
    _CHOSEN, INVITED, ADDED,
    told=f"{NUMBERS} UNION ALL SELECT reason, count, NULL FROM ({_LEFT_OUT}) AS left_out ORDER BY reason",  # noqa: S608  # no value in it: constant texts
)  # fmt: skip
COUNT_USED = _bound(
    told=f"""
SELECT NULL::text AS reason, staff.unit_id, count(*) AS people FROM staff JOIN used ON used.employee_id = staff.id
WHERE reason IS NULL AND NOT had_turn GROUP BY staff.unit_id
UNION ALL SELECT reason, NULL, count FROM ({_LEFT_OUT}) AS left_out
""",  # noqa: S608  # no value in it: constant texts
)


def visible(principal: Principal, *, active: bool | None = None, survey_id: UUID | None = None) -> Select[Programme]:
    """All of the organisation, or those whose services are all of the caller's providers."""
    programmes = select(Programme).where(Programme.organisation_id == principal.organisation_id)
    if active is not None:
        programmes = programmes.where(Programme.active == active)
    if survey_id is not None:
        programmes = programmes.where(Programme.survey_id == survey_id)
    return programmes.where(only_theirs(principal, Programme.service_ids))


async def programme_of(
    session: AsyncSession, principal: Principal, programme_id: UUID, *, lock: bool = False
) -> Programme | None:
    found = visible(principal).where(Programme.id == programme_id)
    return (await session.scalars(found.with_for_update() if lock else found)).one_or_none()


async def services_used_in(
    session: AsyncSession, principal: Principal, units: Sequence[UUID], provider_id: UUID | None
) -> list[UUID]:
    """Those of the caller's, and of one provider if it is given, that somebody in or below these units uses."""
    below = await descendants(session, units)
    above = select(Unit.id, Unit.parent_id).where(Unit.id.in_(list(units))).cte("above", recursive=True)
    above = above.union(select(Unit.id, Unit.parent_id).join(above, Unit.id == above.c.parent_id))
    found = (
        select(Service.id)
        .join(AudienceUnit, (AudienceUnit.organisation_id == Service.organisation_id)
              & (AudienceUnit.service_id == Service.id))
        .where(or_(AudienceUnit.unit_id.in_(below), AudienceUnit.unit_id.in_(select(above.c.id))),
               within(principal, Service.provider_id))
        .distinct().order_by(Service.id)
    )  # fmt: skip
    if provider_id is not None:
        found = found.where(Service.provider_id.in_(await descendants(session, [provider_id])))
    return list((await session.scalars(found)).all())


async def due(session: AsyncSession, now: datetime) -> Sequence[Row[UUID, UUID]]:
    """Organisation and programme, over all organisations: the transaction is EVERYONE's."""
    found = select(Programme.organisation_id, Programme.id).where(Programme.due_at <= now).order_by(Programme.due_at)
    return (await session.execute(found)).all()


async def claim(session: AsyncSession, programme_id: UUID, now: datetime) -> Programme | None:
    """None when another replica has it, or had."""
    claimed = select(Programme).where(Programme.id == programme_id, Programme.due_at <= now)
    return (await session.scalars(claimed.with_for_update(skip_locked=True))).one_or_none()


async def others_due(session: AsyncSession, programme_id: UUID, before: datetime) -> datetime | None:
    """When the last of those draws is due that have precedence over one after interactions."""
    programmes = select(func.max(Programme.due_at)).where(
        Programme.id != programme_id, Programme.due_at < before,
        Programme.schedule["kind"].astext != "afterInteraction",
    )  # fmt: skip
    waves = select(func.max(Wave.opens_at)).where(Wave.status == "draft", Wave.scheduled, Wave.opens_at < before)
    found = [await session.scalar(programmes), await session.scalar(waves)]
    return max((at for at in found if at is not None), default=None)


async def waves_of(session: AsyncSession, programme_id: UUID) -> list[UUID]:
    return list((await session.scalars(select(Wave.id).where(Wave.programme_id == programme_id))).all())


async def open_wave(session: AsyncSession, programme_id: UUID, day: date | None = None) -> Wave | None:
    """The last, or with a day the one that is added to on it, locked."""
    found = select(Wave).where(Wave.programme_id == programme_id, Wave.status == "open")
    found = found if day is None else found.where(Wave.last_day >= day)
    return (await session.scalars(found.order_by(Wave.id.desc()).limit(1).with_for_update())).one_or_none()


async def has_run(session: AsyncSession, programme_id: UUID, since: datetime | None = None) -> bool:
    """Whether a run since then invited somebody."""
    runs = select(ProgrammeRun.id).where(ProgrammeRun.programme_id == programme_id, ProgrammeRun.wave_id.is_not(None))
    runs = runs if since is None else runs.where(ProgrammeRun.ran_at >= since)
    return await session.scalar(runs.limit(1)) is not None


def runs(programme_id: UUID) -> Select[ProgrammeRun]:
    return select(ProgrammeRun).where(ProgrammeRun.programme_id == programme_id)


async def used(session: AsyncSession, given: dict[str, Any]) -> Sequence[Any]:
    """By unit those who would be asked after interactions, by reason those left out."""
    async with set_based(session):
        return (await session.execute(COUNT_USED, given)).all()
