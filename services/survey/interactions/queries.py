"""Every select of interactions."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.survey.catalogue.models import Service
from services.survey.interactions.models import Interaction
from services.survey.organisation.models import Employee


def parked() -> ColumnElement[bool]:
    """Its service or its employee is not known yet."""
    return or_(Interaction.service_external_id.is_not(None), Interaction.employee_external_id.is_not(None))


async def there(session: AsyncSession, external_ids: Collection[str]) -> dict[str, Interaction]:
    found = select(Interaction).where(
        Interaction.organisation_id == session.info["organisation_id"], Interaction.external_id.in_(external_ids)
    )
    return {row.external_id: row for row in await session.scalars(found)}


async def known_services(session: AsyncSession, ids: Collection[UUID]) -> set[UUID]:
    return set((await session.scalars(select(Service.id).where(Service.id.in_(ids)))).all()) if ids else set()


async def known_employees(session: AsyncSession, ids: Collection[UUID]) -> set[UUID]:
    return set((await session.scalars(select(Employee.id).where(Employee.id.in_(ids)))).all()) if ids else set()
