"""Asking everybody in turn: the portions of a continuous programme."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.problems import conflict
from services.survey.contact_policy.models import ContactPolicy
from services.survey.contact_policy.rules import Limits
from services.survey.contact_policy.service import found, held, limits_of, quiet_of
from services.survey.organisation.models import Organisation
from services.survey.programmes import queries, recurrence, rules, sharing_queries
from services.survey.programmes.models import Programme
from services.survey.programmes.planning import Today, when_it_may
from services.survey.programmes.schemas import ContinuousSchedule
from services.survey.programmes.sharing import Share
from services.survey.programmes.sharing_queries import least_of
from services.survey.waves import drawing
from services.survey.waves import queries as waves
from services.survey.waves.drawing import Drawn, Turns
from services.survey.waves.models import Wave
from services.survey.waves.previewing import skipped_of

YEAR = timedelta(days=366)


async def plan_of(
    session: AsyncSession, programme: Programme, policy: ContactPolicy, day: date, organisation: Organisation
) -> Share:
    """What the policy lets somebody be asked is for all programmes that ask them in turn. Did each of them plan on all
    of it, everybody would be at its limit after some months, and the waves until they come free would be empty."""
    programmes = [programme, *await sharing_queries.others(session, programme, day)]
    return (await sharing_queries.shared(session, programmes, policy, day, organisation))[programme]


async def left_to_others(
    session: AsyncSession, programme: Programme, start: date, *, beside: bool
) -> dict[Programme, float]:
    """About how many the waves of others ask, those too that begin within a year of its start; `beside` this one or
    without it."""
    organisation = await waves.organisation(session)
    day = max(Today(datetime.now(UTC), organisation).day, start) + YEAR
    others = await sharing_queries.others(session, programme, day)
    programmes = [programme, *others] if beside else others
    shares = await sharing_queries.shared(session, programmes, await found(session), day, organisation)
    return {each: shares[each].in_a_period for each in others}


async def refuse_crowd(
    session: AsyncSession, programme: Programme, start: date, before: Mapping[Programme, float] | None = None
) -> None:
    """One that would take from another of its makers what its waves need for a figure. `before`: what was left to them,
    if it asked them then. What it may take from those of other makers hangs on `sharing.py` alone."""
    if before is None:
        before = await left_to_others(session, programme, start, beside=False)
    after = await left_to_others(session, programme, start, beside=True)
    organisation = await waves.organisation(session)
    own = [other for other in after if other.maker_unit_ids == programme.maker_unit_ids]
    if any(after[other] < least_of(other, organisation) <= before.get(other, 0) for other in own):
        raise conflict(
            "tooFewInvited",
            "Another continuous programme of yours asks the same people, and the contact policy does not let both ask as"
            " many as a figure is about. Choose other people or a survey at set times, or a longer period for that one.",
        )


async def refuse_short(session: AsyncSession, programme: Programme, schedule: ContinuousSchedule, today: Today) -> None:
    """A wave that would end before as many are asked as a figure is about at the least: their answers would be destroyed.
    They have their turn in the next. It is set against the plan, before the contact policy."""
    policy, least = await found(session), least_of(programme, today.organisation)
    plan = await plan_of(session, programme, policy, today.day, today.organisation)
    if not plan.people:
        return
    if plan.in_a_period < least:
        raise conflict(
            "tooFewInvited",
            f"So few would be asked in a {schedule.period}, as the contact policy and other programmes leave it no more, that"
            f" no figure could reach {least} answers. Choose the longest period, more people, or a survey at set times.",
        )
    if _asked_from(today.day, plan, schedule, policy) < least:
        ends = rules.last_day_of(today.day, schedule.period)
        raise conflict(
            "tooFewInvited",
            f"So few would be asked until {ends}, when this {schedule.period} ends, that no figure could reach {least}"
            " answers; it asks nobody until then.",
        )


async def next_wave(session: AsyncSession, programme: Programme, schedule: ContinuousSchedule, today: Today) -> int:
    """About how many the next wave asks that it opens, in what is left of a period; nobody, if it would open none."""
    policy, at = await found(session), max(today.now, programme.planned_at or today.now)
    added_to = await queries.added_to(session, programme, today.day)
    if added_to is not None and added_to.last_day is not None:
        following = added_to.last_day + timedelta(days=1)
        at = recurrence.at_local(following, time.fromisoformat(schedule.start_time), today.zone)
    day = (await when_it_may(session, programme, at, today.zone)).astimezone(today.zone).date()
    plan = await plan_of(session, programme, policy, day, today.organisation)
    number, least = _asked_from(day, plan, schedule, policy), least_of(programme, today.organisation)
    if number < least:
        number = _asked_from(rules.last_day_of(day, schedule.period) + timedelta(days=1), plan, schedule, policy)
    return round(number) if number >= least else 0


def _asked_from(day: date, plan: Share, schedule: ContinuousSchedule, policy: ContactPolicy) -> float:
    """About how many one wave asks from this day until its period ends."""
    part = rules.part_left(day, schedule.period, recurrence.holidays_of(schedule.public_holidays), quiet_of(policy))
    return plan.in_a_period * part


class Left(NamedTuple):
    """How many people there are, how many of them still have a turn, if not today, and how many may be asked today."""

    people: int
    waiting: int
    free: int


async def add(
    session: AsyncSession, programme: Programme, schedule: ContinuousSchedule, wave: Wave, today: Today, turns: Turns
) -> Drawn:
    """Today's portion. Of a cycle those too are left who wait for the next wave, as this one asked them already."""
    policy = await held(session)
    limits = limits_of(policy, today.day, programme.minimum_days_between)
    plan = await plan_of(session, programme, policy, today.day, today.organisation)
    cycle = _cycle_of(programme, schedule, limits.day, plan.days)
    turns = turns._replace(cycle=cycle.first, apart=cycle.apart(today.day))
    left = await _left(session, wave, limits, turns._replace(opened=None))
    if cycle.is_over(today.day, left.free, left.people):
        cycle = cycle.following(today.day)
        turns = turns._replace(cycle=cycle.first, apart=cycle.apart(today.day))
        left = await _left(session, wave, limits, turns._replace(opened=None))
    programme.cycle_date, programme.cycle_end_date = cycle.first, cycle.last
    programme.cycle_days, programme.former_cycle_days = cycle.days, cycle.former
    in_wave = await _left(session, wave, limits, turns)
    start = rules.seed_of(programme.sample["seed"], rules.first_day_of(today.day, schedule.period))
    pace = cycle.pace(today.day, left.waiting, left.people, in_wave.waiting)
    size = rules.portion(*pace, start, cycle.nth(today.day))
    seed = rules.seed_of(programme.sample["seed"], today.day)
    drawn = await drawing.add(session, wave, size, limits, turns, seed)
    wave.skipped = skipped_of(drawn.units, today.organisation.minimum_group)
    return drawn._replace(skipped=wave.skipped)


