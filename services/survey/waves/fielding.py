"""Opening, reminding, counting and closing. What happens by itself is decided under the wave's row lock, so that several
replicas do it once; `due_at` says when to look next."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import delete, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts import events
from services.shared.auth import Principal
from services.shared.outbox import append
from services.shared.problems import Problem, conflict
from services.survey.contact_policy.rules import Limits
from services.survey.contact_policy.service import held, limits_of, when_allowed
from services.survey.responses.boxes import open_box
from services.survey.surveys.rules import service_bounds
from services.survey.waves import queries, rules
from services.survey.waves.announcing import announce, issue, tell_drawn
from services.survey.waves.drawing import Drawn, draw
from services.survey.waves.models import Wave, WaveProgress
from services.survey.waves.previewing import skipped_of
from services.survey.waves.reminding import remind, reminder_times
from services.survey.waves.right_queries import hold, makers
from services.survey.waves.service import audience_of, refuse_moved, size_of
from services.survey.waves.turnouts import Turnout, before_the_end, enough_came, tellable

log = structlog.get_logger()
EVERYBODY = 2**31 - 1
APART = timedelta(hours=12)  # two counts of one wave
# Who came since a wave opened and was invited counts as one of the people there, or there were more answers than people.
RECOUNT = text(
    "UPDATE wave_units SET population = invited"
    " WHERE organisation_id = :organisation AND wave_id = :wave AND population < invited"
)


async def open_or_schedule(session: AsyncSession, principal: Principal, wave: Wave, keys: Sequence[bytes]) -> None:
    """`keys` wrap the key of the wave's ballot box."""
    now = datetime.now(UTC)
    _refuse_unless_draft(wave)
    planned = max(wave.opens_at or now, now)
    at = await when_allowed(session, planned)
    limits = await _prepare(session, wave, at)
    wave.maker_unit_ids = await makers(session, principal, wave.service_ids, wave.maker_unit_ids)
    await refuse_moved(session, wave)  # the caller's right is from before the wait for other draws
    strata = await queries.strata(session, wave, limits)
    _refuse_small_plan(wave, audience_of(strata))
    if (wave.sample.get("number") or 0) > audience_of(strata):
        raise conflict("sampleLargerThanAudience", "Fewer people use these services than the sample asks for.")
    if at <= now:
        await open_now(session, wave, keys, now)
        return
    wave.planned_at, wave.opens_at, wave.scheduled, wave.code = planned, at, True, None
    wave.revision += 1
    await _set_due(session, wave)


async def open_now(session: AsyncSession, wave: Wave, keys: Sequence[bytes], now: datetime) -> Drawn:
    """Draws and invites the sample; of a wave that has a last day, nobody yet."""
    limits = await _prepare(session, wave, now)
    drawn = await draw(session, wave, await _size(session, wave, limits), limits)
    _refuse_small_plan(wave, drawn.audience)
    least = (await queries.organisation(session)).minimum_group
    if not wave.last_day and len(drawn.numbers) < least:
        raise _too_few(wave)
    wave.skipped = {} if wave.last_day else skipped_of(drawn.units, least)
    drawn = drawn._replace(skipped=wave.skipped)
    wave.reminded_date = limits.day if wave.last_day else None
    wave.box_id = await open_box(session, wave.organisation_id, wave.id, keys)
    wave.status, wave.scheduled, wave.planned_at, wave.opens_at, wave.code = "open", False, None, now, None
    wave.revision += 1
    # That nobody has answered yet is no secret; no unit can be told of, and there is nothing to count.
    nobody = Turnout(invited=len(drawn.numbers))
    zone = await tell(session, wave, now, {None: nobody}, nobody)
    wave.counts_at = rules.next_midnight(now, zone)
    await _set_due(session, wave)
    await announce(session, wave)
    await issue(session, wave, drawn.numbers)
    return drawn


def _refuse_unless_draft(wave: Wave) -> None:
    if wave.status == "open":
        raise conflict("alreadyOpen", "This wave is open.")
    if wave.status != "draft":
        raise conflict("waveClosed", "A closed wave is not opened again: its ballots are taken out, all at once.")
    if wave.scheduled:
        raise conflict("alreadyScheduled", "This wave opens by itself at its opensAt; change it to take that back.")


async def _size(session: AsyncSession, wave: Wave, limits: Limits) -> int:
    """Counts the people only where it hangs on them: that takes as long as half a draw."""
    if wave.last_day:
        return 0
    kind = wave.sample["kind"]
    if kind in ("all", "number"):
        return int(wave.sample["number"]) if kind == "number" else EVERYBODY
    return size_of(wave.sample, audience_of(await queries.strata(session, wave, limits)))


