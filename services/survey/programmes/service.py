"""What is done with a programme by hand. How it runs is in `running.py`."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.auth import Principal
from services.shared.ids import new_id
from services.shared.patch import patched
from services.shared.problems import body_error, conflict, not_found
from services.survey.contact_policy import service as policies
from services.survey.organisation.models import Organisation
from services.survey.programmes import planning, queries
from services.survey.programmes.filling import fill
from services.survey.programmes.models import Programme
from services.survey.programmes.schemas import ContinuousSchedule, DailySchedule, OnceSchedule, ProgrammeBody
from services.survey.programmes.schemas import Programme as Shown
from services.survey.programmes.sharing_queries import least_of
from services.survey.programmes.turning import left_to_others, plan_of, refuse_crowd
from services.survey.waves import queries as waves
from services.survey.waves.models import Wave
from services.survey.waves.service import audience_of, size_of, today

SIZED_BY = ("service_ids", "audience", "schedule", "sample", "minimum_group", "contact_rules")  # how many it could ask


async def create(session: AsyncSession, principal: Principal, body: ProgrammeBody) -> Programme:
    programme = Programme(id=new_id(), organisation_id=principal.organisation_id)
    _refuse_the_past(body)
    await fill(session, principal, programme, body, None)
    await _refuse_too_few(session, programme, body)
    if body.active and isinstance(body.schedule, ContinuousSchedule):
        await refuse_crowd(session, programme, body.schedule.start_date)
    await planning.plan(session, programme, datetime.now(UTC))
    session.add(programme)
    await session.flush()
    return programme


async def find(session: AsyncSession, principal: Principal, programme_id: UUID, *, lock: bool = False) -> Programme:
    programme = await queries.programme_of(session, principal, programme_id, lock=lock)
    if programme is None:
        raise not_found("programme")
    return programme


async def change(session: AsyncSession, principal: Principal, programme: Programme, patch: Mapping[str, Any]) -> None:
    """Waves that are open stay as they are."""
    before = body_of(programme)
    after = patched(before, _whole(before, patch))
    if after.schedule != before.schedule:
        _refuse_the_past(after)
    if after.schedule.kind != before.schedule.kind:
        programme.cycle_date = programme.cycle_end_date = programme.cycle_days = programme.former_cycle_days = None
    resized = any(getattr(after, name) != getattr(before, name) for name in SIZED_BY)
    left = dict[Programme, float]()
    if (resized or not before.active) and after.active and isinstance(after.schedule, ContinuousSchedule):
        asked = before.active and isinstance(before.schedule, ContinuousSchedule)
        left = await left_to_others(session, programme, after.schedule.start_date, beside=asked)
    await fill(session, principal, programme, after, patch)
    if resized:
        await _refuse_too_few(session, programme, after)
    if left and isinstance(after.schedule, ContinuousSchedule):
        await refuse_crowd(session, programme, after.schedule.start_date, left)
    if after.schedule.kind != before.schedule.kind:
        await planning.plan(session, programme, datetime.now(UTC))
    elif after.schedule != before.schedule:
        await planning.replan(session, programme)
    elif after.active != before.active:  # otherwise it may be due at this very moment
        await planning.put(session, programme, active=after.active)
    programme.version += 1
    await session.flush()


def _whole(before: ProgrammeBody, patch: Mapping[str, Any]) -> dict[str, Any]:
    """Another kind of sample or schedule takes the place of the old one, with nothing of it."""
    whole = dict(patch)
    for name in ("sample", "schedule"):
        given = patch.get(name)
        if isinstance(given, Mapping) and "kind" in given:
            had = getattr(before, name).model_dump(mode="json")
            if had["kind"] != given["kind"]:
                whole[name] = {**dict.fromkeys(had), **given}
    return whole


async def set_active(session: AsyncSession, programme: Programme, *, active: bool) -> None:
    if programme.active == active:
        return
    schedule = planning.schedule_of(programme)
    if active and isinstance(schedule, ContinuousSchedule):
        await refuse_crowd(session, programme, schedule.start_date)
    await planning.put(session, programme, active=active)
    programme.version += 1
    await session.flush()


async def remove(session: AsyncSession, programme: Programme) -> None:
    if await queries.has_run(session, programme.id):
        raise conflict("programmeHasRun", "This programme has waves; pause it instead.")
    await session.delete(programme)


def body_of(programme: Programme) -> ProgrammeBody:
    units = [str(unit) for unit in programme.audience]
    return ProgrammeBody.model_validate({
        "survey_id": programme.survey_id, "title": programme.title,
        "service_ids": [str(service) for service in programme.service_ids],
        "audience": {"unit_ids": units} if units else None, "schedule": programme.schedule, "sample": programme.sample,
        "service_choice": programme.service_choice, "closes_after_days": programme.closes_after_days,
        "reminders": programme.reminders, "minimum_group": programme.minimum_group,
        "comment_minimum_group": programme.comment_minimum_group,
        "contact_rules": {"minimum_days_between": programme.minimum_days_between}, "active": programme.active,
    })  # fmt: skip


def shown(programme: Programme) -> Shown:
    return Shown.model_validate({
        **body_of(programme).model_dump(by_alias=False), "id": programme.id, "next_run_at": programme.due_at,
        "created_at": programme.created_at, "updated_at": programme.updated_at,
    })  # fmt: skip


def _refuse_the_past(body: ProgrammeBody) -> None:
    if isinstance(body.schedule, OnceSchedule) and body.schedule.starts_at <= datetime.now(UTC):
        raise body_error("/schedule/startsAt", "inThePast", "must be in the future; to start at once, run it by hand")


async def _refuse_too_few(session: AsyncSession, programme: Programme, body: ProgrammeBody) -> None:
    """Of a standing plan, before it opens one empty wave after the other."""
    organisation = await waves.organisation(session)
    wave = await planned_wave(session, programme, organisation)
    policy, day = await policies.found(session), await today(session, datetime.now(UTC))
    limits = policies.limits_of(policy, day, programme.minimum_days_between)
    audience = audience_of(await waves.strata(session, wave, limits))
    if not audience:
        pointer = "/audience" if programme.audience else "/serviceIds"
        raise body_error(pointer, "emptyAudience", "nobody would be asked, for nobody there uses any of the services")
    if (programme.sample.get("number") or 0) > audience:
        raise body_error("/sample/number", "sampleLargerThanAudience", f"the audience is {audience} people")
    schedule = body.schedule
    size = audience if isinstance(schedule, DailySchedule) else size_of(programme.sample, audience)
    if size < min(wave.minimum_group, audience):
        pointer = "/sample/number" if programme.sample.get("number") else "/sample"
        detail = f"asks {size} of {audience} people; a figure is about {wave.minimum_group} at the least"
        raise body_error(pointer, "tooFewInvited", detail)
    if size < wave.minimum_group and (body.minimum_group or 0) > organisation.minimum_group:
        raise body_error("/minimumGroup", "tooFewInvited", f"the audience is {audience} people")
    if isinstance(schedule, ContinuousSchedule):
        plan = await plan_of(session, programme, policy, max(day, schedule.start_date), organisation)
        if plan.in_a_period < least_of(programme, organisation):
            detail = (
                f"about {plan.in_a_period:.1f} of {audience} people would be asked in one, too few for any figure: the"
                " contact policy, other programmes and the cycle leave no more; choose the longest period, more people,"
                " or a survey at set times"
            )
            raise body_error("/schedule/period", "tooFewInvited", detail)


async def planned_wave(session: AsyncSession, programme: Programme, organisation: Organisation) -> Wave:
    """What it would open, as a draft that is not stored."""
    kind = programme.schedule["kind"]
    return Wave(
        organisation_id=programme.organisation_id, survey_id=programme.survey_id, title=programme.title,
        service_ids=await queries.measured(session, programme), audience=programme.audience, sample=programme.sample,
        maker_unit_ids=programme.maker_unit_ids, service_choice="used" if kind == "afterInteraction" else programme.service_choice,
        reminders=programme.reminders, programme_id=programme.id,
        minimum_group=programme.minimum_group or organisation.minimum_group,
        comment_minimum_group=programme.comment_minimum_group or organisation.comment_minimum_group,
        minimum_days_between=programme.minimum_days_between, status="draft", revision=1,
    )  # fmt: skip
