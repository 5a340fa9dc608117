"""`/v1/organisations` for the operator, `/v1/organisation` for those who work in one."""

from fastapi import Response

from services.shared.auth import allow
from services.shared.etags import IfMatch, set_etag
from services.shared.patch import MergePatch, patches
from services.shared.routing import Router
from services.shared.sessions import OperatorSession, Session
from services.survey.organisation import schemas, service

router = Router(tag="organisation")


@router.post("/organisations", status_code=201)
async def make_organisation(
    session: OperatorSession, body: schemas.OrganisationBody, response: Response
) -> schemas.NewOrganisation:
    """Needs the operator's key. Answers with the organisation's first admin key, once. `unknownTimeZone`, `doubledKey`,
    `doubledValue` and, for an attribute that employees have already, `reservedKey` (400)."""
    made = await service.make(session, body)
    response.headers["Location"] = "/v1/organisation"
    set_etag(response, made.organisation.version)
    shown = service.shown(made.organisation)
    return schemas.NewOrganisation(**shown.model_dump(by_alias=False), admin_key=made.admin_key)


@router.get("/organisation", dependencies=[
    allow("admin", "director", "provider-manager", "provider-staff", "consumer-manager", "integrator", "bi-reader")
])  # fmt: skip
async def get_organisation(session: Session, response: Response) -> schemas.Organisation:
    """The caller's own."""
    organisation = await service.own(session)
    set_etag(response, organisation.version)
    return service.shown(organisation)


@router.patch("/organisation", dependencies=[allow("admin")], openapi_extra=patches(schemas.OrganisationBody))
async def change_organisation(
    session: Session, patch: MergePatch, response: Response, if_match: IfMatch = None
) -> schemas.Organisation:
    """The minimum groups of waves that are open do not change with it. `unknownTimeZone`, `doubledKey`, `doubledValue`
    and, for an attribute that employees have already, `reservedKey` (400)."""
    organisation = await service.change(session, if_match, patch)
    set_etag(response, organisation.version)
    return service.shown(organisation)
