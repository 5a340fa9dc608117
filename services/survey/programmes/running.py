"""Running programmes: opening a wave, or adding a day's portion to the one of the period.

A run is one transaction, under the programme's row lock: its wave, its invitations, the ledger, the events that let the
mails go, and when the programme is due next. Whatever dies in the middle leaves all as it was, and the run is due still.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.problems import Problem, conflict
from services.survey.contact_policy.service import found, held, limits_of, when_allowed
from services.survey.programmes import queries, recurrence, rules, turning, use_queries, using
from services.survey.programmes.models import Programme, ProgrammeRun
from services.survey.programmes.planning import Today, plan, plan_again, schedule_of, when_it_may
from services.survey.programmes.schemas import AfterInteractionSchedule, ContinuousSchedule, DailySchedule
from services.survey.programmes.service import planned_wave
from services.survey.waves import fielding
from services.survey.waves import queries as waves
from services.survey.waves.announcing import issue
from services.survey.waves.drawing import Drawn, Turns
from services.survey.waves.models import Wave
from services.survey.waves.previewing import previewed, previewed_after_use
from services.survey.waves.right_queries import hold
from services.survey.waves.schemas import SamplePreview

log = structlog.get_logger()
YIELDS = timedelta(minutes=1)  # after the draws that have precedence
PRECEDENCE = timedelta(hours=1)  # from when a draw is due


async def run_by_hand(session: AsyncSession, programme: Programme, keys: Sequence[bytes]) -> Wave:
    """Whether it is paused or not."""
    today = Today(datetime.now(UTC), await waves.organisation(session))
    if await when_allowed(session, today.now) > today.now:
        raise conflict("quietPeriod", "The organisation's contact policy lets nothing go out today.")
    others = await _others_due(session, programme, today)
    if others is not None:
        at = others.astimezone(today.zone)
        raise conflict(
            "othersDueToday", f"It leaves people to what is due on {at:%Y-%m-%d at %H:%M}; run it after that."
        )
    await _refuse_twice(session, programme, today, await queries.open_wave(session, programme.id))
    wave, drawn = await _run(session, programme, keys, today)
    _record(session, programme, today.now, today.now, wave, drawn)
    await session.flush()
    return wave


async def _refuse_twice(session: AsyncSession, programme: Programme, today: Today, beside: Wave | None) -> None:
    """`beside`: a wave that is open still, and would have the same people."""
    midnight = datetime.combine(today.day, datetime.min.time(), today.zone)
    if await queries.has_run(session, programme.id, midnight):
        raise conflict("alreadyRanToday", "It ran today; the next run follows at its time.")
    if beside is not None and not isinstance(schedule_of(programme), DailySchedule):
        raise conflict("waveOpen", "The wave of an earlier run is open; close it first, or wait for its end.")


async def run_due(session: AsyncSession, programme: Programme, keys: Sequence[bytes], now: datetime) -> None:
    """Of a programme whose row is locked. What cannot open is recorded, and the programme goes on. That a wave which it
    opened at its time is open still is its plan; one that was opened by hand beside it takes the place of this."""
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
            await _refuse_twice(session, programme, today, await queries.open_by_hand(session, programme.id))
            wave, drawn = await _run(session, programme, keys, today)
            _record(session, programme, planned, now, wave, drawn)
    except Problem as problem:
        await session.refresh(programme)
        log.warning("programme did not run", programme=str(programme.id), code=problem.code)
        _record(session, programme, planned, now, None, Drawn([]), problem.code)
    await plan(session, programme, now)
    await plan_again(session, programme, planned, today)
    await session.flush()


async def _waits_until(session: AsyncSession, programme: Programme, today: Today) -> datetime:
    """For a day on which it may run; after interactions for the day's other draws, which have precedence."""
    assert programme.due_at is not None
    for at in (programme.due_at, today.now):
        allowed = await when_it_may(session, programme, at, today.zone)
        if allowed > today.now:
            time = programme.due_at.astimezone(today.zone).time()
            return recurrence.at_local(allowed.astimezone(today.zone).date(), time, today.zone)
    others = await _others_due(session, programme, today)
    return today.now if others is None else max(others, today.now) + YIELDS


