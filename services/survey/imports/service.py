"""Pushing a file, approving what it would remove, and cancelling it. The work itself is a job: see `jobs.py`."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, cast
from uuid import UUID

from sqlalchemy import CursorResult, delete
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.problems import conflict, not_found, parameter_error
from services.survey.imports import queries, schemas
from services.survey.imports.columns import Kind, Told
from services.survey.imports.models import Import, ImportJob, ImportPart
from services.survey.imports.receiving import Upload
from services.survey.organisation import queries as organisation


@dataclass(frozen=True)
class Asked:
    """What the query of an upload says."""

    kind: Kind
    mode: schemas.Mode
    dry_run: bool
    atomic: bool
    mapping: str | None
    told: Told
    removal_share: float | None
    valid_from: date | None


async def refuse_senseless(session: AsyncSession, asked: Asked) -> None:
    if asked.kind == "interactions" and asked.mode == "snapshot":
        raise parameter_error("mode", "noSnapshot", "what happened does not go by not being told again; use merge")
    await _refuse_future(session, asked)


async def _refuse_future(session: AsyncSession, asked: Asked) -> None:
    """Employees have one unit, so what will be is pushed when it is."""
    today = await organisation.today(session)
    if asked.valid_from is not None and asked.valid_from > today:
        raise parameter_error("validFromDate", "dateInFuture", f"is later than today, {today}")


async def push(session: AsyncSession, file: Upload, asked: Asked, told: Told) -> Import:
    told_all = {**asdict(told), "charset": told.charset or file.charset}
    row = Import(
        organisation_id=session.info["organisation_id"], id=file.import_id, kind=asked.kind, mode=asked.mode,
        dry_run=asked.dry_run, atomic=asked.atomic, media_type=file.media_type, told=told_all,
        removal_share=asked.removal_share, valid_from=asked.valid_from, counts={}, ignored_columns=[],
    )  # fmt: skip
    session.add(row)
    await session.flush()
    session.add(ImportJob(organisation_id=row.organisation_id, import_id=row.id))
    await session.flush()
    return row


async def found(session: AsyncSession, import_id: UUID, *, lock: bool = False) -> Import:
    row = await queries.import_of(session, import_id, lock=lock)
    if row is None:
        raise not_found("import")
    return row


async def approve(session: AsyncSession, import_id: UUID) -> Import:
    """Agrees to what was counted, and to no more: if there is more by then, it waits again."""
    row = await found(session, import_id, lock=True)
    if row.status != "waitingForApproval":
        raise conflict("notWaiting", f"This import does not wait for approval: it is {row.status}.")
    row.status, row.progress = "queued", 0.0
    row.version += 1
    session.add(ImportJob(organisation_id=row.organisation_id, import_id=row.id))
    await session.flush()
    return row


async def cancel(session: AsyncSession, import_id: UUID) -> Import:
    """The job first, and then the import, in the order in which the effect takes them: one of the two is first, and the
    other finds that out."""
    await found(session, import_id)
    result = await session.execute(delete(ImportJob).where(ImportJob.import_id == import_id))
    row = await found(session, import_id, lock=True)
    if not cast("CursorResult[None]", result).rowcount and row.status != "waitingForApproval":
        raise conflict("importOver", f"This import cannot be cancelled any more: it is {row.status}.")
    row.status, row.progress = "failed", 1.0
    row.failure_code, row.failure_detail = "cancelled", "Somebody cancelled it; nothing took effect."
    row.approval_code = row.approval_detail = None
    row.version += 1
    await session.execute(delete(ImportPart).where(ImportPart.import_id == import_id))
    await session.flush()
    return row


def shown(row: Import) -> schemas.Import:
    failure: dict[str, Any] | None = None
    if row.failure_code is not None:
        failure = {"code": row.failure_code, "detail": row.failure_detail or ""}
    reason = None if row.approval_code is None else {"code": row.approval_code, "detail": row.approval_detail or ""}
    names = ("id", "created_at", "updated_at", "kind", "mode", "dry_run", "atomic", "status", "progress",
             "ignored_columns", "counts")  # fmt: skip
    return schemas.Import.model_validate({
        **{name: getattr(row, name) for name in names},
        "valid_from_date": row.valid_from, "failure": failure, "approval_reason": reason,
    })  # fmt: skip
