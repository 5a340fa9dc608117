"""Parked interactions and those whom they wait for: what comes in is matched by one statement, in the transaction that
brings it. A push and an arrival that do not see each other, being under way together, are matched by the background
task, as is what came in some other way.

Who goes takes their interactions along, and waits for pushes that are under way: one of them may just have found them.
A lock on each employee that a push finds would be one more row to write for each, so it is one for all."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Uuid, any_, case, delete, func, literal, true, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.database import EVERYONE, Database
from services.survey.catalogue.models import Service
from services.survey.interactions import queries
from services.survey.interactions.models import Interaction
from services.survey.organisation.models import Employee

EVERY = 60.0  # seconds between looks for what was not matched when it came


async def match(session: AsyncSession) -> None:
    """All that are parked and whose employee or service is there now."""
    await _match(session, true())


async def employee_came(session: AsyncSession, employee: Employee) -> None:
    if employee.external_id is not None:
        await _match(session, queries.Waiting.employee_external_id == employee.external_id)


async def service_came(session: AsyncSession, service: Service) -> None:
    if service.external_id is not None:
        await _match(session, queries.Waiting.service_external_id == service.external_id)


async def _match(session: AsyncSession, which: ColumnElement[bool]) -> None:
    found = queries.arrived(session, which).subquery()
    await session.execute(
        update(Interaction)
        .where(Interaction.organisation_id == session.info["organisation_id"], Interaction.id == found.c.id)
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
    await queries.wait_for_pushes(session)
    await session.execute(delete(Interaction).where(Interaction.employee_id == employee_id))


async def services_go(session: AsyncSession, service_ids: Collection[UUID]) -> None:
    await queries.wait_for_pushes(session)
    await session.execute(
        delete(Interaction).where(Interaction.service_id == any_(literal(list(service_ids), ARRAY(Uuid))))
    )


async def match_everywhere(database: Database) -> None:
    async with database.transaction(EVERYONE) as session:
        waiting = await queries.organisations_with_parked(session)
    for organisation_id in waiting:
        async with database.transaction(organisation_id) as session:
            await match(session)
