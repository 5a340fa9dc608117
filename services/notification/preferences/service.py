"""What the holder of an invitation may say with the link in their mail. Nobody else is told that they said it."""

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.preferences.models import OptOut


async def opt_out(session: AsyncSession, organisation_id: UUID, invitation: int) -> None:
    """From now on no mail about this invitation is started; saying it twice is saying it once."""
    row = insert(OptOut).values(organisation_id=organisation_id, invitation_number=invitation)
    await session.execute(row.on_conflict_do_nothing())
