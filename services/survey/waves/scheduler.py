"""What happens to waves at its time. Every replica runs it; each wave is claimed by one."""

from collections.abc import Sequence
from datetime import UTC, datetime

from fastapi import FastAPI

from services.shared.database import Database
from services.shared.tasks import Task, claimed_at, every
from services.survey.responses.boxes import box_keys
from services.survey.waves import queries
from services.survey.waves.fielding import advance

SECONDS = 5


async def run_due(database: Database, keys: Sequence[bytes], now: datetime | None = None) -> int:
    """Answers how many waves were seen to. One that fails is tried again."""
    at = now or datetime.now(UTC)
    return await claimed_at(
        database, at, queries.due, queries.claim, lambda session, wave: advance(session, wave, keys, at), "waves"
    )


def task(app: FastAPI) -> Task:
    """For the service's lifetime."""
    keys = box_keys(app.state.settings)
    return every(SECONDS, lambda: run_due(app.state.database, keys), "waves")
