"""Saved mappings: how the exports of other systems are read."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.etags import require_match
from services.shared.patch import patched
from services.shared.problems import FieldError, conflict, invalid, not_found, parameter_error, pointer_of
from services.survey.imports import dates, queries, schemas
from services.survey.imports.columns import Kind, Known, Told
from services.survey.imports.models import ImportMapping
from services.survey.imports.refusals import Wrong
from services.survey.organisation import queries as organisation
from services.survey.organisation.queries import as_id

TOLD = tuple(asdict(Told()))


async def found(session: AsyncSession, mapping_id: UUID, *, lock: bool = False) -> ImportMapping:
    row = await queries.mapping_of(session, mapping_id, lock=lock)
    if row is None:
        raise not_found("mapping")
    return row


async def make(session: AsyncSession, body: schemas.ImportMappingBody) -> ImportMapping:
    told = await _checked(session, body)
    await _refuse_taken(session, body.name, None)
    row = ImportMapping(
        organisation_id=session.info["organisation_id"], name=body.name, kind=body.kind, told=told
    )  # fmt: skip
    session.add(row)
    await session.flush()
    return row


async def change(
    session: AsyncSession, mapping_id: UUID, if_match: str | None, patch: Mapping[str, Any]
) -> ImportMapping:
    """Files that were pushed with it are read as it was then."""
    row = await found(session, mapping_id, lock=True)
    require_match(if_match, row.version)
    body = patched(schemas.ImportMappingBody.model_validate(_values(row)), patch)
    await _refuse_taken(session, body.name, row.id)
    row.name, row.kind, row.told = body.name, body.kind, await _checked(session, body)
    row.version += 1
    await session.flush()
    return row


async def remove(session: AsyncSession, mapping_id: UUID, if_match: str | None) -> None:
    row = await found(session, mapping_id, lock=True)
    require_match(if_match, row.version)
    await session.execute(delete(ImportMapping).where(ImportMapping.id == mapping_id))


async def told_by(session: AsyncSession, kind: Kind, name: str | None, asked: Told) -> Told:
    """What the query says goes before what the mapping says."""
    if name is None:
        return asked
    known = as_id(name)
    row = await queries.mapping_of(session, known) if known else await queries.mapping_named(session, name)
    if row is None:
        raise parameter_error("mapping", "unknownReference", "is the id or the name of no mapping here")
    if row.kind != kind:
        raise parameter_error("mapping", "mappingOfOtherKind", f"is a mapping of {row.kind}")
    given = {key: value for key, value in asdict(asked).items() if value}
    return replace(Told(**row.told), **given)


async def _refuse_taken(session: AsyncSession, name: str, but: UUID | None) -> None:
    other = await queries.mapping_named(session, name)
    if other is not None and other.id != but:
        raise conflict("nameTaken", "Another mapping has this name.")


async def _checked(session: AsyncSession, body: schemas.ImportMappingBody) -> dict[str, Any]:
    told = {name: getattr(body, name) for name in TOLD}
    known = Known(body.kind, await organisation.declared_attributes(session))
    errors = [*_format_errors(body), *_line_errors(body), *_field_errors(body, known)]
    if errors:
        raise invalid(errors)
    return told


def _format_errors(body: schemas.ImportMappingBody) -> Iterator[FieldError]:
    for place, told in enumerate(body.date_formats):
        try:
            dates.pattern(told)
        except ValueError as error:
            yield FieldError(pointer=f"/dateFormats/{place}", code="notADateFormat", detail=str(error))


def _line_errors(body: schemas.ImportMappingBody) -> Iterator[FieldError]:
    if body.data_line is not None and body.data_line <= (body.header_line or 1):
        yield FieldError(pointer="/dataLine", code="dataAboveHeader", detail="must be below the line of the headers")


def _field_errors(body: schemas.ImportMappingBody, known: Known) -> Iterator[FieldError]:
    named = [(("columns", header), name) for header, name in body.columns.items()]
    named += [((part, name), name) for part in ("constants", "values") for name in getattr(body, part)]
    for path, name in named:
        if known.named(name) is None:
            detail = f"{name} is no field of {body.kind}"
            yield FieldError(pointer=pointer_of(path), code="unknownField", detail=detail)
    for name, value in body.constants.items():
        column = known.named(name)
        try:
            if column is not None:
                column.read(value)
        except Wrong as wrong:
            yield FieldError(pointer=pointer_of(["constants", name]), code=wrong.code, detail=wrong.detail)
    columns = [column for name in (*body.columns.values(), *body.constants) if (column := known.named(name))]
    for name in known.missing(columns):
        yield FieldError(pointer="/columns", code="missingField", detail=f"no header is {name}, which is needed")


def shown(row: ImportMapping) -> schemas.ImportMapping:
    times = {"id": row.id, "created_at": row.created_at, "updated_at": row.updated_at}
    return schemas.ImportMapping.model_validate({**_values(row), **times})


def _values(row: ImportMapping) -> dict[str, Any]:
    return {**row.told, "name": row.name, "kind": row.kind}
