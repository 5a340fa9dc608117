"""`/scim/v2`: one address, since SCIM's own rules bind what is below it. It is in no document of ours."""

from contextlib import nullcontext
from urllib.parse import urlsplit

from fastapi import FastAPI, Request
from pydantic_core import from_json, to_json
from scim2_models import SCIMException
from scim2_server.requests import ScimRequest
from scim2_server.responses import ScimResponse
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from services.shared import auth
from services.shared.database import Database
from services.shared.problems import forbidden
from services.shared.settings import Settings
from services.survey.organisation import service as organisations
from services.survey.organisation.models import Organisation
from services.survey.organisation.queries import wait_for_files
from services.survey.organisation.turns import TURNS
from services.survey.scim import protocol, rules, unit_groups
from services.survey.scim.storage import Storage, attribute_keys

PREFIX = "/scim/v2"
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
OPEN = "/serviceproviderconfig"  # RFC 7644, 4: readable before one knows how to authenticate
WRITERS = ("admin", "integrator")
SEARCH = "/.search"  # RFC 7644, 3.4.3: a POST that reads


def install(app: FastAPI) -> None:
    app.add_route(PREFIX + "{path:path}", endpoint, methods=METHODS, include_in_schema=False)


async def endpoint(request: Request) -> Response:
    """A SCIM error rolls the transaction back, so that a PATCH happens as a whole or not at all."""
    service = protocol.service_for(())
    try:
        asked = await _read(request)
        if asked.method == "GET" and asked.path.lower() == OPEN:
            with service.provider:
                return _written(service.service_provider_config(asked.url, asked.query))
        principal = await auth.caller(request, None)
        if principal.role not in WRITERS:
            raise forbidden(f"This needs the role {' or '.join(WRITERS)}; yours is {principal.role}.")
        database: Database = request.app.state.database
        turn = nullcontext() if _only_reads(asked) else TURNS.of(principal.organisation_id)
        async with turn, database.transaction(principal.organisation_id) as session:
            organisation = await _held(session, asked)
            service = protocol.service_for(attribute_keys(organisation))
            changing = asked.method in ("PUT", "PATCH", "DELETE")
            storage = Storage(session, principal, organisation, service.provider, changing=changing)
            made = await protocol.Handler(service, storage).handle(asked)
            storage.fill(made.body or {}, asked.base_url)
            return _written(made)
    except SCIMException as refused:
        return _written(service.error_response(refused))


async def _held(session: AsyncSession, asked: ScimRequest) -> Organisation:
    """As it is, for what is read; or else as it stays, and so read after the wait."""
    if _changes_lines(asked):
        return await organisations.own(session, lock=True)
    if not _only_reads(asked):
        if asked.method == "POST":
            await unit_groups.top(session)  # which may need the whole lock to make it
        await wait_for_files(session)
    return await organisations.own(session)


def _only_reads(asked: ScimRequest) -> bool:
    return asked.method in ("GET", "HEAD") or asked.path.lower().endswith(SEARCH)


def _changes_lines(asked: ScimRequest) -> bool:
    """Whoever changes the tree, who is where or who manages whom queues for the organisation's lock, before any row. The
    manager goes with the extension, and the extension with its name among the schemas."""
    if _only_reads(asked):
        return False
    on_user = asked.path.lower().startswith("/users")
    if asked.method == "PATCH" and on_user:
        body = asked.body.lower()
        return b"manager" in body or b":enterprise:" in body or body.count(b'schemas"') + body.count(b"schemas[") > 1
    return asked.method != "POST" or not on_user


async def _read(request: Request) -> ScimRequest:
    body, path = await request.body(), request.url.path.removeprefix(PREFIX).removesuffix("/")
    return ScimRequest(
        method=request.method, base_url=_base_url(request), path=path, query=dict(request.query_params),
        headers=list(request.headers.items()), body=_plain(request.method, path, body),
    )  # fmt: skip


def _base_url(request: Request) -> str:
    """As the caller sees it. Behind a proxy only the setting knows whether that is https."""
    settings: Settings = request.app.state.settings
    public = settings.public_url.rstrip("/")
    seen = public if urlsplit(public).netloc == request.url.netloc else str(request.base_url).rstrip("/")
    return seen + PREFIX


def _plain(method: str, path: str, body: bytes) -> bytes:
    """What identity systems send, in the words of RFC 7644. What is no JSON the library refuses."""
    if method not in ("POST", "PUT", "PATCH") or path.lower().endswith(SEARCH):
        return body
    try:
        sent = from_json(body)
    except ValueError:
        return body
    return to_json(rules.plain_patch(sent) if method == "PATCH" else rules.plain_resource(sent))


def _written(made: ScimResponse) -> Response:
    if made.body is None:
        headers = {name: value for name, value in made.headers.items() if name != "Content-Type"}
        return Response(None, int(made.status), headers)
    return Response(to_json(made.body), int(made.status), made.headers)
