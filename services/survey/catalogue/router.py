"""`/v1/services`, their audiences, `/v1/audience-matrix`."""

from typing import Annotated

from fastapi import Query, Response

from services.shared.auth import Caller, allow
from services.shared.etags import IfMatch, set_etag
from services.shared.pages import Page, Paging, UnsortedPages, page, sorted_by
from services.shared.patch import MergePatch, patches
from services.shared.routing import Router
from services.shared.schemas import ReferenceFilter, ShortText
from services.shared.sessions import Session
from services.survey.catalogue import audiences, queries, schemas, service
from services.survey.catalogue.models import Service, ServiceCost
from services.survey.organisation.turns import IN_TURN

router = Router(tag="catalogue")
READERS = [
    allow("admin", "director", "provider-manager", "provider-staff", "consumer-manager", "integrator", "bi-reader")
]
WRITERS = [allow("admin", "integrator"), IN_TURN]
SORTABLE = {"createdAt": Service.created_at, "updatedAt": Service.updated_at}
ProviderFilter = Annotated[ReferenceFilter | None, Query(alias="providerId")]
UnitFilter = Annotated[
    ReferenceFilter | None,
    Query(alias="unitId", description="Services that this unit uses, being in or below their audience"),
]


@router.get("/services", dependencies=READERS)
async def list_services(
    session: Session,
    principal: Caller,
    paging: Annotated[Paging, sorted_by(SORTABLE)],
    provider_id: ProviderFilter = None,
    unit_id: UnitFilter = None,
    category: ShortText | None = None,
) -> Page[schemas.Service]:
    """Provider roles find the services of their units, consumer managers those that their units use."""
    found = queries.filtered(principal, provider_id, unit_id)
    if category is not None:
        found = found.where(Service.category == category)
    return await page(
        session, found, paging, sortable=SORTABLE, default="createdAt", tie=[Service.id], item=service.shown
    )


@router.post("/services", status_code=201, dependencies=WRITERS)
async def make_service(session: Session, body: schemas.ServiceBody, response: Response) -> schemas.Service:
    """`notAProvider`: the unit provides no services. `externalIdTaken` (409)."""
    made = await service.make(session, body)
    response.headers["Location"] = f"/v1/services/{made.id}"
    set_etag(response, made.version)
    return service.shown(made)


@router.get("/services/{serviceId}", dependencies=READERS)
async def get_service(
    session: Session, principal: Caller, service_id: schemas.ServiceRef, response: Response
) -> schemas.Service:
    """With what it costs, and what a supplier outside asks where that is known."""
    found = await service.found(session, principal, service_id)
    set_etag(response, found.version)
    return service.shown(found)


@router.patch("/services/{serviceId}", dependencies=WRITERS, openapi_extra=patches(schemas.ServiceBody))
async def change_service(
    session: Session,
    principal: Caller,
    service_id: schemas.ServiceRef,
    patch: MergePatch,
    response: Response,
    if_match: IfMatch = None,
) -> schemas.Service:
    """`notAProvider`: the unit provides no services. `externalIdTaken` (409)."""
    changed = await service.change(session, principal, service_id, if_match, patch)
    set_etag(response, changed.version)
    return service.shown(changed)


@router.delete("/services/{serviceId}", status_code=204, dependencies=WRITERS)
async def remove_service(
    session: Session, principal: Caller, service_id: schemas.ServiceRef, if_match: IfMatch = None
) -> None:
    """Its audience goes with it; what was measured stays. `serviceInUse` (409): a wave that has not ended asks of it."""
    await service.remove(session, principal, service_id, if_match)


@router.get("/services/{serviceId}/costs", dependencies=READERS)
async def list_costs(
    session: Session, principal: Caller, service_id: schemas.ServiceRef, paging: UnsortedPages
) -> Page[schemas.ServiceCost]:
    """What it cost a year, as files of costs say; the last year first."""
    found = await service.found(session, principal, service_id)
    return await page(
        session, queries.costs(found.id), paging, sortable={"year": ServiceCost.year}, default="-year",
        tie=[ServiceCost.year], item=schemas.ServiceCost.of,
    )  # fmt: skip


@router.get("/services/{serviceId}/audience", dependencies=READERS)
async def get_audience(
    session: Session, principal: Caller, service_id: schemas.ServiceRef, response: Response
) -> schemas.Audience:
    """Who uses the service. The ETag is the audience's own, not the service's."""
    found = await service.found(session, principal, service_id)
    set_etag(response, found.audience_version)
    return await audiences.shown(session, found)


@router.put("/services/{serviceId}/audience", dependencies=WRITERS)
async def put_audience(
    session: Session,
    principal: Caller,
    service_id: schemas.ServiceRef,
    body: schemas.AudienceBody,
    response: Response,
    if_match: IfMatch = None,
) -> schemas.Audience:
    """Replaces it. The ETag is the audience's own, not the service's."""
    changed = await audiences.put(session, principal, service_id, if_match, body)
    set_etag(response, changed.audience_version)
    return await audiences.shown(session, changed)


@router.get("/audience-matrix", dependencies=READERS)
async def list_audience_matrix(
    session: Session,
    principal: Caller,
    paging: UnsortedPages,
    provider_id: ProviderFilter = None,
    unit_id: UnitFilter = None,
) -> Page[schemas.MatrixRow]:
    """Which units use which service: a row a service."""
    found = queries.filtered(principal, provider_id, unit_id)
    services: Page[Service] = await page(
        session, found, paging, sortable=SORTABLE, default="createdAt", tie=[Service.id], item=lambda row: row
    )
    rows = await audiences.matrix(session, services.items)
    return Page[schemas.MatrixRow](items=rows, next_cursor=services.next_cursor)
