"""Opening, reminding, counting and closing. What happens by itself is decided under the wave's row lock, so that several
replicas do it once; `due_at` says when to look next."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts import events
from services.shared.outbox import append, append_many
from services.shared.problems import Problem, conflict
from services.survey.responses.boxes import open_box
from services.survey.surveys.rules import service_bounds
from services.survey.waves import queries, rules
from services.survey.waves.drawing import draw
from services.survey.waves.models import Wave, WaveProgress
from services.survey.waves.service import shares_of

log = structlog.get_logger()
ISSUED, DRAWN = 500, 2_000  # the most entries of one event
APART = timedelta(hours=12)  # two counts of one wave
Entry = TypeVar("Entry")


async def open_or_schedule(session: AsyncSession, wave: Wave, keys: Sequence[bytes]) -> None:
    """`keys` wrap the key of the wave's ballot box."""
    now = datetime.now(UTC)
    _refuse_unless_draft(wave)
    if wave.opens_at is None or wave.opens_at <= now:
        await open_now(session, wave, keys, now)
        return
    await _prepare(session, wave, wave.opens_at)
    wave.scheduled = True
    wave.revision += 1
    wave.due_at = when_due(wave)
    await session.flush()


async def open_now(session: AsyncSession, wave: Wave, keys: Sequence[bytes], now: datetime) -> None:
    shares, definition = await _prepare(session, wave, now)
    wave.maximum_services = max(1, service_bounds(definition)[1])  # who rates none still answers once
    numbers = await draw(session, wave, shares)
    wave.box_id = await open_box(session, wave.organisation_id, wave.id, keys)
    wave.status, wave.scheduled, wave.opens_at = "open", False, now
    wave.revision += 1
    await count(session, wave, now, first=True)
    await _announce(session, wave, numbers)


def _refuse_unless_draft(wave: Wave) -> None:
    if wave.status == "open":
        raise conflict("alreadyOpen", "This wave is open.")
    if wave.status != "draft":
        raise conflict("waveClosed", "A closed wave is not opened again: its ballots are taken out, all at once.")
    if wave.scheduled:
        raise conflict("alreadyScheduled", "This wave opens by itself at its opensAt; change it to take that back.")


async def _prepare(session: AsyncSession, wave: Wave, at: datetime) -> tuple[dict[UUID, int], dict[str, Any]]:
    """The sample by unit and the survey's version, which from now on is fixed; refuses what could lead to nothing."""
    if wave.closes_at <= at:
        raise conflict("closesInThePast", "closesAt has passed; change it first.")
    wave.version = wave.version or await queries.latest_version(session, wave.survey_id)
    definition = wave.version and await queries.definition(session, wave.survey_id, wave.version)
    if not definition:
        raise conflict("surveyNotPublished", "The survey has no published version.")
    organisation = await queries.organisation(session)
    wave.minimum_group = max(wave.minimum_group, organisation.minimum_group)
    wave.comment_minimum_group = max(wave.comment_minimum_group, organisation.comment_minimum_group)
    shares = shares_of(wave, await queries.strata(session, wave))
    invited = sum(shares.values())
    if not invited:
        raise conflict("emptyAudience", "Nobody uses any of these services.")
    if invited < wave.minimum_group:
        raise conflict("tooFewInvited", f"With {invited} invited no figure could reach {wave.minimum_group} answers.")
    return shares, definition


async def _announce(session: AsyncSession, wave: Wave, numbers: Sequence[int]) -> None:
    units = [
        events.DrawnUnit(unit_id=unit, parent_id=parent, population=population, invited=invited)
        for unit, parent, population, invited in await queries.populations(session, wave.id)
    ]
    users = [
        events.DrawnUsers(unit_id=row.unit_id, service_id=row.service_id, provider_id=row.provider_id, users=row.users)
        for row in await queries.users(session, wave.id)
    ]
    assert wave.version is not None
    assert wave.maximum_services is not None
    assert wave.opens_at is not None
    opened = events.WaveOpened(
        wave_id=wave.id, survey_id=wave.survey_id, version=wave.version, title=wave.title,
        service_ids=wave.service_ids, minimum_group=wave.minimum_group,
        comment_minimum_group=wave.comment_minimum_group, maximum_services=wave.maximum_services,
        opens_at=wave.opens_at, closes_at=wave.closes_at,
    )  # fmt: skip
    await append_many(session, [
        *(events.WaveDrawn(wave_id=wave.id, units=piece) for piece in _pieces(units, DRAWN)),
        *(events.WaveDrawn(wave_id=wave.id, users=piece) for piece in _pieces(users, DRAWN)),
        opened,
        *(events.InvitationsIssued(wave_id=wave.id, invitation_ids=[str(number) for number in piece])
          for piece in _pieces(numbers, ISSUED)),
    ])  # fmt: skip


