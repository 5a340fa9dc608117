"""Programmes run at their time. Every replica looks; each programme is claimed by one."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.database import EVERYONE, Database
from services.shared.tasks import Task, each_by_itself, every
from services.survey.programmes import queries
from services.survey.programmes.running import run_due
from services.survey.responses.boxes import box_keys

SECONDS = 5


async def run_programmes(database: Database, keys: Sequence[bytes], now: datetime | None = None) -> int:
    """Answers how many were seen to. One that fails is tried again."""
    at = now or datetime.now(UTC)
    async with database.transaction(EVERYONE) as session:
        due = [(organisation_id, programme_id) for organisation_id, programme_id in await queries.due(session, at)]

    async def see_to(session: AsyncSession, programme_id: UUID) -> bool:
        programme = await queries.claim(session, programme_id, at)
        if programme is not None:
            await run_due(session, programme, keys, at)
        return programme is not None

    return await each_by_itself(database, due, see_to, "programmes")


def task(app: FastAPI) -> Task:
    """For the service's lifetime."""
    keys = box_keys(app.state.settings)
    return every(SECONDS, lambda: run_programmes(app.state.database, keys), "programmes")
