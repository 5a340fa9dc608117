"""`/v1/contact-policy`."""

from fastapi import Response

from services.shared.auth import allow
from services.shared.etags import IfMatch, set_etag
from services.shared.patch import MergePatch, patches
from services.shared.routing import Router
from services.shared.sessions import Session
from services.survey.contact_policy import schemas, service

router = Router(tag="contact policy")
READ = [allow("admin", "director", "provider-manager", "provider-staff")]


@router.get("/contact-policy", dependencies=READ)
async def get_contact_policy(session: Session, response: Response) -> schemas.ContactPolicy:
    """How often people may be asked, over all surveys of the organisation."""
    policy = await service.found(session)
    set_etag(response, policy.version)
    return schemas.ContactPolicy.model_validate(policy)


@router.patch("/contact-policy", dependencies=[allow("admin")], openapi_extra=patches(schemas.ContactPolicyBody))
async def change_contact_policy(
    session: Session, patch: MergePatch, response: Response, if_match: IfMatch = None
) -> schemas.ContactPolicy:
    """Holds for every draw from now on. Who was invited already stays so. `endsBeforeItStarts`, `incompleteLimit`
    (`maximumInvitations` without `withinDays`, or the other way round) (400)."""
    policy = await service.change(session, if_match, patch)
    set_etag(response, policy.version)
    return schemas.ContactPolicy.model_validate(policy)
