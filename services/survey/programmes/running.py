"""Running programmes: opening a wave, or adding a day's portion to the one of the period.

A run is one transaction, under the programme's row lock: its wave, its invitations, the ledger, the events that let the
mails go, and when the programme is due next. Whatever dies in the middle leaves all as it was, and the run is due still.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.problems import Problem, conflict
from services.survey.contact_policy.rules import Limits
from services.survey.contact_policy.service import found, held, limits_of, when_allowed
from services.survey.organisation.models import Organisation
from services.survey.programmes import queries, recurrence, rules
from services.survey.programmes.models import Programme, ProgrammeRun
from services.survey.programmes.planning import plan, schedule_of
from services.survey.programmes.schemas import AfterInteractionSchedule, ContinuousSchedule, DailySchedule
from services.survey.programmes.service import planned_wave
from services.survey.waves import drawing, fielding
from services.survey.waves import queries as waves
from services.survey.waves.announcing import issue
from services.survey.waves.drawing import Drawn, Turns
from services.survey.waves.models import Wave
from services.survey.waves.schemas import SamplePreview
from services.survey.waves.service import Chosen, previewed

log = structlog.get_logger()
YIELDS = timedelta(minutes=1)  # after the draws that have precedence
ASKED_ABOUT = timedelta(days=7)  # how long after its delay an interaction may still be asked about
LONGEST_OPEN = timedelta(days=365)  # older ones are not looked for
LARGEST = 2**63 - 1  # that a hash may be


class Today(NamedTuple):
    """A run's moment, where the organisation is."""

    now: datetime
    organisation: Organisation

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.organisation.time_zone)

    @property
    def day(self) -> date:
        return self.now.astimezone(self.zone).date()


async def run_by_hand(session: AsyncSession, programme: Programme, keys: Sequence[bytes]) -> Wave:
    """Whether it is paused or not."""
    today = Today(datetime.now(UTC), await waves.organisation(session))
    if await when_allowed(session, today.now) > today.now:
        raise conflict("quietPeriod", "The organisation's contact policy lets nothing go out today.")
    midnight = datetime.combine(today.day, datetime.min.time(), today.zone)
    if await queries.has_run(session, programme.id, midnight):
        raise conflict("alreadyRanToday", "It invited people today; the next run follows at its time.")
    daily = isinstance(schedule_of(programme), DailySchedule)
    if not daily and await queries.open_wave(session, programme.id) is not None:
        raise conflict("waveOpen", "The wave of an earlier run is open; close it first, or wait for its end.")
    wave, drawn = await _run(session, programme, keys, today)
    _record(session, programme, today.now, today.now, wave, drawn)
    await session.flush()
    return wave


async def run_due(session: AsyncSession, programme: Programme, keys: Sequence[bytes], now: datetime) -> None:
    """Of a programme whose row is locked. What cannot open is recorded, and the programme goes on."""
    assert programme.due_at is not None
    assert programme.planned_at is not None
    today = Today(now, await waves.organisation(session))
    waits_until = await _waits_until(session, programme, today)
    if waits_until > now:
        programme.due_at = waits_until
        return
    planned = programme.planned_at
    try:
        async with session.begin_nested():
            wave, drawn = await _run(session, programme, keys, today)
            _record(session, programme, planned, now, wave, drawn)
    except Problem as problem:
        await session.refresh(programme)
        log.warning("programme did not run", programme=str(programme.id), code=problem.code)
        _record(session, programme, planned, now, None, Drawn([], {}), problem.code)
    await plan(session, programme, now)
    await session.flush()


async def _waits_until(session: AsyncSession, programme: Programme, today: Today) -> datetime:
    """For the end of a quiet period; after interactions for the day's other draws, which have precedence."""
    assert programme.due_at is not None
    for at in (programme.due_at, today.now):
        allowed = await when_allowed(session, at)
        if allowed > today.now:
            return allowed
    if not isinstance(schedule_of(programme), AfterInteractionSchedule):
        return today.now
    midnight = datetime.combine(today.day + timedelta(days=1), datetime.min.time(), today.zone)
    others = await queries.others_due(session, programme.id, midnight - 2 * YIELDS)
    return today.now if others is None else max(others, today.now) + YIELDS


def _record(
    session: AsyncSession, programme: Programme, planned: datetime, ran_at: datetime, wave: Wave | None, drawn: Drawn,
    code: str | None = None,
) -> None:  # fmt: skip
    session.add(
        ProgrammeRun(
            organisation_id=programme.organisation_id, programme_id=programme.id, planned_at=planned,
            ran_at=ran_at, wave_id=wave.id if wave else None, invited=len(drawn.numbers), skipped=drawn.skipped, code=code,
        )
    )  # fmt: skip


async def _run(session: AsyncSession, programme: Programme, keys: Sequence[bytes], today: Today) -> tuple[Wave, Drawn]:
    schedule = schedule_of(programme)
    if isinstance(schedule, ContinuousSchedule | AfterInteractionSchedule):
        wave = await queries.open_wave(session, programme.id, today.day)
        if wave is None:
            last_day = rules.last_day_of(today.day, schedule.period)
            ends = last_day + timedelta(days=programme.closes_after_days)
            wave, _ = await _open(session, programme, keys, today, ends, last_day)
        drawn = await _add(session, programme, schedule, wave, today)
        wave.skipped = drawn.skipped
        await issue(session, wave, drawn.numbers)
        return wave, drawn
    return await _open(session, programme, keys, today, today.day + timedelta(days=programme.closes_after_days))


