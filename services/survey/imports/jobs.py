"""The job that runs imports: claims a file, stages it piece by piece, works out what it would do, and does that in one
transaction.

A worker that dies leaves nothing behind but its claim, which ends by itself; the file is then run anew from the start.
"""

import asyncio
from contextlib import suppress

import structlog
from fastapi import FastAPI

from services.shared.database import EVERYONE, Database
from services.shared.metrics import QUEUE_DEPTH
from services.shared.tasks import Task, Wake, every
from services.survey.imports import claims, effects, queries, staging
from services.survey.imports.claims import Claim, ClaimLost
from services.survey.imports.receiving import forget_broken
from services.survey.imports.refusals import Unusable
from services.survey.imports.results import MOST_ATTEMPTS, finish, forget_errors, keep_errors, set_back
from services.survey.imports.schemas import ImportCounts
from services.survey.imports.staging import Progress
from services.survey.settings import SurveySettings

log = structlog.get_logger()


def tasks(app: FastAPI) -> list[Task]:
    wake = Wake()
    app.state.imports = wake
    database, settings = app.state.database, app.state.settings
    return [
        every(2, lambda: run_waiting(database, settings), "imports", wake),
        every(3600, lambda: forget_broken(database, settings), "broken uploads"),
    ]


async def run_waiting(database: Database, settings: SurveySettings) -> None:
    """Until nothing waits that another worker has not claimed."""
    busy = True
    while busy:
        async with database.transaction(EVERYONE) as session:
            waiting = await queries.organisations_waiting(session)
        QUEUE_DEPTH.labels("imports").set(len(waiting))
        busy = False
        for organisation_id in waiting:
            claim = await claims.take(database, organisation_id, settings.import_claim_seconds)
            if claim is not None:
                await run(database, settings, claim)
                busy = True


async def run(database: Database, settings: SurveySettings, claim: Claim) -> None:
    if claim.attempts > MOST_ATTEMPTS:  # it takes its workers with it, so none is left to set it back
        await set_back(database, claim)
        return
    progress = Progress()
    renewing = asyncio.create_task(_renew(database, claim, progress))
    try:
        await _run(database, settings, claim, progress, renewing)
    except ClaimLost:
        log.info("import claimed by another worker, or cancelled", import_id=str(claim.import_id))
    except Exception as error:  # whatever one file does, the next must run
        log.warning("import failed", import_id=str(claim.import_id), exc_info=error)
        await set_back(database, claim)
    finally:
        await _stopped(renewing)


async def _renew(database: Database, claim: Claim, progress: Progress) -> None:
    """Keeps the claim, and tells how far it is. What fails here is tried again: losing the claim harms nobody."""
    while True:
        await asyncio.sleep(min(1.0, claim.seconds / 4))
        with suppress(Exception):
            await claims.renew(database, claim, progress.share)


async def _stopped(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def _run(
    database: Database, settings: SurveySettings, claim: Claim, progress: Progress, renewing: asyncio.Task[None]
) -> None:
    """Staged in transactions of their own: one for as long as a file is read would hold up the feed."""
    async with database.held() as held:
        unusable = None
        try:
            staged = await staging.stage(database, held, claim, progress)
        except Unusable as error:
            staged, unusable = staging.Staged(), error
        async with held.transaction(claim.organisation_id) as session:
            await claims.consume(session, claim)
            row = await queries.import_of(session, claim.import_id)
            assert row is not None
            if unusable is None:
                counts = await effects.take(session, row, staged, settings.import_removal_share, progress)
                await keep_errors(session, row)
            else:
                counts = ImportCounts()
                row.status, row.failure_code, row.failure_detail = "failed", unusable.code, unusable.detail
                await forget_errors(session, row)
                await staging.keep_only(session, unusable.refusals)
                await keep_errors(session, row)
            await _stopped(renewing)
            await finish(session, row, counts, staged.ignored)
