"""The job that runs imports: claims a file, reads it, works out what it would do, and does that in one transaction.

A worker that dies leaves nothing behind but its claim, which ends by itself; the file is then run anew from the start.
"""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.database import EVERYONE, Database
from services.shared.metrics import QUEUE_DEPTH
from services.shared.tasks import Task, Wake, every
from services.survey.imports import claims, queries
from services.survey.imports.claims import Claim, ClaimLost
from services.survey.imports.kinds import audiences, employees, services, units
from services.survey.imports.kinds.plan import Plan
from services.survey.imports.models import Import
from services.survey.imports.reading.files import Reading, read
from services.survey.imports.refusals import Refusal, Unusable
from services.survey.imports.removals import needs_approval
from services.survey.imports.results import MOST_ATTEMPTS, finish, set_back
from services.survey.imports.rules import refused_lines
from services.survey.imports.schemas import ImportCounts
from services.survey.interactions import arrivals as interactions
from services.survey.organisation import queries as organisation
from services.survey.settings import SurveySettings

log = structlog.get_logger()
Planner = Callable[..., Coroutine[Any, Any, Plan]]
PLANNERS: dict[str, Planner] = {
    "units": units.plan,
    "employees": employees.plan,
    "services": services.plan,
    "audiences": audiences.plan,
}
READ, PLANNED = 0.6, 0.8  # shares of the progress


@dataclass
class Progress:
    share: float = 0.0


def tasks(app: FastAPI) -> list[Task]:
    wake = Wake()
    app.state.imports = wake
    return [every(2, lambda: run_waiting(app.state.database, app.state.settings), "imports", wake)]


async def run_waiting(database: Database, settings: SurveySettings) -> None:
    """Until nothing waits that another worker has not claimed."""
    busy = True
    while busy:
        async with database.transaction(EVERYONE) as session:
            waiting = await queries.organisations_waiting(session)
        QUEUE_DEPTH.labels("imports").set(len(waiting))
        busy = False
        for organisation_id in waiting:
            busy = await run_next(database, settings, organisation_id) or busy


async def run_next(database: Database, settings: SurveySettings, organisation_id: UUID) -> bool:
    claim = await claims.take(database, organisation_id, settings.import_claim_seconds)
    if claim is None:
        return False
    if claim.attempts > MOST_ATTEMPTS:  # it takes its workers with it, so none is left to set it back
        await set_back(database, claim)
        return True
    progress = Progress()
    renewing = asyncio.create_task(_renew(database, claim, progress))
    try:
        await _run(database, settings, claim, progress, renewing)
    except ClaimLost:
        log.info("import claimed by another worker", import_id=str(claim.import_id))
    except Exception as error:  # whatever one file does, the next must run; its text may hold people's data
        log.warning("import failed", import_id=str(claim.import_id), error=type(error).__name__)
        await set_back(database, claim)
    finally:
        await _stopped(renewing)
    return True


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
    def advance(share: float) -> None:
        progress.share = READ * share

    unusable = None
    try:
        reading = await _read(database, claim, advance)
    except Unusable as error:
        reading, unusable = Reading(claim.kind), error
    async with database.transaction(claim.organisation_id) as session:
        await claims.consume(session, claim)
        row = await queries.import_of(session, claim.import_id)
        assert row is not None
        if unusable is not None:
            counts, refusals = ImportCounts(), unusable.refusals
            row.status, row.failure_code, row.failure_detail = "failed", unusable.code, unusable.detail
        else:
            counts, refusals = await _effect(session, row, reading, settings.import_removal_share, progress)
        await _stopped(renewing)
        await finish(session, row, counts, refusals, reading.ignored)


async def _read(database: Database, claim: Claim, advance: Callable[[float], None]) -> Reading:
    async with database.transaction(claim.organisation_id) as session:
        data = await queries.content(session, claim.import_id)
        attributes = await organisation.declared_attributes(session)
    return await asyncio.to_thread(read, data, claim.kind, claim.media_type, claim.charset, attributes, advance)


async def _effect(
    session: AsyncSession, row: Import, reading: Reading, share: float, progress: Progress
) -> tuple[ImportCounts, list[Refusal]]:
    await organisation.organisation(session, lock=True)
    plan = await PLANNERS[row.kind](session, reading, snapshot=row.mode == "snapshot")
    progress.share = PLANNED
    refusals = [*reading.refusals, *plan.refusals]
    refused = len(refused_lines(refusals))
    counts = ImportCounts(
        read=reading.read, **plan.effects._asdict(), removed=plan.removals, refused=refused
    )  # fmt: skip
    row.status = "done"
    if row.atomic and refused:
        row.status, row.failure_code = "failed", "rowsRefused"
        row.failure_detail = f"{refused} rows are refused, so none took effect."
        counts = ImportCounts(read=reading.read, refused=refused)
    elif row.dry_run:
        pass
    elif needs_approval(
        plan.removals, plan.existing, share, unidentified=reading.unidentified, approved=row.approved_removals
    ):
        row.status = "waitingForApproval"
    else:
        await plan.apply(session)
        if row.kind in ("employees", "services"):
            await interactions.match(session)
    return counts, refusals
