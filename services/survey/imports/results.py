"""How an import ends, or is put back to be tried again."""

from datetime import timedelta

from sqlalchemy import delete, func, insert, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.database import Database
from services.survey.imports import claims, queries
from services.survey.imports.claims import Claim
from services.survey.imports.models import Import, ImportJob, ImportPart, ImportRowError
from services.survey.imports.refusals import Refusal
from services.survey.imports.schemas import ImportCounts

MOST_ERRORS = 100_000
MOST_ATTEMPTS = 5
LONGEST_DETAIL = 500


async def finish(
    session: AsyncSession, row: Import, counts: ImportCounts, refusals: list[Refusal], ignored: list[str]
) -> None:
    """The file goes, unless it waits for approval."""
    row.counts = counts.model_dump(by_alias=False)
    row.ignored_columns = ignored
    row.progress = 1.0
    row.version += 1
    await session.flush()
    await session.execute(delete(ImportRowError).where(ImportRowError.import_id == row.id))
    ordered = sorted(refusals, key=lambda refusal: (refusal.line is None, refusal.line or 0))[:MOST_ERRORS]
    errors = [
        {
            "organisation_id": row.organisation_id,
            "import_id": row.id,
            "number": number,
            "line": refusal.line,
            "column": refusal.column,
            "code": refusal.code,
            "detail": refusal.detail[:LONGEST_DETAIL],
            "severity": refusal.severity,
        }
        for number, refusal in enumerate(ordered)
    ]
    if errors:
        await session.execute(insert(ImportRowError), errors)
    if row.status != "waitingForApproval":
        await session.execute(delete(ImportPart).where(ImportPart.import_id == row.id))


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
        await finish(session, row, ImportCounts(), [], [])
