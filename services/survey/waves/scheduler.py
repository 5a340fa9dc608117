"""What happens to waves at its time. Every replica runs it; each wave is claimed by one."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.database import EVERYONE, Database
from services.shared.tasks import Task, each_by_itself, every
from services.survey.responses.boxes import box_keys
from services.survey.waves import queries
from services.survey.waves.fielding import advance

SECONDS = 5


async def run_due(database: Database, keys: Sequence[bytes], now: datetime | None = None) -> int:
    """Answers how many waves were seen to. One that fails is tried again."""
    at = now or datetime.now(UTC)
    async with database.transaction(EVERYONE) as session:
        due = [(organisation_id, wave_id) for organisation_id, wave_id in await queries.due(session, at)]

    async def see_to(session: AsyncSession, wave_id: UUID) -> bool:
        wave = await queries.claim(session, wave_id, at)
        if wave is not None:
            await advance(session, wave, keys, at)
        return wave is not None

    return await each_by_itself(database, due, see_to, "waves")


def task(app: FastAPI) -> Task:
    """For the service's lifetime."""
    keys = box_keys(app.state.settings)
    return every(SECONDS, lambda: run_due(app.state.database, keys), "waves")
