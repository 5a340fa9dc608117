"""Parked interactions and those whom they wait for: what comes in is matched by one statement, in the transaction that
brings it. A push and an arrival that do not see each other, being under way together, are matched by the background
task, as is what came in some other way."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Uuid, any_, delete, func, literal, true, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.database import EVERYONE, Database
from services.survey.catalogue.models import Service
from services.survey.interactions import queries
from services.survey.interactions.models import Interaction
from services.survey.organisation.models import Employee

_CHANGED: dict[Any, Any] = {Interaction.version: Interaction.version + 1, Interaction.updated_at: func.now()}
_COLUMNS = {
    Employee: (Interaction.employee_external_id, Interaction.employee_id),
    Service: (Interaction.service_external_id, Interaction.service_id),
}
EVERY = 60.0  # seconds between looks for what was not matched when it came


async def match(session: AsyncSession) -> None:
    """All that are parked and whose employee or service is there now."""
    await _match(session, Employee, true())
    await _match(session, Service, true())


async def employee_came(session: AsyncSession, employee: Employee) -> None:
    if employee.external_id is not None:
        await _match(session, Employee, Interaction.employee_external_id == employee.external_id)


async def service_came(session: AsyncSession, service: Service) -> None:
    if service.external_id is not None:
        await _match(session, Service, Interaction.service_external_id == service.external_id)


async def _match(session: AsyncSession, kind: type[Employee] | type[Service], which: ColumnElement[bool]) -> None:
    waits_for, found = _COLUMNS[kind]
    await session.execute(
        update(Interaction)
        .where(
            Interaction.organisation_id == session.info["organisation_id"],
            kind.organisation_id == Interaction.organisation_id,
            kind.external_id == waits_for,
            which,
        )
        .values({found: kind.id, waits_for: None, **_CHANGED})
        .execution_options(synchronize_session=False)
    )


async def employee_goes(session: AsyncSession, employee_id: UUID) -> None:
    """Who is erased takes along what tells of them."""
    await session.execute(delete(Interaction).where(Interaction.employee_id == employee_id))


async def services_go(session: AsyncSession, service_ids: Collection[UUID]) -> None:
    await session.execute(
        delete(Interaction).where(Interaction.service_id == any_(literal(list(service_ids), ARRAY(Uuid))))
    )


async def match_everywhere(database: Database) -> None:
    async with database.transaction(EVERYONE) as session:
        waiting = await queries.organisations_with_parked(session)
    for organisation_id in waiting:
        async with database.transaction(organisation_id) as session:
            await match(session)
