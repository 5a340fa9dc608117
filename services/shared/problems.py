"""Every error is an RFC 9457 problem document with a stable `code`. Nothing of the inside leaves with it."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import asyncpg
import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import Field
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails
from sqlalchemy.exc import DBAPIError, IntegrityError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import Match

from services.shared.outages import AWAY, is_passing
from services.shared.schemas import Schema

log = structlog.get_logger()

CODES = {
    400: "invalidRequest", 401: "unauthenticated", 403: "forbidden", 404: "notFound", 405: "methodNotAllowed",
    406: "notAcceptable", 409: "conflict", 410: "gone", 412: "preconditionFailed", 413: "bodyTooLarge",
    415: "unsupportedMediaType", 422: "idempotencyKeyReused", 428: "preconditionRequired", 429: "tooManyRequests",
    500: "internalError", 503: "unavailable",
}  # fmt: skip


class FieldError(Schema):
    """Where the request is wrong: a JSON pointer into the body, or the name of a path, query or header parameter."""

    pointer: str | None = Field(default=None, examples=["/name"])
    parameter: str | None = Field(default=None, examples=["limit"])
    code: str = Field(examples=["missing"])
    detail: str = Field(examples=["is required"])


class ProblemDocument(Schema):
    """RFC 9457. Decide by `code`; `detail` is for people."""

    type: str = Field(examples=["about:blank"])
    title: str
    status: int = Field(ge=400, le=599)
    detail: str
    instance: str
    code: str
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
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.detail,
        "instance": request.url.path,
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
    app.add_exception_handler(Exception, _unexpected)


async def _problem(request: Request, exception: Exception) -> JSONResponse:
    assert isinstance(exception, Problem)
    return document(request, exception)


async def _refused(request: Request, exception: Exception) -> JSONResponse:
    assert isinstance(exception, RequestValidationError)
    return document(request, invalid([field_error(error) for error in exception.errors()]))


async def _http(request: Request, exception: Exception) -> JSONResponse:
    assert isinstance(exception, HTTPException)
    status = exception.status_code
    if status == 400:  # FastAPI's word for JSON that it could not even parse: too deep, or a number too long
        return document(request, body_error("", "unreadable", "is not JSON that can be read"))
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
    if isinstance(exception, IntegrityError):
        return document(request, conflict("conflict", "Something else changed at the same time; read again and retry."))
    if is_passing(exception):
        return document(request, unavailable())
    return await _unexpected(request, exception)


def unavailable() -> Problem:
    return Problem(503, "unavailable", "The database does not answer; try again soon.", headers={"Retry-After": "5"})


async def _unexpected(request: Request, exception: Exception) -> JSONResponse:
    log.error("unexpected error", path=request.scope.get("route_path", ""), exc_info=exception)
    return document(request, Problem(500, "internalError", "Something went wrong on our side."))


def field_error(error: ErrorDetails | Mapping[str, Any]) -> FieldError:
    """Pydantic's codes are in snake_case, ours are not."""
    place, *path = [str(part) for part in error["loc"] if part != "[key]"]  # a name in a map that is no name
    code, detail = to_camel(str(error["type"])), str(error["msg"])
    if place == "body":
        return FieldError(pointer=pointer_of(path), code=code, detail=detail)
    return FieldError(parameter=path[0] if path else place, code=code, detail=detail)


def pointer_of(path: Sequence[str | int]) -> str:
    """RFC 6901."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)
