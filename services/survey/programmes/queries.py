"""Every select of programmes but those of uses (`use_queries.py`)."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Row, Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.auth import Principal
from services.survey.catalogue.models import AudienceUnit, Service
from services.survey.organisation.models import Unit
from services.survey.organisation.queries import descendants, within
from services.survey.programmes.models import Programme, ProgrammeRun
from services.survey.programmes.rules import last_day_of
from services.survey.waves.models import Wave, WaveUnit
from services.survey.waves.right_queries import made_by, still_theirs

SORTABLE = {"createdAt": Programme.created_at, "updatedAt": Programme.updated_at}
RUNS_SORTABLE = {"ranAt": ProgrammeRun.ran_at}


def visible(principal: Principal, *, active: bool | None = None, survey_id: UUID | None = None) -> Select[Programme]:
    """All of the organisation, or those whose services are all of the caller's providers, or whose makers' units are."""
    programmes = select(Programme).where(Programme.organisation_id == principal.organisation_id)
    if active is not None:
        programmes = programmes.where(Programme.active == active)
    if survey_id is not None:
        programmes = programmes.where(Programme.survey_id == survey_id)
    return programmes.where(made_by(principal, Programme.service_ids, Programme.maker_unit_ids))


async def programme_of(
    session: AsyncSession, principal: Principal, programme_id: UUID, *, lock: bool = False
) -> Programme | None:
    found = visible(principal).where(Programme.id == programme_id)
    return (await session.scalars(found.with_for_update() if lock else found)).one_or_none()


async def measured(session: AsyncSession, programme: Programme) -> list[UUID]:
    """Those of its services that are there still and still its makers'."""
    return await still_theirs(session, programme.service_ids, programme.maker_unit_ids)


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


async def others_due(session: AsyncSession, programme_id: UUID, since: datetime, before: datetime) -> datetime | None:
    """When the last of those draws is due that have precedence over one after interactions. What was due before `since`
    has lost it: it may fail for ever."""
    programmes = select(func.max(Programme.due_at)).where(
        Programme.id != programme_id, Programme.due_at > since, Programme.due_at < before,
        Programme.schedule["kind"].astext != "afterInteraction",
    )  # fmt: skip
    waves = select(func.max(Wave.opens_at)).where(
        Wave.status == "draft", Wave.scheduled, Wave.opens_at > since, Wave.opens_at < before
    )
    found = [await session.scalar(programmes), await session.scalar(waves)]
    return max((at for at in found if at is not None), default=None)


async def waves_of(session: AsyncSession, programme_id: UUID, *, daily: bool = False) -> list[UUID]:
    """`daily`: those that are, or were, added to."""
    found = select(Wave.id).where(Wave.programme_id == programme_id)
    return list((await session.scalars(found.where(Wave.last_day.is_not(None)) if daily else found)).all())


async def open_wave(session: AsyncSession, programme_id: UUID) -> Wave | None:
    """The last, locked."""
    found = select(Wave).where(Wave.programme_id == programme_id, Wave.status == "open")
    return (await session.scalars(found.order_by(Wave.id.desc()).limit(1).with_for_update())).one_or_none()


async def added_to(session: AsyncSession, programme: Programme, day: date) -> Wave | None:
    """The wave that is added to on this day, locked. To one of former makers nobody is added, nor to one of another
    audience, or over a service that is no longer theirs; after interactions to one that has all that the programme
    measures now. Nor to one that outlasts the period, if that has become shorter, for there is nobody left to ask in it
    until then. Nor are people of the one kind added to a wave of the other: what may be told of a turnout hangs on how
    all of it were asked."""
    used = programme.schedule["kind"] == "afterInteraction"
    ends = last_day_of(day, programme.schedule["period"])
    found = select(Wave).where(
        Wave.programme_id == programme.id, Wave.status == "open", Wave.last_day.between(day, ends),
        Wave.maker_unit_ids == programme.maker_unit_ids, (Wave.service_choice == "used") == used,
        Wave.audience.contains(programme.audience), Wave.audience.contained_by(programme.audience),
    )  # fmt: skip
    wave = (await session.scalars(found.order_by(Wave.id.desc()).limit(1).with_for_update())).one_or_none()
    if wave is None:
        return None
    if used:
        return wave if set(await measured(session, programme)) <= set(wave.service_ids) else None
    whole = await still_theirs(session, wave.service_ids, wave.maker_unit_ids) == wave.service_ids
    return wave if whole else None


async def open_by_hand(session: AsyncSession, programme_id: UUID) -> Wave | None:
    """Of a run that was planned for no time but its own."""
    by_hand = select(ProgrammeRun.wave_id).where(
        ProgrammeRun.programme_id == programme_id, ProgrammeRun.planned_at == ProgrammeRun.ran_at
    )
    found = select(Wave).where(Wave.programme_id == programme_id, Wave.status == "open", Wave.id.in_(by_hand))
    return (await session.scalars(found.limit(1))).one_or_none()


async def has_run(session: AsyncSession, programme_id: UUID, since: datetime | None = None) -> bool:
    """Whether a run since then opened a wave or added to one; it may have been nobody's turn on that day."""
    runs = select(ProgrammeRun.id).where(ProgrammeRun.programme_id == programme_id, ProgrammeRun.wave_id.is_not(None))
    runs = runs if since is None else runs.where(ProgrammeRun.ran_at >= since)
    return await session.scalar(runs.limit(1)) is not None


async def codes_since(session: AsyncSession, programme_id: UUID, since: datetime) -> list[str | None]:
    """Of the runs since then, the last first; None of one that invited somebody."""
    found = select(ProgrammeRun.code).where(ProgrammeRun.programme_id == programme_id, ProgrammeRun.ran_at >= since)
    return list((await session.scalars(found.order_by(ProgrammeRun.ran_at.desc()))).all())


async def last_look(session: AsyncSession, programme_id: UUID) -> tuple[datetime, UUID | None] | None:
    """When it ran last, and for which wave; a run that was refused looked at nothing."""
    last = select(ProgrammeRun.ran_at, ProgrammeRun.wave_id).order_by(ProgrammeRun.ran_at.desc()).limit(1)
    found = last.where(ProgrammeRun.programme_id == programme_id, ProgrammeRun.code.is_(None))
    row = (await session.execute(found)).one_or_none()
    return None if row is None else (row.ran_at, row.wave_id)


async def invited_so_far(session: AsyncSession, wave_id: UUID) -> int:
    found = select(func.coalesce(func.sum(WaveUnit.invited), 0)).where(WaveUnit.wave_id == wave_id)
    return int(await session.scalar(found) or 0)


def runs(programme_id: UUID) -> Select[ProgrammeRun]:
    return select(ProgrammeRun).where(ProgrammeRun.programme_id == programme_id)
