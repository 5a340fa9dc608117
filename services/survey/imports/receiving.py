"""An upload, stored piece by piece as it arrives: no body is in memory, and no transaction waits for a slow line."""

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from fastapi import Request
from sqlalchemy import delete, func, insert
from starlette.requests import ClientDisconnect

from services.shared.database import EVERYONE, Database
from services.shared.ids import new_id
from services.shared.problems import Problem
from services.shared.routing import refuse_encodings
from services.survey.imports import queries
from services.survey.imports.models import ImportPart
from services.survey.imports.reading import sheets
from services.survey.imports.reading.files import CSV, NDJSON, XLSX
from services.survey.imports.reading.source import Source
from services.survey.imports.refusals import Unusable
from services.survey.settings import SurveySettings

PART = 1_000_000
PATIENCE = 60.0  # seconds in which the database must give a piece
ZIP, OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
OTHER_KINDS = {
    ZIP: "a ZIP archive; a workbook is sent as " + XLSX, OLD_OFFICE: "an old or an encrypted Office file; save it as .xlsx",
    b"%PDF": "a PDF", b"\x1f\x8b": "compressed; unpack it first", b"\x89PNG": "a picture", b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture", b"Rar!": "an archive", b"7z\xbc\xaf": "an archive", b"SQLite format": "a database",
}  # fmt: skip


@dataclass(frozen=True)
class Upload:
    """Stored under the id that the import will have."""

    import_id: UUID
    media_type: str
    charset: str | None


async def receive(request: Request, organisation_id: UUID) -> Upload:
    """Raises a Problem for what is no file that could be read, before it is here where that shows at its beginning."""
    media_type, charset = media_of(request)
    database: Database = request.app.state.database
    import_id, number, held = new_id(), 0, bytearray()
    digest = hashlib.sha256()
    try:
        async for chunk in request.stream():
            digest.update(chunk)
            held += chunk
            if not number and len(held) >= 8:
                refuse_other_kinds(media_type, bytes(held[:16]))
            while len(held) >= PART:
                await _store(database, organisation_id, import_id, number, bytes(held[:PART]))
                del held[:PART]
                number += 1
        if not number:
            refuse_other_kinds(media_type, bytes(held[:16]))
        if held:
            await _store(database, organisation_id, import_id, number, bytes(held))
            number += 1
        if media_type == XLSX:
            await _check_workbook(database, organisation_id, import_id, number)
    except BaseException as error:
        await discard(database, organisation_id, import_id)
        if isinstance(error, ClientDisconnect):
            raise Problem(400, "incompleteBody", "The body broke off before its end.") from None
        raise
    request.state.body_digest = digest.digest()
    return Upload(import_id, media_type, charset)


def media_of(request: Request) -> tuple[str, str | None]:
    media_type, *parameters = [part.strip() for part in request.headers.get("content-type", "").split(";")]
    media_type = media_type.lower()
    if media_type not in (CSV, NDJSON, XLSX):
        raise Problem(415, "unsupportedMediaType", f"Send the file as {CSV}, {NDJSON} or {XLSX}.")
    refuse_encodings(request)
    given = dict(parameter.lower().split("=", 1) for parameter in parameters if "=" in parameter)
    return media_type, given.get("charset", "").strip('" ')[:100] or None


def refuse_other_kinds(media_type: str, head: bytes) -> None:
    found = next((told for start, told in OTHER_KINDS.items() if head.startswith(start)), None)
    if media_type == XLSX:
        found = None if head.startswith(ZIP) else found or "no XLSX workbook"
    if found is not None:
        raise Problem(415, "wrongKind", f"The file is not what it is sent as ({media_type}): it is {found}.")


async def _store(database: Database, organisation_id: UUID, import_id: UUID, number: int, content: bytes) -> None:
    part = {"organisation_id": organisation_id, "import_id": import_id, "number": number, "content": content}
    async with database.transaction(organisation_id) as session:
        await session.execute(insert(ImportPart).values(part))


def stored(database: Database, organisation_id: UUID, import_id: UUID, count: int) -> Source:
    """The pieces, for whoever asks for them from a thread."""
    loop = asyncio.get_running_loop()

    async def fetch(number: int) -> bytes:
        async with database.transaction(organisation_id) as session:
            return await queries.part(session, import_id, number)

    def piece(number: int) -> bytes:
        return asyncio.run_coroutine_threadsafe(fetch(number), loop).result(PATIENCE)

    return Source(count, piece)


async def _check_workbook(database: Database, organisation_id: UUID, import_id: UUID, count: int) -> None:
    try:
        await asyncio.to_thread(sheets.check, stored(database, organisation_id, import_id, count))
    except Unusable as refused:
        raise Problem(400, refused.code, refused.detail) from None


async def discard(database: Database, organisation_id: UUID, import_id: UUID) -> None:
    async with database.transaction(organisation_id) as session:
        await session.execute(delete(ImportPart).where(ImportPart.import_id == import_id))


async def forget_broken(database: Database, settings: SurveySettings) -> None:
    """What belongs to no import, since the process was killed while it arrived. A file that waits for its turn, or for
    approval, belongs to one."""
    async with database.transaction(EVERYONE) as session:
        old = await queries.uploads_before(session, func.now() - timedelta(hours=settings.import_part_hours))
    for organisation_id, import_id in old:
        async with database.transaction(organisation_id) as session:
            if await queries.import_of(session, import_id) is None:
                await session.execute(delete(ImportPart).where(ImportPart.import_id == import_id))
