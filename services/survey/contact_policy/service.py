"""The organisation's contact policy."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.etags import require_match
from services.shared.patch import patched
from services.survey.contact_policy import queries
from services.survey.contact_policy.models import Contact, ContactPolicy
from services.survey.contact_policy.rules import Limits, Quiet, after_quiet
from services.survey.contact_policy.schemas import ContactPolicyBody
from services.survey.organisation import queries as organisations
from services.survey.programmes import replanning
from services.survey.waves.models import Wave


async def found(session: AsyncSession) -> ContactPolicy:
    """Without limits, and not in the database, while nobody has set any."""
    policy = await queries.policy(session)
    return policy or ContactPolicy(organisation_id=session.info["organisation_id"], quiet_periods=[], version=1)


async def held(session: AsyncSession) -> ContactPolicy:
    """Locked until the transaction ends."""
    fresh = insert(ContactPolicy).values(organisation_id=session.info["organisation_id"], quiet_periods=[])
    await session.execute(fresh.on_conflict_do_nothing())
    policy = await queries.policy(session, lock=True)
    assert policy is not None
    return policy


async def change(session: AsyncSession, if_match: str | None, patch: Mapping[str, Any]) -> ContactPolicy:
    """What waits for its time is looked at again from what was planned, since the quiet periods may have changed."""
    await _look_again(session)
    policy = await held(session)
    require_match(if_match, policy.version)
    body = patched(ContactPolicyBody.model_validate(policy), patch)
    policy.maximum_invitations, policy.within_days = body.maximum_invitations, body.within_days
    policy.minimum_days_between = body.minimum_days_between
    policy.quiet_periods = [period.model_dump(mode="json") for period in body.quiet_periods]
    policy.version += 1
    await session.flush()
    return policy


async def _look_again(session: AsyncSession) -> None:
    """First, for draws hold the row of their programme or wave when they come for the policy's."""
    now = datetime.now(ZoneInfo("UTC"))
    await replanning.as_planned(session)
    await session.execute(
        update(Wave)
        .where(Wave.due_at > now)
        .values(due_at=now, opens_at=func.coalesce(Wave.planned_at, Wave.opens_at), updated_at=Wave.updated_at)
    )


def quiet_of(policy: ContactPolicy) -> list[Quiet]:
    return [
        Quiet(date.fromisoformat(period["startDate"]), date.fromisoformat(period["endDate"]))
        for period in policy.quiet_periods
    ]


def limits_of(policy: ContactPolicy, day: date, between: int | None = None) -> Limits:
    """`between`: the days that a programme asks for itself; the longer holds."""
    longest = max(policy.minimum_days_between or 0, between or 0)
    return Limits(day, policy.maximum_invitations, policy.within_days, longest or None, policy.minimum_days_between)


async def when_allowed(session: AsyncSession, at: datetime) -> datetime:
    """The same, or the first time after the quiet periods that it falls into."""
    organisation = await organisations.organisation(session)
    assert organisation is not None
    return after_quiet(at, organisation.time_zone, quiet_of(await found(session)))


async def carry_over(session: AsyncSession, former: Collection[UUID], employee_id: UUID) -> None:
    """To somebody who is there again under another id: whoever was invited lately still was."""
    columns = ["organisation_id", "wave_id", "employee_id", "invited_date"]
    carried = insert(Contact).from_select(columns, queries.invited_as(former, employee_id))
    await session.execute(carried.on_conflict_do_nothing())
