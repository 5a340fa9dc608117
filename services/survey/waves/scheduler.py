"""What happens to waves at its time. Every replica runs it; each wave is claimed by one."""

from collections.abc import Sequence
from datetime import UTC, datetime

import structlog
from fastapi import FastAPI

from services.shared.database import EVERYONE, Database
from services.shared.metrics import TASK_FAILURES
from services.shared.tasks import Task, every
from services.survey.responses.boxes import box_keys
from services.survey.waves import queries
from services.survey.waves.fielding import advance

log = structlog.get_logger()
SECONDS = 5


async def run_due(database: Database, keys: Sequence[bytes], now: datetime | None = None) -> int:
    """Answers how many waves were seen to. One that fails does not hold up the others; it is tried again."""
    now = now or datetime.now(UTC)
    async with database.transaction(EVERYONE) as session:
        due = await queries.due(session, now)
    done = 0
    for organisation_id, wave_id in due:
        try:
            async with database.transaction(organisation_id) as session:
                wave = await queries.claim(session, wave_id, now)
                if wave is not None:
                    await advance(session, wave, keys, now)
                    done += 1
        except Exception as error:  # the other waves must not wait for this one
            TASK_FAILURES.labels("waves").inc()
            log.warning("wave not advanced", wave=str(wave_id), error=type(error).__name__, exc_info=error)
    return done


def task(app: FastAPI) -> Task:
    """For the service's lifetime."""
    keys = box_keys(app.state.settings)
    return every(SECONDS, lambda: run_due(app.state.database, keys), "waves")
