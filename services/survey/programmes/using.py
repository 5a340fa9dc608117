"""Asking those who used a service. A use that cannot be asked about any more is counted, not dropped."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.problems import conflict
from services.survey.contact_policy.rules import YEAR, days_back
from services.survey.contact_policy.service import found, held, limits_of, quiet_of
from services.survey.programmes import queries, recurrence, rules, use_queries
from services.survey.programmes.models import Programme
from services.survey.programmes.planning import Today
from services.survey.programmes.schemas import ASKED_ABOUT, AfterInteractionSchedule, start_of
from services.survey.waves import drawing
from services.survey.waves import rules as wave_rules
from services.survey.waves.drawing import Drawn, Turns
from services.survey.waves.models import Wave

LARGEST = 2**63 - 1  # that a hash may be


async def add_used(
    session: AsyncSession, programme: Programme, schedule: AfterInteractionSchedule, wave: Wave, today: Today
) -> Drawn:
    """Those who wait are asked once enough of them do, on each day anew: whoever sees interactions can make a condition
    that one of them meets, change it from run to run, and would read from a run of few whether that one may be asked. So
    as many as a minimum match, and as many are invited, or nobody is."""
    await held(session)
    before = await queries.invited_so_far(session, wave.id)
    asked = await use_queries.ask(session, await values(session, programme, schedule, wave, today))
    least = today.organisation.minimum_group
    enough = asked.matched >= (least if before else wave.minimum_group) and len(asked.numbers) >= least
    if not enough and (asked.matched or not before):
        detail = "So few who used a service could be asked that they wait for others."
        raise conflict("tooFewInvited", detail)
    counted = {"tooLate": asked.too_late, wave_rules.MATCHED: asked.new, wave_rules.LEFT_OUT: asked.left_out}
    wave.skipped = wave_rules.added(wave.skipped, counted)
    return Drawn(asked.numbers, skipped=wave_rules.added({}, {"tooLate": asked.too_late}))


async def values(
    session: AsyncSession, programme: Programme, schedule: AfterInteractionSchedule, wave: Wave, today: Today
) -> dict[str, Any]:
    """Of the statements after interactions. Who was invited to anything on this day is left alone, and who was by this
    programme in this period, whichever wave it was for. `wave` is open, or a draft that the next run would open."""
    policy = await found(session)
    quiet, condition, delay = quiet_of(policy), schedule.condition, timedelta(days=schedule.delay_days)
    limits = limits_of(policy, today.day, max(1, programme.minimum_days_between or 0))

    def left_by(moment: datetime) -> datetime:
        """What ended until then could not be asked about any more at this moment."""
        day = moment.astimezone(today.zone).date()
        return moment - delay - timedelta(days=days_back(day, ASKED_ABOUT, quiet))

    start = start_of(schedule.start_date, schedule.start_time)
    began = max(programme.created_at, recurrence.at_local(start.date(), start.time(), today.zone))
    named = [UUID(service) for service in condition.service_ids] or programme.service_ids
    measured = await queries.measured(session, programme)
    last = await queries.last_look(session, programme.id)
    looked_at, looked_for = last or (began, None)
    opened = wave.opens_at.astimezone(today.zone).date() if wave.opens_at else None
    siblings = await queries.waves_of(session, programme.id)
    turns = Turns(siblings, rules.first_day_of(today.day, schedule.period), opened)
    return {
        **drawing.values(wave, limits, turns), "portion": drawing.portion_of(today.day, turns) if opened else None,
        "most": None, "seed": programme.sample["seed"], "zone": today.organisation.time_zone,
        "below": min(LARGEST, int(schedule.share * LARGEST)), "ended_by": today.now - delay,
        "ended_after": left_by(today.now), "looked_at": looked_at, "looked_for": looked_for,
        "seen_until": looked_at - delay, "left_by": left_by(looked_at) if last else looked_at - delay,
        "oldest": left_by(today.now) - timedelta(days=YEAR),
        "about": [service for service in named if service in measured],
        "kinds": condition.kinds, "channels": condition.channels,
        "shortest": condition.minimum_minutes, "longest": condition.maximum_minutes,
    }  # fmt: skip
