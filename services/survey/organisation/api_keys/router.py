"""`/v1/api-keys`."""

from typing import Annotated

from fastapi import Query, Response

from services.shared.auth import Caller, Role, allow
from services.shared.etags import IfMatch, set_etag
from services.shared.keys import ApiKey
from services.shared.pages import Page, Paging, page, sorted_by
from services.shared.patch import MergePatch, patches
from services.shared.routing import Router
from services.shared.sessions import Session
from services.survey.organisation import schemas
from services.survey.organisation.api_keys import queries, service

router = Router(tag="organisation")
SORTABLE = {"createdAt": ApiKey.created_at, "name": ApiKey.name, "role": ApiKey.role}


@router.get("/api-keys", dependencies=[allow("admin")])
async def list_api_keys(
    session: Session, paging: Annotated[Paging, sorted_by(SORTABLE)], role: Annotated[Role | None, Query()] = None
) -> Page[schemas.ApiKey]:
    """Without those that were revoked."""
    found = queries.api_keys() if role is None else queries.api_keys().where(ApiKey.role == role)
    return await page(
        session, found, paging, sortable=SORTABLE, default="createdAt", tie=[ApiKey.id],
        item=schemas.ApiKey.model_validate,
    )  # fmt: skip


@router.post("/api-keys", status_code=201, dependencies=[allow("admin")])
async def make_api_key(session: Session, body: schemas.ApiKeyBody, response: Response) -> schemas.NewApiKey:
    """The key itself is in this answer and nowhere else. `roleWithoutUnits` (400): the role is not limited to
    units. `inThePast` (400)."""
    row, key = await service.issue_as_asked(session, body)
    response.headers["Location"] = f"/v1/api-keys/{row.id}"
    set_etag(response, row.version)
    return schemas.NewApiKey(**schemas.ApiKey.model_validate(row).model_dump(by_alias=False), key=key)


@router.get("/api-keys/{apiKeyId}", dependencies=[allow("admin")])
async def get_api_key(session: Session, api_key_id: schemas.KeyRef, response: Response) -> schemas.ApiKey:
    """Without the key itself, which is kept nowhere."""
    row = await service.found(session, api_key_id)
    set_etag(response, row.version)
    return schemas.ApiKey.model_validate(row)


@router.patch("/api-keys/{apiKeyId}", dependencies=[allow("admin")], openapi_extra=patches(schemas.ApiKeyBody))
async def change_api_key(
    session: Session, caller: Caller, api_key_id: schemas.KeyRef, patch: MergePatch, response: Response,
    if_match: IfMatch = None,
) -> schemas.ApiKey:  # fmt: skip
    """`lastAdminKey` (409): without this key nobody could get in any more. `ownKey` (409): an admin key cannot be limited
    with itself. `roleWithoutUnits` (400): the role is not limited to units. `inThePast` (400): to end a key, revoke it."""
    row = await service.change(session, api_key_id, if_match, patch, own=caller.key_id)
    set_etag(response, row.version)
    return schemas.ApiKey.model_validate(row)


@router.delete("/api-keys/{apiKeyId}", status_code=204, dependencies=[allow("admin")])
async def revoke_api_key(
    session: Session, caller: Caller, api_key_id: schemas.KeyRef, if_match: IfMatch = None
) -> None:
    """From now on the key is refused, by the other services as soon as they hear of it. `lastAdminKey` (409): without
    this key nobody could get in any more. `ownKey` (409): an admin key cannot be revoked with itself."""
    await service.revoke(session, api_key_id, if_match, own=caller.key_id)
