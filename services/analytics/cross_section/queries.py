from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.analytics.facts.models import WaveUnit


async def tree(session: AsyncSession, wave_id: UUID) -> dict[UUID, UUID | None]:
    """Each unit's parent when the wave was drawn."""
    rows = await session.execute(select(WaveUnit.unit_id, WaveUnit.parent_id).where(WaveUnit.wave_id == wave_id))
    return {row.unit_id: row.parent_id for row in rows}
