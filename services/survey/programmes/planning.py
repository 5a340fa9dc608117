"""When a programme runs next. What is planned is kept apart from what is due: a quiet period that holds something up may be
taken back."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import takewhile
from typing import NamedTuple
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from services.survey.contact_policy.service import when_allowed
from services.survey.organisation.models import Organisation
from services.survey.programmes import queries, recurrence, rules
from services.survey.programmes.models import Programme
from services.survey.programmes.schemas import OnceSchedule, PeriodicSchedule, Schedule, start_of
from services.survey.waves import queries as waves

TRIES = 7
SOON = timedelta(days=14)
SCHEDULE: TypeAdapter[Schedule] = TypeAdapter(Schedule)


def schedule_of(programme: Programme) -> Schedule:
    return SCHEDULE.validate_python(programme.schedule)


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


async def plan(session: AsyncSession, programme: Programme, after: datetime) -> None:
    """Its next run after this moment, but for quiet periods."""
    programme.planned_at = await _next(session, programme, after)
    programme.due_at = programme.planned_at if programme.active else None


async def plan_again(session: AsyncSession, programme: Programme, planned: datetime, today: Today) -> None:
    """One that does not run daily tries again on the working days after it, as long as too few people are left to it by
    others and its next run is not soon: a yearly survey would not happen that year."""
    schedule = schedule_of(programme)
    if not isinstance(schedule, OnceSchedule | PeriodicSchedule):
        return
    codes = await queries.codes_since(session, programme.id, today.now - SOON)
    tries = len(list(takewhile(lambda code: code == "tooFewInvited", codes)))
    if not 0 < tries < TRIES:
        return
    if programme.planned_at is not None and programme.planned_at < today.now + SOON:
        return
    country = None if isinstance(schedule, OnceSchedule) else schedule.public_holidays
    holidays = recurrence.holidays_of(country)
    day = rules.next_working_day(today.day + timedelta(days=1), holidays)
    programme.planned_at = recurrence.at_local(day, planned.astimezone(today.zone).time(), today.zone)
    programme.due_at = programme.planned_at


async def when_it_may(session: AsyncSession, programme: Programme, at: datetime, zone: ZoneInfo) -> datetime:
    """The same, or the first time after it that is in no quiet period and on one of its schedule's days: a quiet period
    may end before a weekend or a public holiday."""
    schedule = schedule_of(programme)
    while True:
        allowed = _on_its_day(schedule, await when_allowed(session, at), zone)
        if allowed == at:
            return at
        at = allowed


def _on_its_day(schedule: Schedule, at: datetime, zone: ZoneInfo) -> datetime:
    if isinstance(schedule, OnceSchedule):
        return at
    local, holidays = at.astimezone(zone), recurrence.holidays_of(schedule.public_holidays)
    if isinstance(schedule, PeriodicSchedule) and local.date() not in holidays:
        return at
    day = rules.next_working_day(local.date(), holidays)
    return at if day == local.date() else recurrence.at_local(day, local.time(), zone)


async def put(session: AsyncSession, programme: Programme, *, active: bool) -> None:
    """Pauses or resumes it. What a quiet period holds up still is not missed."""
    programme.active, now = active, datetime.now(UTC)
    if not active:
        programme.due_at = None
        return
    if programme.planned_at is not None:
        zone = ZoneInfo((await waves.organisation(session)).time_zone)
        programme.due_at = (await when_it_may(session, programme, programme.planned_at, zone)).astimezone(UTC)
    if programme.due_at is None or programme.due_at <= now:
        await plan(session, programme, now)


async def replan(session: AsyncSession, programme: Programme) -> None:
    """By another schedule of the same kind. A run that was due and did not happen yet, as a quiet period holds it up say,
    is not lost by it: it happens by the new schedule, if that has one since the day for which it was planned."""
    since = now = datetime.now(UTC)
    zone = ZoneInfo((await waves.organisation(session)).time_zone)
    if programme.planned_at is not None and programme.planned_at <= now:
        waits = programme.due_at is not None
        if waits or await when_it_may(session, programme, programme.planned_at, zone) > now:
            day = programme.planned_at.astimezone(zone).date()
            since = recurrence.at_local(day, time.min, zone) - timedelta(microseconds=1)
    await plan(session, programme, since)
    if programme.due_at is not None:
        programme.due_at = (await when_it_may(session, programme, programme.due_at, zone)).astimezone(UTC)


async def _next(session: AsyncSession, programme: Programme, after: datetime) -> datetime | None:
    schedule = schedule_of(programme)
    if isinstance(schedule, OnceSchedule):
        return schedule.starts_at if schedule.starts_at > after else None
    zone = ZoneInfo((await waves.organisation(session)).time_zone)
    holidays = recurrence.holidays_of(schedule.public_holidays)
    start = start_of(schedule.start_date, schedule.start_time)
    if isinstance(schedule, PeriodicSchedule):
        return recurrence.after(schedule.rrule, start, after, zone, holidays)
    return recurrence.next_working_time(start, after, zone, holidays)
