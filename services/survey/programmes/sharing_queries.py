"""Where continuous programmes ask the same people."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.survey.catalogue.models import AudienceUnit
from services.survey.contact_policy.models import ContactPolicy
from services.survey.contact_policy.service import limits_of
from services.survey.organisation.models import Employee, Unit
from services.survey.programmes import queries
from services.survey.programmes.models import Programme
from services.survey.programmes.rules import planned_length
from services.survey.programmes.sharing import Asking, People


async def own_people(session: AsyncSession) -> list[People]:
    """Of each unit, those who work there themselves."""
    counted = select(Employee.unit_id, func.count().label("people")).where(Employee.active)
    there = counted.group_by(Employee.unit_id).subquery()
    rows = await session.execute(
        select(Unit.id, Unit.parent_id, func.coalesce(there.c.people, 0)).outerjoin(there, there.c.unit_id == Unit.id)
    )
    return [People(*row) for row in rows]


async def asking(session: AsyncSession, programme: Programme, policy: ContactPolicy, day: date) -> list[Asking]:
    """The programme first, and the other continuous ones that have begun by then and are not paused."""
    others = select(Programme).where(
        Programme.active, Programme.schedule["kind"].astext == "continuous", Programme.id != programme.id,
        Programme.schedule["startDate"].astext <= day.isoformat(),
    )  # fmt: skip
    plans = [(programme, await queries.measured(session, programme))]
    plans += [(other, other.service_ids) for other in await session.scalars(others)]
    using = await _using(session, {service for _, services in plans for service in services})
    return [
        Asking(
            frozenset(unit for service in services for unit in using.get(service, ())), frozenset(each.audience),
            each.schedule["period"],
            planned_length(each.schedule["cycleDays"], limits_of(policy, day, each.minimum_days_between).apart),
        )
        for each, services in plans
    ]  # fmt: skip


async def _using(session: AsyncSession, services: Iterable[UUID]) -> dict[UUID, list[UUID]]:
    """The units that the audience of each service names."""
    found = select(AudienceUnit.service_id, func.array_agg(AudienceUnit.unit_id)).where(
        AudienceUnit.service_id.in_(services)
    )
    rows = await session.execute(found.group_by(AudienceUnit.service_id))
    return {service: list(units) for service, units in rows}