async def _others_due(session: AsyncSession, programme: Programme, today: Today) -> datetime | None:
    """When the last of the day's draws is due that one after interactions leaves people to."""
    if not isinstance(schedule_of(programme), AfterInteractionSchedule):
        return None
    midnight = datetime.combine(today.day + timedelta(days=1), datetime.min.time(), today.zone)
    return await queries.others_due(session, programme.id, today.now - PRECEDENCE, midnight - 2 * YIELDS)


def _record(
    session: AsyncSession, programme: Programme, planned: datetime, ran_at: datetime, wave: Wave | None, drawn: Drawn,
    code: str | None = None,
) -> None:  # fmt: skip
    session.add(
        ProgrammeRun(
            organisation_id=programme.organisation_id, programme_id=programme.id, planned_at=planned,
            ran_at=ran_at, wave_id=wave.id if wave else None, invited=len(drawn.numbers), skipped=dict(drawn.skipped),
            code=code,
        )
    )  # fmt: skip


async def _run(session: AsyncSession, programme: Programme, keys: Sequence[bytes], today: Today) -> tuple[Wave, Drawn]:
    await held(session)  # before the services, as every draw
    await hold(session, programme.service_ids)
    if not await queries.measured(session, programme):
        raise conflict("noServicesLeft", "Its services are gone, or are another provider's, who may name them anew.")
    schedule = schedule_of(programme)
    if isinstance(schedule, ContinuousSchedule | AfterInteractionSchedule):
        wave = await queries.added_to(session, programme, today.day)
        if wave is None:
            last_day = rules.last_day_of(today.day, schedule.period)
            ends = last_day + timedelta(days=programme.closes_after_days)
            wave, _ = await _open(session, programme, keys, today, ends, last_day)
        drawn = await _add(session, programme, schedule, wave, today)
        await issue(session, wave, drawn.numbers)
        return wave, drawn
    return await _open(session, programme, keys, today, today.day + timedelta(days=programme.closes_after_days))


async def _open(
    session: AsyncSession, programme: Programme, keys: Sequence[bytes], today: Today, ends: date,
    last_day: date | None = None,
) -> tuple[Wave, Drawn]:  # fmt: skip
    wave, schedule = await planned_wave(session, programme, today.organisation), schedule_of(programme)
    if isinstance(schedule, ContinuousSchedule):
        await turning.refuse_short(session, programme, schedule, today)
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
    if isinstance(schedule, AfterInteractionSchedule):
        return await using.add_used(session, programme, schedule, wave, today)
    assert wave.opens_at is not None
    opened = wave.opens_at.astimezone(today.zone).date()
    turns = Turns(await queries.waves_of(session, programme.id, daily=True), None, opened)
    return await turning.add(session, programme, schedule, wave, today, turns)


async def preview(session: AsyncSession, programme: Programme) -> SamplePreview:
    """Of the next wave, if it were drawn now; of a continuous one by the days that are left of its period; after
    interactions of today's portion."""
    today = Today(datetime.now(UTC), await waves.organisation(session))
    wave = await planned_wave(session, programme, today.organisation)
    limits = limits_of(await found(session), today.day, programme.minimum_days_between)
    strata = await waves.strata(session, wave, limits)
    schedule = schedule_of(programme)
    if isinstance(schedule, ContinuousSchedule):
        number = await turning.next_wave(session, programme, schedule, today)
        wave.sample = {"kind": "number", "number": number, "seed": programme.sample["seed"]}
    minimum = today.organisation.minimum_group
    if isinstance(schedule, AfterInteractionSchedule):
        open_wave = await queries.added_to(session, programme, today.day)
        given = await using.values(session, programme, schedule, open_wave or wave, today)
        return previewed_after_use(wave, strata, *await use_queries.used(session, given), minimum)
    return previewed(wave, strata, minimum)
