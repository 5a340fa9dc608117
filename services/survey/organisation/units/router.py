"""`/v1/units`."""

from typing import Annotated

from fastapi import Query, Response

from services.shared.auth import Caller, allow
from services.shared.etags import IfMatch, set_etag
from services.shared.pages import Page, Paging, UnsortedPages, page, sorted_by
from services.shared.patch import MergePatch, patches
from services.shared.routing import Router
from services.shared.schemas import NullableFilter
from services.shared.sessions import Session
from services.survey.organisation import employment_queries, queries, schemas
from services.survey.organisation.models import Employment, Unit
from services.survey.organisation.turns import IN_TURN
from services.survey.organisation.units import service

router = Router(tag="organisation")
READERS = [
    allow("admin", "director", "provider-manager", "provider-staff", "consumer-manager", "integrator", "bi-reader")
]
WRITERS = [allow("admin", "integrator"), IN_TURN]
SORTABLE = {"createdAt": Unit.created_at, "updatedAt": Unit.updated_at, "name": Unit.name}


@router.get("/units", dependencies=READERS)
async def list_units(
    session: Session,
    principal: Caller,
    paging: Annotated[Paging, sorted_by(SORTABLE)],
    parent_id: Annotated[NullableFilter | None, Query(alias="parentId")] = None,
    is_provider: Annotated[schemas.Flag | None, Query(alias="isProvider")] = None,
    is_consumer: Annotated[schemas.Flag | None, Query(alias="isConsumer")] = None,
) -> Page[schemas.Unit]:
    """Roles that are limited to units find these and all below them."""
    found = queries.units(principal)
    if parent_id is not None:
        found = found.where(queries.of_parent(parent_id))
    if is_provider is not None:
        found = found.where(Unit.is_provider == is_provider)
    if is_consumer is not None:
        found = found.where(Unit.is_consumer == is_consumer)
    return await page(
        session, found, paging, sortable=SORTABLE, default="createdAt", tie=[Unit.id],
        item=schemas.Unit.model_validate,
    )  # fmt: skip


@router.post("/units", status_code=201, dependencies=WRITERS)
async def make_unit(session: Session, body: schemas.UnitBody, response: Response) -> schemas.Unit:
    """`secondRoot` (409): only one unit has no parent. `externalIdTaken` (409)."""
    unit = await service.make(session, body)
    response.headers["Location"] = f"/v1/units/{unit.id}"
    set_etag(response, unit.version)
    return schemas.Unit.model_validate(unit)


@router.get("/units/{unitId}", dependencies=READERS)
async def get_unit(session: Session, principal: Caller, unit_id: schemas.UnitRef, response: Response) -> schemas.Unit:
    """Roles that are limited to units find these and all below them."""
    unit = await service.found(session, principal, unit_id)
    set_etag(response, unit.version)
    return schemas.Unit.model_validate(unit)


@router.patch("/units/{unitId}", dependencies=WRITERS, openapi_extra=patches(schemas.UnitBody))
async def change_unit(
    session: Session,
    principal: Caller,
    unit_id: schemas.UnitRef,
    patch: MergePatch,
    response: Response,
    if_match: IfMatch = None,
) -> schemas.Unit:
    """`unitCircle` (409): a unit cannot be below itself. `secondRoot`, `unitHasServices`, `externalIdTaken` (409)."""
    unit = await service.change(session, principal, unit_id, if_match, patch)
    set_etag(response, unit.version)
    return schemas.Unit.model_validate(unit)


@router.get("/units/{unitId}/employments", dependencies=[
    allow("admin", "director", "provider-manager", "consumer-manager", "integrator")
])  # fmt: skip
async def list_unit_employments(
    session: Session,
    principal: Caller,
    unit_id: schemas.UnitRef,
    paging: UnsortedPages,
    on_date: schemas.OnDate = None,
) -> Page[schemas.Employment]:
    """Who was in the unit when, without those of units below it."""
    unit = await service.found(session, principal, unit_id)
    found = employment_queries.employments(principal).where(Employment.unit_id == unit.id)
    return await employment_queries.page_of(session, found, paging, on_date)


@router.delete("/units/{unitId}", status_code=204, dependencies=WRITERS)
async def remove_unit(session: Session, principal: Caller, unit_id: schemas.UnitRef, if_match: IfMatch = None) -> None:
    """Of an empty unit: `unitHasUnits`, `unitHasEmployees`, `unitHasServices` (409). It leaves all audiences."""
    await service.remove(session, principal, unit_id, if_match)