def _pieces(entries: Sequence[Entry], size: int) -> Iterator[list[Entry]]:
    for start in range(0, len(entries), size):
        yield list(entries[start : start + size])


async def close(session: AsyncSession, wave: Wave) -> None:
    """Early: what is closed stays closed."""
    if wave.status == "draft":
        raise conflict("notOpen", "A draft cannot be closed; delete it instead.")
    if wave.status != "open":
        raise conflict("alreadyClosed", "This wave is closed.")
    await _close(session, wave, datetime.now(UTC))


async def _close(session: AsyncSession, wave: Wave, now: datetime) -> None:
    wave.status, wave.closes_at = "closed", min(wave.closes_at, now)
    wave.counts_at = None  # taking out counts once more
    wave.revision += 1
    wave.due_at = when_due(wave)
    await append(session, events.WaveClosed(wave_id=wave.id, closed_at=wave.closes_at))
    await session.flush()


async def count(session: AsyncSession, wave: Wave, now: datetime, *, first: bool = False) -> None:
    """Of an open wave, and when it is to be counted again. That nobody has answered yet as it opens is no secret."""
    own = rules.with_services(await queries.turnouts(session, wave.id), await queries.used(session, wave.id))
    told = rules.tellable(await queries.tree(session, wave.id), own, wave.minimum_group)
    total = sum(own.values(), rules.Turnout())
    zone = await tell(session, wave, now, {**told, None: total} if first else told, total)
    wave.counts_at = rules.next_midnight(now, zone, since=timedelta() if first else APART)
    wave.due_at = when_due(wave)
    await session.flush()


async def tell(
    session: AsyncSession, wave: Wave, now: datetime, told: Mapping[UUID | None, rules.Turnout], total: rules.Turnout
) -> str:
    """Replaces the progress by what may be told of units (None: the whole wave) now; answers the time zone that gave
    the day its date."""
    zone = (await queries.organisation(session)).time_zone
    today = now.astimezone(ZoneInfo(zone)).date()
    await session.execute(delete(WaveProgress).where(WaveProgress.wave_id == wave.id))
    session.add_all(
        WaveProgress(
            organisation_id=wave.organisation_id, wave_id=wave.id, unit_id=unit_id, invited=turnout.invited,
            bounced=turnout.bounced, answered=turnout.answered if unit_id in told else None, as_of_date=today,
        )
        for unit_id, turnout in {None: total, **told}.items()
    )  # fmt: skip
    await session.flush()
    return zone


async def remind(session: AsyncSession, wave: Wave, now: datetime) -> None:
    """Of several that are due at once, after an outage, only the last goes out: nobody needs two in one hour."""
    assert wave.opens_at is not None
    passed = [at for at in rules.reminder_times(wave.opens_at, wave.reminders, wave.reminders_sent) if at <= now]
    if passed:
        wave.reminders_sent += len(passed)
        await append(session, events.ReminderDue(wave_id=wave.id, number=wave.reminders_sent))


async def advance(session: AsyncSession, wave: Wave, keys: Sequence[bytes], now: datetime) -> None:
    """What is due of a wave whose row is locked."""
    if wave.status == "draft":
        await _open_in_time(session, wave, keys, now)
    elif wave.status == "open" and wave.closes_at <= now:
        await _close(session, wave, now)
    else:
        if wave.status == "open":
            await remind(session, wave, now)
        if wave.counts_at is not None and wave.counts_at <= now:
            await count(session, wave, now)
    wave.due_at = when_due(wave)
    await session.flush()


async def _open_in_time(session: AsyncSession, wave: Wave, keys: Sequence[bytes], now: datetime) -> None:
    """What speaks against it now stays a draft, for its owner to see and to open by hand."""
    try:
        async with session.begin_nested():
            await open_now(session, wave, keys, now)
    except Problem as problem:
        await session.refresh(wave)
        log.warning("wave not opened", wave=str(wave.id), code=problem.code)
        wave.scheduled = False
        wave.revision += 1


def when_due(wave: Wave) -> datetime | None:
    """When the scheduler must look at this wave again."""
    if wave.status == "draft":
        return wave.opens_at if wave.scheduled else None
    if wave.status != "open":
        return wave.counts_at
    assert wave.opens_at is not None
    reminders = rules.reminder_times(wave.opens_at, wave.reminders, wave.reminders_sent)
    return min(at for at in (wave.closes_at, wave.counts_at, *reminders) if at is not None)
