"""Reminders: of an ordinary wave to all at once, of one that is added to daily to each day's invited by themselves. Who
answered is left out as the mails go (`recipients.py`); no event says who that is."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.events import ReminderDue
from services.shared.outbox import append, append_many
from services.survey.contact_policy.service import when_allowed
from services.survey.waves import queries, rules
from services.survey.waves.models import Wave

ISSUED = 500  # the most invitations that one event names
Entry = TypeVar("Entry")


def pieces(entries: Sequence[Entry], size: int) -> Iterator[list[Entry]]:
    for start in range(0, len(entries), size):
        yield list(entries[start : start + size])


async def remind(session: AsyncSession, wave: Wave, now: datetime) -> None:
    """Of several that are due at once, after an outage, only the last goes out: nobody needs two in one hour."""
    passed = [at for at in await reminder_times(session, wave) if at <= now]
    if passed and wave.reminded_date is not None:
        await _remind_portions(session, wave, now)
    elif passed:
        wave.reminders_sent += len(passed)
        await append(session, ReminderDue(wave_id=wave.id, number=wave.reminders_sent))


async def _remind_portions(session: AsyncSession, wave: Wave, now: datetime) -> None:
    assert wave.opens_at is not None
    assert wave.reminded_date is not None
    zone = ZoneInfo((await queries.organisation(session)).time_zone)
    opened, day = wave.opens_at.astimezone(zone).date(), now.astimezone(zone).date()
    due = rules.portions_due(wave.reminders, (wave.reminded_date - opened).days, (day - opened).days)
    wave.reminded_date = day
    portions = await queries.portions(session, wave.id, due)
    await append_many(session, [
        ReminderDue(wave_id=wave.id, number=due[portion], invitation_ids=[str(number) for number in piece])
        for portion, numbers in sorted(portions.items()) for piece in pieces(numbers, ISSUED)
    ])  # fmt: skip


async def reminder_times(session: AsyncSession, wave: Wave) -> list[datetime]:
    """When the reminders that are still to go out may; of a wave that is added to, when the next day's may."""
    assert wave.opens_at is not None
    if not wave.reminders:
        return []
    zone = ZoneInfo((await queries.organisation(session)).time_zone)
    if wave.reminded_date is None:
        planned = rules.reminder_times(wave.opens_at, wave.reminders, wave.reminders_sent, zone)
    else:
        time = wave.opens_at.astimezone(zone).time()
        planned = [datetime.combine(wave.reminded_date + timedelta(days=1), time, zone)]
    return [await when_allowed(session, at) for at in planned]
