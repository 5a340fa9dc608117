"""Every error is an RFC 9457 problem document with a stable `code`. Nothing of the inside leaves with it."""

from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import asyncpg
import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import Field
from pydantic.alias_generators import to_camel
from sqlalchemy.exc import DBAPIError, IntegrityError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import Match

from services.shared.outages import AWAY, is_passing
from services.shared.schemas import SLASH, Sparse

log = structlog.get_logger()

CODES = {
    400: "invalidRequest", 401: "unauthenticated", 403: "forbidden", 404: "notFound", 405: "methodNotAllowed",
    406: "notAcceptable", 409: "conflict", 410: "gone", 412: "preconditionFailed", 413: "bodyTooLarge",
    415: "unsupportedMediaType", 422: "idempotencyKeyReused", 428: "preconditionRequired", 429: "tooManyRequests",
    500: "internalError", 503: "unavailable",
}  # fmt: skip
RACED = ("23503", "23505", "23P01")  # PostgreSQL: foreign key, unique and exclusion


class FieldError(Sparse):
    """Where the request is wrong: a JSON pointer into the body, or the name of a path, query or header parameter."""

    pointer: str | None = Field(default=None, examples=["/name"])
    parameter: str | None = Field(default=None, examples=["limit"])
    code: str = Field(
        examples=["missing"],
        description="What a schema refuses has pydantic's names in lowerCamelCase, such as `stringTooLong`, "
        "`literalError`, `uuidParsing` or `greaterThanEqual`; others are named where they are declared",
    )
    detail: str = Field(examples=["is required"])


UNREADABLE = FieldError(pointer="", code="unreadable", detail="is not JSON that can be read")


class ProblemDocument(Sparse):
    """RFC 9457. Decide by `code`; `detail` is for people."""

    type: str = Field(examples=["about:blank"])
    title: str = Field(description="The status in words", examples=["Bad Request"])
    status: int = Field(ge=400, le=599)
    detail: str
    instance: str = Field(json_schema_extra={"format": "uri-reference"}, description="The path that was called")
    code: str = Field(examples=["invalidRequest"])
    errors: list[FieldError] | None = None


class Problem(Exception):
    """Raise it anywhere: the answer is the problem document, and the transaction is rolled back."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail
        self.errors, self.headers = list(errors), dict(headers or {})


def not_found(what: str) -> Problem:
    """Also for what the caller may not see, so that nobody learns that it exists."""
    return Problem(404, "notFound", f"There is no such {what}.")


def conflict(code: str, detail: str) -> Problem:
    return Problem(409, code, detail)


def forbidden(detail: str) -> Problem:
    return Problem(403, "forbidden", detail)


def invalid(errors: Sequence[FieldError]) -> Problem:
    return Problem(400, "invalidRequest", "The request is not valid; `errors` says where.", errors=errors)


def body_error(pointer: str, code: str, detail: str) -> Problem:
    return invalid([FieldError(pointer=pointer, code=code, detail=detail)])


def parameter_error(parameter: str, code: str, detail: str) -> Problem:
    return invalid([FieldError(parameter=parameter, code=code, detail=detail)])


def document(request: Request, problem: Problem) -> JSONResponse:
    """In another form where the path is bound by another protocol."""
    state = getattr(request.scope.get("app"), "state", None)  # none where a layer stands by itself
    for prefix, refusal in getattr(state, "refusals", {}).items():
        if request.scope["path"].startswith(prefix):
            made: JSONResponse = refusal(problem)
            return made
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.detail,
        "instance": quote(request.scope["path"].replace(SLASH, "/"), safe="/:@!$&'()*+,;=~"),
        "code": problem.code,
    }
    if problem.errors:
        body["errors"] = [error.model_dump(exclude_none=True) for error in problem.errors]
    return JSONResponse(body, problem.status, problem.headers, media_type="application/problem+json")


def install(app: FastAPI) -> None:
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(RequestValidationError, _refused)
    app.add_exception_handler(HTTPException, _http)
    for error in (DBAPIError, *AWAY, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError):
        app.add_exception_handler(error, _database)


async def _problem(request: Request, exception: Exception) -> JSONResponse:
    assert isinstance(exception, Problem)
    return document(request, exception)


async def _refused(request: Request, exception: Exception) -> JSONResponse:
    assert isinstance(exception, RequestValidationError)
    return document(request, invalid(field_errors(exception.errors(), exception.body)))


async def _http(request: Request, exception: Exception) -> JSONResponse:
    assert isinstance(exception, HTTPException)
    status = exception.status_code
    if status == 400:  # FastAPI's word for JSON that it could not even parse: too deep, or a number too long
        return document(request, invalid([UNREADABLE]))
    detail = "There is nothing at this address." if status == 404 else str(exception.detail)
    headers = {"Allow": ", ".join(allowed(request))} if status == 405 else exception.headers
    return document(request, Problem(status, CODES.get(status, "error"), detail, headers=headers))


def allowed(request: Request) -> list[str]:
    """All methods of an address: Starlette's own `Allow` names those of the first route that matches."""
    methods: set[str] = set()
    for method in ("DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"):
        scope = {**request.scope, "method": method}
        if any(route.matches(scope)[0] is Match.FULL for route in request.app.routes):
            methods.add(method)
    return sorted(methods)


