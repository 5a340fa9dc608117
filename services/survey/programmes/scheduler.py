"""Programmes run at their time. Every replica looks; each programme is claimed by one."""

from collections.abc import Sequence
from datetime import UTC, datetime

import structlog
from fastapi import FastAPI

from services.shared.database import EVERYONE, Database
from services.shared.metrics import TASK_FAILURES
from services.shared.tasks import Task, every
from services.survey.programmes import queries
from services.survey.programmes.running import run_due
from services.survey.responses.boxes import box_keys

log = structlog.get_logger()
SECONDS = 5


async def run_programmes(database: Database, keys: Sequence[bytes], now: datetime | None = None) -> int:
    """Answers how many were seen to. One that fails does not hold up the others; it is tried again."""
    now = now or datetime.now(UTC)
    async with database.transaction(EVERYONE) as session:
        due = await queries.due(session, now)
    done = 0
    for organisation_id, programme_id in due:
        try:
            async with database.transaction(organisation_id) as session:
                programme = await queries.claim(session, programme_id, now)
                if programme is not None:
                    await run_due(session, programme, keys, now)
                    done += 1
        except Exception as error:  # the other programmes must not wait for this one
            TASK_FAILURES.labels("programmes").inc()
            log.warning("programme failed", programme=str(programme_id), error=type(error).__name__, exc_info=error)
    return done


def task(app: FastAPI) -> Task:
    """For the service's lifetime."""
    keys = box_keys(app.state.settings)
    return every(SECONDS, lambda: run_programmes(app.state.database, keys), "programmes")