async def _open(
    session: AsyncSession, programme: Programme, keys: Sequence[bytes], today: Today, ends: date,
    last_day: date | None = None,
) -> tuple[Wave, Drawn]:  # fmt: skip
    wave = planned_wave(programme, today.organisation)
    wave.sample = {**programme.sample, "seed": rules.seed_of(programme.sample["seed"], today.day)}
    wave.last_day = last_day
    wave.closes_at = recurrence.at_local(ends, today.now.astimezone(today.zone).time(), today.zone)
    session.add(wave)
    await session.flush()
    drawn = await fielding.open_now(session, wave, keys, today.now)
    return wave, drawn


async def _add(
    session: AsyncSession, programme: Programme, schedule: ContinuousSchedule | AfterInteractionSchedule, wave: Wave,
    today: Today,
) -> Drawn:  # fmt: skip
    siblings = await queries.waves_of(session, programme.id)
    assert wave.opens_at is not None
    opened = wave.opens_at.astimezone(today.zone).date()
    if isinstance(schedule, AfterInteractionSchedule):
        return await _add_used(session, programme, schedule, wave, today, Turns(siblings, None, opened))
    return await _add_turns(session, programme, schedule, wave, today, Turns(siblings, None, opened))


async def _add_turns(
    session: AsyncSession, programme: Programme, schedule: ContinuousSchedule, wave: Wave, today: Today, turns: Turns
) -> Drawn:
    """A continuous programme's portion. A cycle goes on until nobody is left who may be asked, and lasts its days at
    least."""
    limits = limits_of(await held(session), today.day, programme.minimum_days_between)
    programme.cycle_date = programme.cycle_date or today.day
    strata = await _strata(session, wave, limits, turns._replace(cycle=programme.cycle_date))
    last = programme.cycle_date + timedelta(days=schedule.cycle_days - 1)
    if today.day > last and not any(stratum.free for stratum in strata if stratum.served):
        programme.cycle_date, last = today.day, today.day + timedelta(days=schedule.cycle_days - 1)
        strata = await _strata(session, wave, limits, turns._replace(cycle=programme.cycle_date))
    holidays = recurrence.holidays_of(schedule.public_holidays)
    days = rules.working_days(today.day, max(today.day, last), holidays)
    seed = rules.seed_of(programme.sample["seed"], today.day)
    size = rules.portion(_waiting(strata), days, seed)
    turns = turns._replace(cycle=programme.cycle_date)
    return await drawing.add(session, wave, size, limits, turns, seed)


async def _strata(session: AsyncSession, wave: Wave, limits: Limits, turns: Turns) -> list[waves.Stratum]:
    """Of units that used a service when the wave opened. Others have their turn in the next."""
    used = frozenset[UUID]().union(*(await waves.used(session, wave.id)).values())
    return [stratum for stratum in await waves.strata(session, wave, limits, turns) if stratum.unit_id in used]


def _waiting(strata: Sequence[waves.Stratum]) -> int:
    """Who still has a turn in this cycle, if not today. Who opted out has none."""
    return sum(
        stratum.population - stratum.had_turn - stratum.skipped["optedOut"] for stratum in strata if stratum.served
    )


async def _add_used(
    session: AsyncSession, programme: Programme, schedule: AfterInteractionSchedule, wave: Wave, today: Today,
    turns: Turns,
) -> Drawn:  # fmt: skip
    await held(session)
    given = await _after_interactions(session, programme, schedule, wave, today, turns)
    more = {"portion": drawing.portion_of(today.day, turns), "most": None}
    async with drawing.set_based(session):
        return drawing.told((await session.execute(queries.ADD_USED, {**given, **more})).all())


async def _after_interactions(
    session: AsyncSession, programme: Programme, schedule: AfterInteractionSchedule, wave: Wave, today: Today,
    turns: Turns,
) -> dict[str, Any]:  # fmt: skip
    """The values of the statements after interactions. Who was invited to anything on this day is left alone."""
    limits = limits_of(await found(session), today.day, max(1, programme.minimum_days_between or 0))
    condition, ended_by = schedule.condition, today.now - timedelta(days=schedule.delay_days)
    ended_after = ended_by - ASKED_ABOUT
    return {
        **drawing.values(wave, limits, turns), "seed": programme.sample["seed"], "zone": today.organisation.time_zone,
        "below": min(LARGEST, int(schedule.share * LARGEST)), "ended_by": ended_by, "ended_after": ended_after,
        "oldest": ended_after - LONGEST_OPEN, "kinds": condition.kinds, "channels": condition.channels,
        "about": [UUID(service) for service in condition.service_ids] or programme.service_ids,
        "shortest": condition.minimum_minutes, "longest": condition.maximum_minutes,
    }  # fmt: skip


async def preview(session: AsyncSession, programme: Programme) -> SamplePreview:
    """Of the next wave, if it were drawn now; after interactions of today's portion."""
    today = Today(datetime.now(UTC), await waves.organisation(session))
    wave = planned_wave(programme, today.organisation)
    limits = limits_of(await found(session), today.day, programme.minimum_days_between)
    strata = await waves.strata(session, wave, limits)
    schedule = schedule_of(programme)
    if isinstance(schedule, ContinuousSchedule):
        people = sum(stratum.population for stratum in strata if stratum.served)
        number = rules.in_a_period(people, schedule.period, schedule.cycle_days)
        wave.sample = {"kind": "number", "number": number, "seed": programme.sample["seed"]}
    if isinstance(schedule, AfterInteractionSchedule):
        siblings = await queries.waves_of(session, programme.id)
        given = await _after_interactions(session, programme, schedule, wave, today, Turns(siblings))
        return previewed(wave, strata, await _used(session, given))
    return previewed(wave, strata)


async def _used(session: AsyncSession, given: dict[str, Any]) -> Chosen:
    rows = await queries.used(session, given)
    shares = {unit: people for reason, unit, people in rows if reason is None}
    return Chosen(shares, {reason: people for reason, _, people in rows if reason is not None})