async def _database(request: Request, exception: Exception) -> JSONResponse:
    """A constraint that a race got past the checks in front of it is a conflict; the rest is ours."""
    if isinstance(exception, IntegrityError) and getattr(exception.orig, "sqlstate", None) in RACED:
        return document(request, conflict("conflict", "Something else changed at the same time; read again and retry."))
    if is_passing(exception):
        return document(request, unavailable())
    return unexpected(request, exception)


def unavailable() -> Problem:
    return Problem(
        503, "unavailable", "The database does not answer in time; try again soon.", headers={"Retry-After": "5"}
    )


def unexpected(request: Request, exception: Exception) -> JSONResponse:
    log.error("unexpected error", exc_info=exception)
    return document(request, Problem(500, "internalError", "Something went wrong on our side."))


def field_errors(errors: Sequence[Mapping[str, Any]], sent: Any) -> list[FieldError]:
    """Each at the part of `sent` that it is about. Pydantic's codes are in snake_case, ours are not."""
    found: list[FieldError] = []
    alternatives: dict[str, list[FieldError]] = {}
    for error in map(_of_the_tag, errors):
        (place, *parts), kind = error["loc"], str(error["type"])
        code, detail = to_camel(kind), str(error["msg"])
        if kind == "json_invalid":
            found.append(UNREADABLE)
        elif place != "body":
            found.append(FieldError(parameter=str(parts[0] if parts else place), code=code, detail=detail))
        else:
            path = _along(parts, sent, missing=kind == "missing")
            pointer = pointer_of(path)
            told = found if len(path) == len(parts) else alternatives.setdefault(pointer, [])
            told.append(FieldError(pointer=pointer, code=code, detail=detail))
    return [*found, *_of_unions(alternatives)]


def _of_the_tag(error: Mapping[str, Any]) -> Mapping[str, Any]:
    """Of a value that says by a key which of several it is: pydantic refuses all of it, where the key is to blame."""
    if error["type"] not in ("union_tag_not_found", "union_tag_invalid"):
        return error
    told, loc = error["ctx"], (*error["loc"], error["ctx"]["discriminator"].strip("'"))
    if error["type"] == "union_tag_not_found":
        return {"loc": loc, "type": "missing", "msg": "Field required"}
    return {"loc": loc, "type": "literal_error", "msg": f"Input should be one of {told['expected_tags']}"}


def _along(parts: Sequence[str | int], sent: Any, *, missing: bool) -> list[str | int]:
    """The keys and indexes among `parts`: between them pydantic puts the tags of unions and the names of validators. A
    tag may be a key too (`share`), so it is the way on which most parts are found; of equals, the one that leads on."""
    if not parts:
        return []
    head, *rest = parts
    if missing and not rest:
        return [head]
    without = _along(rest, sent, missing=missing)
    is_key = isinstance(sent, dict) and head in sent
    if not is_key and not (isinstance(sent, list) and isinstance(head, int) and head < len(sent)):
        return without
    way = [head, *_along(rest, sent[head], missing=missing)]
    return way if len(way) > len(without) else without


def _of_unions(alternatives: Mapping[str, Sequence[FieldError]]) -> Iterator[FieldError]:
    """One error for each value, for it is refused once. That it has the wrong type for an alternative says no more than
    that this one was not meant."""
    for pointer, errors in alternatives.items():
        meant = [error for error in errors if not error.code.endswith("Type")]
        if not meant and any(other.startswith(pointer + "/") for other in alternatives):
            continue
        if meant or len(errors) == 1:
            yield (meant or errors)[0]
        else:
            yield FieldError(pointer=pointer, code="wrongType", detail="is of none of the types that it may be")


def pointer_of(path: Sequence[str | int]) -> str:
    """RFC 6901."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)
