"""Parked interactions and those whom they wait for: what comes in is matched by one statement, in the transaction that
brings it. A push and an arrival that do not see each other, being under way together, are matched by the background
task, as is what came in some other way.

Who goes takes their interactions along, and waits for pushes that are under way: one of them may just have found them.
A lock on each employee that a push finds would cost as much as putting the interactions in, so it is one for all."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Integer,
    Uuid,
    and_,
    any_,
    case,
    delete,
    func,
    literal,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.shared.database import EVERYONE, Database
from services.survey.catalogue.models import Service
from services.survey.interactions import queries
from services.survey.interactions.ddl import GOING
from services.survey.interactions.models import Interaction
from services.survey.organisation.models import Employee

_Waiting = aliased(Interaction)
EVERY = 60.0  # seconds between looks for what was not matched when it came


async def match(session: AsyncSession) -> None:
    """All that are parked and whose employee or service is there now."""
    await _match(session, true())


async def employee_came(session: AsyncSession, employee: Employee) -> None:
    if employee.external_id is not None:
        await _match(session, _Waiting.employee_external_id == employee.external_id)


async def service_came(session: AsyncSession, service: Service) -> None:
    if service.external_id is not None:
        await _match(session, _Waiting.service_external_id == service.external_id)


async def _match(session: AsyncSession, which: ColumnElement[bool]) -> None:
    """In the order in which pushes go through theirs, so that nobody waits for each other in a circle."""
    organisation_id = session.info["organisation_id"]
    found = (
        select(_Waiting.id, Employee.id.label("employee_id"), Service.id.label("service_id"))
        .outerjoin(Employee, and_(Employee.organisation_id == organisation_id, Employee.external_id == _Waiting.employee_external_id))
        .outerjoin(Service, and_(Service.organisation_id == organisation_id, Service.external_id == _Waiting.service_external_id))
        .where(
            _Waiting.organisation_id == organisation_id,
            or_(_Waiting.employee_external_id.is_not(None), _Waiting.service_external_id.is_not(None)),
            or_(Employee.id.is_not(None), Service.id.is_not(None)),
            which,
        )
        .order_by(_Waiting.external_id.collate("C"))
        .with_for_update(of=_Waiting)
        .subquery()
    )  # fmt: skip
    await session.execute(
        update(Interaction)
        .where(Interaction.organisation_id == organisation_id, Interaction.id == found.c.id)
        .values(
            employee_id=func.coalesce(found.c.employee_id, Interaction.employee_id),
            employee_external_id=case((found.c.employee_id.is_(None), Interaction.employee_external_id)),
            service_id=func.coalesce(found.c.service_id, Interaction.service_id),
            service_external_id=case((found.c.service_id.is_(None), Interaction.service_external_id)),
            version=Interaction.version + 1,
            updated_at=func.now(),
        )
        .execution_options(synchronize_session=False)
    )


async def employee_goes(session: AsyncSession, employee_id: UUID) -> None:
    """Who is erased takes along what tells of them."""
    await _alone(session)
    await session.execute(delete(Interaction).where(Interaction.employee_id == employee_id))


async def services_go(session: AsyncSession, service_ids: Collection[UUID]) -> None:
    await _alone(session)
    await session.execute(
        delete(Interaction).where(Interaction.service_id == any_(literal(list(service_ids), ARRAY(Uuid))))
    )


async def all_stay(session: AsyncSession) -> None:
    """Employees and services, until this transaction is over."""
    await session.execute(select(func.pg_advisory_xact_lock_shared(*_lock(session))))


async def _alone(session: AsyncSession) -> None:
    await session.execute(select(func.pg_advisory_xact_lock(*_lock(session))))


def _lock(session: AsyncSession) -> tuple[ColumnElement[int], ColumnElement[int]]:
    return literal(GOING, Integer), func.hashtext(str(session.info["organisation_id"]))


async def match_everywhere(database: Database) -> None:
    async with database.transaction(EVERYONE) as session:
        waiting = await queries.organisations_with_parked(session)
    for organisation_id in waiting:
        async with database.transaction(organisation_id) as session:
            await match(session)