async def _prepare(session: AsyncSession, wave: Wave, at: datetime) -> Limits:
    """The limits of the contact policy, which it holds, so that nobody else draws; and the services, always after it.
    Fixes the survey's version; refuses what could lead to nothing."""
    policy = await held(session)
    await hold(session, wave.service_ids)
    await refuse_moved(session, wave)
    if wave.closes_at <= at:
        raise conflict("closesInThePast", "closesAt has passed; change it first.")
    wave.version = wave.version or await queries.latest_version(session, wave.survey_id)
    definition = await queries.definition(session, wave.survey_id, wave.version) if wave.version else None
    if not definition:
        raise conflict("surveyNotPublished", "The survey has no published version.")
    # Who rates none still answers once; who is asked about the one service that they used rates that.
    wave.maximum_services = max(1, service_bounds(definition)[1]) if wave.service_choice != "used" else 1
    organisation = await queries.organisation(session)
    wave.minimum_group = max(wave.minimum_group, organisation.minimum_group)
    wave.comment_minimum_group = max(wave.comment_minimum_group, organisation.comment_minimum_group)
    day = at.astimezone(ZoneInfo(organisation.time_zone)).date()
    return limits_of(policy, day, wave.minimum_days_between)


def _refuse_small_plan(wave: Wave, audience: int) -> None:
    """Before the contact policy: a refusal costs nobody a mail, and with a minimum of the caller's own that was set
    against who is left after it, it would tell of any one person. A wave that is added to invites nobody yet: what
    counts is whether it ever could."""
    if not audience:
        raise conflict("emptyAudience", "Nobody uses any of these services.")
    if (audience if wave.last_day else size_of(wave.sample, audience)) < wave.minimum_group:
        raise _too_few(wave)


def _too_few(wave: Wave) -> Problem:
    detail = f"So few would be invited now that no figure could reach {wave.minimum_group} answers."
    return conflict("tooFewInvited", detail)


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
    wave.due_at = None
    if wave.last_day:  # the counts of those who were added since it opened
        await session.execute(RECOUNT, {"organisation": wave.organisation_id, "wave": wave.id})
        await tell_drawn(session, wave)
        wave.skipped = rules.told_at_the_end(wave.skipped, (await queries.organisation(session)).minimum_group)
    await append(session, events.WaveClosed(wave_id=wave.id, closed_at=wave.closes_at))
    await session.flush()


async def count(session: AsyncSession, wave: Wave, now: datetime) -> None:
    """Of an open wave, and when it is to be counted again. A wave that is added to daily is told of as a whole only: of a
    unit who came last could be seen to have answered, or not. What was told and cannot be told again stays as it was."""
    turnouts, used = await queries.turnouts(session, wave.id), await queries.used(session, wave.id)
    asked, kept = await queries.asked(session, wave), await queries.told(session, wave.id)
    own = before_the_end(turnouts, used, wave.minimum_group, asked)
    tree = {} if wave.last_day else await queries.tree(session, wave.id)
    told, total = tellable(tree, own, wave.minimum_group, kept), sum(own.values(), Turnout())
    if kept.keys() <= told.keys() and enough_came(kept.get(None), total, wave.minimum_group):
        zone = await tell(session, wave, now, told, total)
    else:
        zone = (await queries.organisation(session)).time_zone
    wave.counts_at = rules.next_midnight(now, zone, since=APART)
    await _set_due(session, wave)


async def tell(
    session: AsyncSession, wave: Wave, now: datetime, told: Mapping[UUID | None, Turnout], total: Turnout
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


async def advance(session: AsyncSession, wave: Wave, keys: Sequence[bytes], now: datetime) -> None:
    """What is due of a wave whose row is locked. Nothing goes out in a quiet period, but a wave ends in one as planned."""
    if wave.status == "draft":
        await _open_in_time(session, wave, keys, now)
    elif wave.status == "open" and wave.closes_at <= now:
        await _close(session, wave, now)
    else:
        if wave.status == "open":
            await remind(session, wave, now)
        if wave.counts_at is not None and wave.counts_at <= now:
            await count(session, wave, now)
    await _set_due(session, wave)


async def _open_in_time(session: AsyncSession, wave: Wave, keys: Sequence[bytes], now: datetime) -> None:
    """What speaks against it now stays a draft, for its owner to see and to open by hand."""
    assert wave.planned_at is not None
    opens_at = await when_allowed(session, wave.planned_at)
    if opens_at != wave.opens_at:
        wave.opens_at = opens_at
        wave.revision += 1
    if opens_at > now:
        return
    try:
        async with session.begin_nested():
            await open_now(session, wave, keys, now)
    except Problem as problem:
        await session.refresh(wave)
        log.warning("wave not opened", wave=str(wave.id), code=problem.code)
        wave.scheduled, wave.planned_at, wave.code = False, None, problem.code
        wave.revision += 1


async def _set_due(session: AsyncSession, wave: Wave) -> None:
    """When the scheduler must look at this wave again."""
    if wave.status == "draft":
        wave.due_at = wave.opens_at if wave.scheduled else None
    elif wave.status == "open":
        times = [wave.closes_at, wave.counts_at, *await reminder_times(session, wave)]
        wave.due_at = min(at for at in times if at is not None)
    else:
        wave.due_at = None
    await session.flush()
