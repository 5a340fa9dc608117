"""Programmes run at their time. Every replica looks; each programme is claimed by one."""

from collections.abc import Sequence
from datetime import UTC, datetime

from fastapi import FastAPI

from services.shared.database import Database
from services.shared.tasks import Task, claimed_at, every
from services.survey.programmes import queries
from services.survey.programmes.running import run_due
from services.survey.responses.boxes import box_keys

SECONDS = 5


async def run_programmes(database: Database, keys: Sequence[bytes], now: datetime | None = None) -> int:
    """Answers how many were seen to. One that fails is tried again."""
    at = now or datetime.now(UTC)
    return await claimed_at(
        database,
        at,
        queries.due,
        queries.claim,
        lambda session, programme: run_due(session, programme, keys, at),
        "programmes",
    )


def task(app: FastAPI) -> Task:
    """For the service's lifetime."""
    keys = box_keys(app.state.settings)
    return every(SECONDS, lambda: run_programmes(app.state.database, keys), "programmes")
