from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.preferences.models import OptOut


async def opted_out(session: AsyncSession, organisation_id: UUID, invitations: Collection[int]) -> set[int]:
    found = select(OptOut.invitation_number).where(
        OptOut.organisation_id == organisation_id, OptOut.invitation_number.in_(invitations)
    )
    return set((await session.scalars(found)).all())
