"""What a body or a patch says, put into a programme."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic_core import PydanticCustomError
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.auth import Principal
from services.shared.problems import body_error
from services.survey.organisation import queries as organisations
from services.survey.programmes import queries, recurrence, rules
from services.survey.programmes.models import Programme
from services.survey.programmes.schemas import (
    AfterInteractionSchedule,
    AudienceAsked,
    ContinuousSchedule,
    DailySchedule,
    PeriodicSchedule,
    ProgrammeBody,
    Schedule,
    start_of,
)
from services.survey.surveys import queries as surveys
from services.survey.surveys.models import Survey
from services.survey.waves import queries as waves
from services.survey.waves.right_queries import makers
from services.survey.waves.service import minimum, services_of


async def fill(
    session: AsyncSession, principal: Principal, programme: Programme, body: ProgrammeBody, patch: Mapping[str, Any] | None
) -> None:  # fmt: skip
    """Of a patch what it names is looked up, and nothing else: what the programme named before may be gone."""
    named = body.model_dump(mode="json", by_alias=True) if patch is None else patch
    if not body.title or {"surveyId", "serviceIds"} & named.keys():
        survey = await _survey(session, principal, body.survey_id)
        programme.survey_id, programme.title = survey.id, body.title or survey.definition["title"]
    else:
        programme.title = body.title
    if "audience" in named:
        programme.audience = await _units(session, body.audience)
    if "serviceIds" in named:
        programme.service_ids = await _services(session, principal, survey, body.service_ids, programme.audience)
        programme.maker_unit_ids = await makers(
            session, principal, programme.service_ids, programme.maker_unit_ids or ()
        )
    programme.schedule = await _schedule(session, principal, body.schedule, programme.service_ids, named)
    programme.sample = body.sample.model_dump(mode="json")
    if programme.sample["seed"] is None:
        programme.sample["seed"] = secrets.randbelow(2**31)
    programme.service_choice, programme.closes_after_days = body.service_choice, body.closes_after_days
    programme.reminders, programme.active = body.reminders, body.active
    programme.minimum_days_between = body.contact_rules.minimum_days_between
    await _fill_minimums(session, programme, body)
    _refuse_late_reminders(body)


async def _survey(session: AsyncSession, principal: Principal, survey_id: UUID) -> Survey:
    survey = await surveys.survey(session, principal, survey_id)
    if survey is None:
        raise body_error("/surveyId", "unknownReference", "there is no such survey")
    return survey


async def _units(session: AsyncSession, audience: AudienceAsked | None) -> list[UUID]:
    found: list[UUID] = []
    for place, reference in enumerate(audience.unit_ids if audience else []):
        unit = await organisations.unit_named(session, reference)
        if unit is None:
            raise body_error(f"/audience/unitIds/{place}", "unknownReference", "is no unit here")
        if unit.id in found:
            raise body_error(f"/audience/unitIds/{place}", "duplicate", "names a unit twice")
        found.append(unit.id)
    return found


async def _services(
    session: AsyncSession, principal: Principal, survey: Survey, references: Sequence[str], audience: Sequence[UUID]
) -> list[UUID]:
    if references:
        return await services_of(session, principal, references)
    if not audience:
        raise body_error("/serviceIds", "missing", "name services, or an audience whose services are meant")
    found = await queries.services_used_in(session, principal, audience, survey.provider_id)
    if not found:
        raise body_error("/audience", "emptyAudience", "uses no service that could be measured here")
    return found


async def _schedule(
    session: AsyncSession, principal: Principal, schedule: Schedule, services: Sequence[UUID], named: Mapping[str, Any]
) -> dict[str, Any]:
    made = schedule.model_dump(mode="json")
    if isinstance(schedule, PeriodicSchedule) and "schedule" in named:
        zone = ZoneInfo((await waves.organisation(session)).time_zone)
        try:
            recurrence.check(schedule.rrule, start_of(schedule.start_date, schedule.start_time), zone)
        except PydanticCustomError as refused:
            raise body_error("/schedule/rrule", refused.type, refused.message()) from None
    if isinstance(schedule, ContinuousSchedule) and schedule.cycle_days < rules.SHORTEST[schedule.period]:
        detail = (
            f"nobody is asked twice in one {schedule.period}, so it is {rules.SHORTEST[schedule.period]} at the least"
        )
        raise body_error("/schedule/cycleDays", "shorterThanPeriod", detail)
    if isinstance(schedule, AfterInteractionSchedule):
        about, where = schedule.condition.service_ids, "/schedule/condition/serviceIds"
        if "serviceIds" in ((named.get("schedule") or {}).get("condition") or {}):
            about = [str(service) for service in await services_of(session, principal, about, where)]
        for place, service in enumerate(about):
            if UUID(service) not in services:
                detail = "is none of the services that the programme measures"
                raise body_error(f"{where}/{place}", "notOfThisProgramme", detail)
        made["condition"]["serviceIds"] = about
    return made


async def _fill_minimums(session: AsyncSession, programme: Programme, body: ProgrammeBody) -> None:
    organisation = await waves.organisation(session)
    minimum("/minimumGroup", body.minimum_group, programme.minimum_group, organisation.minimum_group)
    minimum("/commentMinimumGroup", body.comment_minimum_group, programme.comment_minimum_group,
            organisation.comment_minimum_group)  # fmt: skip
    programme.minimum_group, programme.comment_minimum_group = body.minimum_group, body.comment_minimum_group


def _refuse_late_reminders(body: ProgrammeBody) -> None:
    """Who is invited on the first of the days of a wave has the longest until its end."""
    added_for = rules.LONGEST[body.schedule.period] - 1 if isinstance(body.schedule, DailySchedule) else 0
    if any(days >= added_for + body.closes_after_days for days in body.reminders):
        raise body_error("/reminders", "afterTheEnd", "has a reminder that comes after the wave's end")
