"""How an import ends, or is put back to be tried again."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.database import Database
from services.survey.imports import claims, queries
from services.survey.imports.claims import Claim
from services.survey.imports.models import Import, ImportChange, ImportJob, ImportPart, ImportRowError
from services.survey.imports.schemas import ImportCounts

MOST_ERRORS = 100_000
MOST_ATTEMPTS = 5


async def finish(session: AsyncSession, row: Import, counts: ImportCounts, ignored: Sequence[str]) -> None:
    """The file goes, unless it waits for approval."""
    row.counts = counts.model_dump(by_alias=False)
    row.ignored_columns = list(ignored)
    row.progress = 1.0
    row.version += 1
    await session.flush()
    if row.status != "waitingForApproval":
        await session.execute(delete(ImportPart).where(ImportPart.import_id == row.id))


async def keep_errors(session: AsyncSession, row: Import) -> None:
    """In the order of the lines."""
    columns = '"line", "column", code, detail, severity'
    order = "ORDER BY line NULLS LAST, number"
    values: dict[str, Any] = {"organisation": row.organisation_id, "import": row.id, "most": MOST_ERRORS}
    await session.execute(
        text(f"""
        INSERT INTO import_errors (organisation_id, import_id, number, {columns})
        SELECT cast(:organisation AS uuid), cast(:import AS uuid), row_number() OVER ({order}) - 1, {columns}
        FROM import_refusals {order} LIMIT :most
        """),  # noqa: S608  # names of ours
        values,
    )


async def forget_errors(session: AsyncSession, row: Import) -> None:
    """And the diff: of an earlier run."""
    await session.execute(delete(ImportRowError).where(ImportRowError.import_id == row.id))
    await session.execute(delete(ImportChange).where(ImportChange.import_id == row.id))


async def set_back(database: Database, claim: Claim) -> None:
    """After a failure that is not the file's: again soon, but not for ever."""
    async with database.transaction(claim.organisation_id) as session:
        row = await queries.import_of(session, claim.import_id, lock=True)
        if row is None or row.status != "running":
            return
        if row.attempts < MOST_ATTEMPTS:
            later = func.now() + timedelta(seconds=min(60, 2**row.attempts))
            await session.execute(update(ImportJob).where(ImportJob.claim == claim.token).values(claimed_until=later))
            return
        await claims.consume(session, claim)
        row.status, row.failure_code = "failed", "internalError"
        row.failure_detail = "Something went wrong on our side, several times; nothing took effect."
        await forget_errors(session, row)
        await finish(session, row, ImportCounts(), [])
