"""ASGI layers around every request: ids, trace, version, security headers, metrics and the access log; then limits of
bodies and what is said of errors.

Pure ASGI, since each Starlette `BaseHTTPMiddleware` costs a task a request.
"""

import asyncio
import re
import time
import uuid
from collections.abc import Collection, Mapping
from contextlib import suppress
from urllib.parse import quote, unquote

import structlog
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

from services.shared.metrics import observe
from services.shared.problems import Problem, document, unexpected
from services.shared.schemas import SLASH
from services.shared.telemetry import child_of

log = structlog.get_logger()
DRAINED = 64_000_000  # bytes
_SLASH = re.compile("%2f", re.IGNORECASE)
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,100}")
SECURITY = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"cross-origin"),
    (b"strict-transport-security", b"max-age=31536000"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cache-control", b"no-store"),
]


class TooLarge(Exception):
    pass


class Outermost:
    """`silent` are path prefixes of which no line is logged and only totals are counted."""

    def __init__(self, app: ASGIApp, *, version: str, silent: Collection[str] = ()) -> None:
        self.app, self.version, self.silent = app, version.encode(), tuple(silent)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        _keep_slashes(scope)
        headers = Headers(scope=scope)
        request_id = headers.get("x-request-id", "")
        request_id = request_id if _REQUEST_ID.fullmatch(request_id) else uuid.uuid4().hex
        silent = scope["path"].startswith(self.silent) if self.silent else False
        traceparent = "" if silent else child_of(headers.get("traceparent"))
        started, status = time.perf_counter(), 0

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                self._mark(message, request_id, traceparent)
            await send(message)

        with bound_contextvars(**({} if silent else {"request": request_id, "trace": traceparent})):
            try:
                await self.app(scope, receive, answer)
            finally:
                self._observe(scope, silent, status or 500, time.perf_counter() - started)

    def _mark(self, message: Message, request_id: str, traceparent: str) -> None:
        """On the raw list: Starlette's headers look through all of them for each that is set."""
        headers: list[tuple[bytes, bytes]] = list(message.get("headers", ()))
        there = {name for name, _ in headers}
        headers += [(b"api-version", self.version), (b"x-request-id", request_id.encode())]
        if traceparent:
            headers.append((b"traceparent", traceparent.encode()))
        message["headers"] = headers + [header for header in SECURITY if header[0] not in there]

    def _observe(self, scope: Scope, silent: bool, status: int, seconds: float) -> None:
        method, route = scope["method"], _route(scope)
        observe(method, route, status, seconds)
        if not silent and route not in ("/livez", "/readyz", "/metrics"):
            log.info("request", method=method, route=route, status=status, milliseconds=round(seconds * 1000, 1))


class Guarded:
    """Bodies that are too large, and errors of ours. Inside CORS, so that a browser lets its page read the answer;
    `limits` are path prefixes whose bodies may be larger, in bytes."""

    def __init__(self, app: ASGIApp, *, body_limit: int, limits: Mapping[str, int]) -> None:
        self.app, self.body_limit, self.limits = app, body_limit, limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = False

        async def noted(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._limited(scope, receive, noted)
        except Exception as error:
            if begun:
                raise  # half an answer is out: the server breaks the connection off
            await unexpected(Request(scope), error)(scope, receive, send)

    async def _limited(self, scope: Scope, receive: Receive, send: Send) -> None:
        """413 before reading when the length says so, else once more has come than may."""
        path = scope.get("path", "")
        limit = next((limit for prefix, limit in self.limits.items() if path.startswith(prefix)), self.body_limit)
        length = Headers(scope=scope).get("content-length", "")
        started, received = False, 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise TooLarge
            return message

        async def noted(message: Message) -> None:
            """What the app says after it was cut off is not sent: FastAPI takes any error in reading for a 400."""
            nonlocal started
            if received <= limit or started:
                started = True
                await send(message)

        try:
            if length.isdecimal() and int(length) > limit:
                raise TooLarge
            await self.app(scope, counted, noted)
        except TooLarge:
            received = limit + 1
        if received > limit and not started:
            problem = Problem(413, "bodyTooLarge", f"The body may have {limit:,} bytes at the most.")
            await drained(receive)
            await document(Request(scope), problem)(scope, receive, send)


async def drained(receive: Receive) -> None:
    """Takes what still comes of a body that is too large: a connection that is closed on somebody who sends is reset,
    and they never read the answer."""
    left, more = DRAINED, True
    with suppress(TimeoutError):
        async with asyncio.timeout(10):
            while left > 0 and more:
                message = await receive()
                left -= len(message.get("body", b""))
                more = message["type"] == "http.request" and message.get("more_body", False)


def _keep_slashes(scope: Scope) -> None:
    """A slash inside a segment, as an externalId may have it (`external:a%2Fb`), does not divide the path."""
    raw: bytes = scope.get("raw_path") or b""
    if b"%2f" in raw.lower():
        scope["path"] = unquote(_SLASH.sub(quote(SLASH), raw.decode("ascii", "replace")))


def _route(scope: Scope) -> str:
    """The path's template, never the path itself, which may hold an id."""
    route = scope.get("route")
    return getattr(route, "path", None) or "unknown"