def _cycle_of(programme: Programme, schedule: ContinuousSchedule, day: date, planned: int) -> rules.Cycle:
    """As the last run left it, of the length that it is to have now."""
    days = rules.cycle_length(planned, schedule.period)
    holidays = recurrence.holidays_of(schedule.public_holidays)
    if programme.cycle_date is None:
        return rules.Cycle(day, days, schedule.period, holidays)
    cycle = rules.Cycle(
        programme.cycle_date, programme.cycle_days or days, schedule.period, holidays, programme.cycle_end_date,
        programme.former_cycle_days,
    )  # fmt: skip
    return cycle if cycle.days == days else cycle.of_length(days, day)


async def _left(session: AsyncSession, wave: Wave, limits: Limits, turns: Turns) -> Left:
    """Of units that used a service when the wave opened. Others have their turn in the next. Who opted out has none, nor
    who is on leave until they are back, for which the rest should not be hurried."""
    used = frozenset[UUID]().union(*(await waves.used(session, wave.id)).values())
    strata = await waves.strata(session, wave, limits, turns)
    theirs = [stratum for stratum in strata if stratum.unit_id in used and stratum.served]
    people = sum(stratum.population for stratum in theirs)
    waiting = people - sum(stratum.had_turn + stratum.away for stratum in theirs)
    return Left(people, waiting, sum(stratum.free for stratum in theirs))
