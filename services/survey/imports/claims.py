"""Who works on which file. A claim is a promise for some seconds, kept in the queue's row."""

from dataclasses import dataclass
from datetime import timedelta
from typing import cast
from uuid import UUID

from sqlalchemy import CursorResult, delete, func, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.database import Database
from services.shared.ids import random_id
from services.survey.imports import queries
from services.survey.imports.columns import Kind
from services.survey.imports.models import Import, ImportJob


class ClaimLost(Exception):
    """Another worker has the file by now."""


@dataclass(frozen=True)
class Claim:
    organisation_id: UUID
    import_id: UUID
    token: UUID
    seconds: float
    kind: Kind
    attempts: int


async def take(database: Database, organisation_id: UUID, seconds: float) -> Claim | None:
    async with database.transaction(organisation_id) as session:
        job = await queries.oldest_job(session)
        row = None if job is None else await queries.import_of(session, job.import_id)
        if job is None or row is None:
            return None
        token = random_id()
        job.claim, job.claimed_until = token, func.now() + timedelta(seconds=seconds)
        row.status, row.attempts, row.progress = "running", row.attempts + 1, 0.0
        row.version += 1
        kind = cast("Kind", row.kind)
        return Claim(organisation_id, row.id, token, seconds, kind, row.attempts)


async def renew(database: Database, claim: Claim, progress: float) -> None:
    async with database.transaction(claim.organisation_id) as session:
        mine = queries.claimed_by(claim.token)
        until = func.now() + timedelta(seconds=claim.seconds)
        await session.execute(update(ImportJob).where(ImportJob.import_id.in_(mine)).values(claimed_until=until))
        await session.execute(
            update(Import)
            .where(Import.id.in_(mine), Import.progress < progress)
            .values(progress=progress, version=Import.version + 1)
        )


async def consume(session: AsyncSession, claim: Claim) -> None:
    """In the transaction of the effect: who does not find the row any more has no right to it."""
    result = await session.execute(
        delete(ImportJob).where(ImportJob.import_id == claim.import_id, ImportJob.claim == claim.token)
    )
    if cast("CursorResult[None]", result).rowcount != 1:
        raise ClaimLost
