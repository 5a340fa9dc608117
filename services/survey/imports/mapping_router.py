"""`/v1/import-mappings`."""

from typing import Annotated

from fastapi import Query, Response

from services.shared.auth import Caller, allow
from services.shared.etags import IfMatch, set_etag
from services.shared.pages import Page, Paging, page, sorted_by
from services.shared.patch import MergePatch, patches
from services.shared.routing import Router
from services.shared.sessions import Session
from services.survey.imports import mappings, queries, schemas
from services.survey.imports.columns import Kind
from services.survey.imports.models import ImportMapping

router = Router(tag="imports")
PUSHERS = [allow("admin", "integrator")]
SORTABLE = {"createdAt": ImportMapping.created_at, "updatedAt": ImportMapping.updated_at, "name": ImportMapping.name}


@router.get("/import-mappings", dependencies=PUSHERS)
async def list_import_mappings(
    session: Session,
    principal: Caller,
    paging: Annotated[Paging, sorted_by(SORTABLE)],
    kind: Annotated[Kind | None, Query()] = None,
) -> Page[schemas.ImportMapping]:
    """By name, unless told otherwise."""
    found = queries.mappings(principal)
    if kind is not None:
        found = found.where(ImportMapping.kind == kind)
    return await page(
        session, found, paging, sortable=SORTABLE, default="name", tie=[ImportMapping.id], item=mappings.shown
    )  # fmt: skip


@router.post("/import-mappings", status_code=201, dependencies=PUSHERS)
async def make_import_mapping(
    session: Session, body: schemas.ImportMappingBody, response: Response
) -> schemas.ImportMapping:
    """How the export of another system is read as it is. `nameTaken` (409). `unknownField`, `missingField`,
    `notADateFormat`, `dataAboveHeader`, and the code of a constant that its field cannot be (400)."""
    made = await mappings.make(session, body)
    response.headers["Location"] = f"/v1/import-mappings/{made.id}"
    set_etag(response, made.version)
    return mappings.shown(made)


@router.get("/import-mappings/{mappingId}", dependencies=PUSHERS)
async def get_import_mapping(
    session: Session, mapping_id: schemas.MappingRef, response: Response
) -> schemas.ImportMapping:
    found = await mappings.found(session, mapping_id)
    set_etag(response, found.version)
    return mappings.shown(found)


@router.patch(
    "/import-mappings/{mappingId}", dependencies=PUSHERS, openapi_extra=patches(schemas.ImportMappingBody)
)  # fmt: skip
async def change_import_mapping(
    session: Session, mapping_id: schemas.MappingRef, patch: MergePatch, response: Response, if_match: IfMatch = None
) -> schemas.ImportMapping:
    """Files that were pushed with it are read as it was then. `nameTaken` (409). `unknownField`, `missingField`,
    `notADateFormat`, `dataAboveHeader` (400)."""
    changed = await mappings.change(session, mapping_id, if_match, patch)
    set_etag(response, changed.version)
    return mappings.shown(changed)


@router.delete("/import-mappings/{mappingId}", status_code=204, dependencies=PUSHERS)
async def remove_import_mapping(session: Session, mapping_id: schemas.MappingRef, if_match: IfMatch = None) -> None:
    """Files that were pushed with it are read as it was then."""
    await mappings.remove(session, mapping_id, if_match)
