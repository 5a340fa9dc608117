"""Who is calling, and what they may do. Tokens of an OpenID Connect issuer will be one more way to a `Principal`."""

import hmac
from base64 import b64decode
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Depends, Request
from fastapi.params import Depends as Dependency
from fastapi.security import HTTPBearer
from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.events import ApiKeyUsed
from services.shared import keys, outbox
from services.shared.database import Database
from services.shared.problems import Problem, forbidden
from services.shared.settings import ServiceName, Settings

Role = Literal["admin", "director", "provider-manager", "provider-staff", "consumer-manager", "integrator", "bi-reader"]

bearer = HTTPBearer(
    scheme_name="bearer",
    bearerFormat="API key",
    description="An API key (`kb_…`), or the operator's key where an operation says so.",
    auto_error=False,
)


@dataclass(frozen=True)
class Principal:
    """`unit_ids` limits the roles that are limited to units; those below count too. Empty: no unit."""

    organisation_id: UUID
    role: Role
    unit_ids: frozenset[UUID]
    key_id: UUID

    @property
    def reads_all(self) -> bool:
        return self.role in ("admin", "director", "bi-reader")


def unauthenticated(detail: str) -> Problem:
    return Problem(401, "unauthenticated", detail, headers={"WWW-Authenticate": 'Bearer realm="klankbord"'})


def credential(request: Request) -> str:
    """The bearer token, or the password of HTTP Basic, which BI tools send."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    value = value.strip()
    if scheme.lower() == "bearer" and value:
        return value
    if scheme.lower() == "basic":
        try:
            return b64decode(value, validate=True).decode().partition(":")[2]
        except ValueError:  # no base64, or no UTF-8
            pass
    raise unauthenticated("Send an API key as `Authorization: Bearer kb_…`.")


async def caller(request: Request, _documented: Annotated[Any, Depends(bearer)]) -> Principal:
    """The key of an organisation. The same answer for every way in which a key can be wrong."""
    database: Database = request.app.state.database
    async with database.transaction(organisation_of(request)) as session:
        return await identified(request, session)


def organisation_of(request: Request) -> UUID:
    """Of the key, which is yet to be looked up."""
    organisation_id = keys.organisation_of(credential(request))
    if organisation_id is None:
        raise unauthenticated("This API key is not valid.")
    return organisation_id


async def identified(request: Request, session: AsyncSession) -> Principal:
    """Whose key it is, in a transaction of its organisation."""
    found = await keys.key_with_hash(session, keys.hash_of(credential(request)))
    now = datetime.now(UTC)
    if found is None or found.revoked or (found.expires_at is not None and found.expires_at <= now):
        raise unauthenticated("This API key is not valid.")
    if found.last_used_date != now.date():
        found.last_used_date = now.date()
        if request.app.state.service != keys.ISSUER:
            await outbox.append(session, ApiKeyUsed(key_id=found.id, used_date=now.date()))
    principal = Principal(found.organisation_id, found.role, frozenset(found.unit_ids), found.id)  # type: ignore[arg-type]  # checked when the key was made
    request.state.principal = principal
    return principal


Caller = Annotated[Principal, Depends(caller)]


def permit(principal: Principal, *roles: Role) -> None:
    if principal.role not in roles:
        raise forbidden(f"This needs the role {' or '.join(roles)}; yours is {principal.role}.")


def allow(*roles: Role) -> Dependency:
    """Put it into a route's `dependencies`."""

    async def check(principal: Caller) -> None:
        permit(principal, *roles)

    result: Dependency = Depends(check)
    return result


async def operator(request: Request, _documented: Annotated[Any, Depends(bearer)]) -> None:
    """Only survey has an operator's key."""
    key: str = request.app.state.settings.operator_key.get_secret_value()
    if not hmac.compare_digest(credential(request).encode(), key.encode()):
        raise unauthenticated("This needs the operator's key.")


Operator = Depends(operator)


def peer(*services: ServiceName) -> Callable[[Request], Coroutine[Any, Any, ServiceName]]:
    """A dependency for what only these services may call; it answers which one does."""

    async def check(request: Request) -> ServiceName:
        settings: Settings = request.app.state.settings
        shown = credential(request).encode()
        for service, key in settings.peer_keys().items():
            if service in services and hmac.compare_digest(shown, key.encode()):
                return service
        raise unauthenticated("This is for the other services of Klankbord.")

    return check
