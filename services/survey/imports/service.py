"""Pushing a file and approving what it would remove. The work itself is a job: see `jobs.py`."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.problems import Problem, conflict, not_found
from services.survey.imports import queries, schemas
from services.survey.imports.columns import Kind
from services.survey.imports.models import Import, ImportJob, ImportPart
from services.survey.imports.reading.files import CSV, NDJSON

PART = 1_000_000


@dataclass(frozen=True)
class Upload:
    content: bytes
    media_type: str
    charset: str | None


def upload(content: bytes, content_type: str) -> Upload:
    media_type, *parameters = [part.strip() for part in content_type.split(";")]
    if media_type.lower() not in (CSV, NDJSON):
        raise Problem(415, "unsupportedMediaType", f"Send the file as {CSV} or {NDJSON}.")
    given = dict(parameter.lower().split("=", 1) for parameter in parameters if "=" in parameter)
    charset = given.get("charset", "").strip('" ')
    return Upload(content, media_type.lower(), charset[:100] or None)


async def push(
    session: AsyncSession, file: Upload, *, kind: Kind, mode: schemas.Mode, dry_run: bool, atomic: bool
) -> Import:
    organisation_id: UUID = session.info["organisation_id"]
    row = Import(
        organisation_id=organisation_id, kind=kind, mode=mode, dry_run=dry_run, atomic=atomic,
        media_type=file.media_type, charset=file.charset, counts={}, ignored_columns=[],
    )  # fmt: skip
    session.add(row)
    await session.flush()
    for number, start in enumerate(range(0, len(file.content), PART)):
        part = {"number": number, "content": file.content[start : start + PART]}
        await session.execute(insert(ImportPart).values(organisation_id=organisation_id, import_id=row.id, **part))
    session.add(ImportJob(organisation_id=organisation_id, import_id=row.id))
    await session.flush()
    return row


async def found(session: AsyncSession, import_id: UUID, *, lock: bool = False) -> Import:
    row = await queries.import_of(session, import_id, lock=lock)
    if row is None:
        raise not_found("import")
    return row


async def approve(session: AsyncSession, import_id: UUID) -> Import:
    """Agrees to the removals that were counted, and to no more: if there are more by then, it waits again."""
    row = await found(session, import_id, lock=True)
    if row.status != "waitingForApproval":
        raise conflict("notWaiting", f"This import does not wait for approval: it is {row.status}.")
    row.approved_removals = row.counts["removed"]
    row.status, row.progress = "queued", 0.0
    row.version += 1
    session.add(ImportJob(organisation_id=row.organisation_id, import_id=row.id))
    await session.flush()
    return row


def shown(row: Import) -> schemas.Import:
    failure = None
    if row.failure_code is not None:
        failure = schemas.ImportFailure(code=row.failure_code, detail=row.failure_detail or "")
    names = ("id", "created_at", "updated_at", "kind", "mode", "dry_run", "atomic", "status", "progress",
             "ignored_columns")  # fmt: skip
    return schemas.Import.model_validate(
        {**{name: getattr(row, name) for name in names}, "counts": row.counts, "failure": failure}
    )
