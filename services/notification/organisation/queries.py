from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.organisation.models import Organisation


async def organisation(session: AsyncSession, organisation_id: UUID) -> Organisation | None:
    found = select(Organisation).where(Organisation.organisation_id == organisation_id)
    return (await session.scalars(found)).one_or_none()
