"""One ASGI layer around every request: ids, trace, version, security headers, body limit, metrics and the access log.

Pure ASGI and one layer, since each Starlette `BaseHTTPMiddleware` costs a task a request.
"""

import re
import time
import uuid
from collections.abc import Collection
from contextvars import ContextVar

import structlog
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.shared.metrics import observe
from services.shared.problems import Problem, document
from services.shared.telemetry import child_of

log = structlog.get_logger()
TRACEPARENT: ContextVar[str] = ContextVar("traceparent", default="")
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
    """`silent` are path prefixes of which no line is logged and only totals are counted; `uploads` may be larger."""

    def __init__(
        self, app: ASGIApp, *, version: str, body_limit: int, upload_limit: int,
        uploads: Collection[str] = (), silent: Collection[str] = (),
    ) -> None:  # fmt: skip
        self.app, self.version = app, version.encode()
        self.body_limit, self.upload_limit = body_limit, upload_limit
        self.uploads, self.silent = tuple(uploads), tuple(silent)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        request_id = headers.get("x-request-id", "")
        request_id = request_id if _REQUEST_ID.fullmatch(request_id) else uuid.uuid4().hex
        silent = scope["path"].startswith(self.silent) if self.silent else False
        traceparent = "" if silent else child_of(headers.get("traceparent"))
        TRACEPARENT.set(traceparent)
        started, status = time.perf_counter(), 500

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                self._mark(message, request_id, traceparent)
            await send(message)

        try:
            await self._limited(scope, receive, answer, headers)
        finally:
            self._observe(scope, silent, status, time.perf_counter() - started, request_id, traceparent)

    def _mark(self, message: Message, request_id: str, traceparent: str) -> None:
        """On the raw list: Starlette's headers look through all of them for each that is set."""
        headers: list[tuple[bytes, bytes]] = list(message.get("headers", ()))
        there = {name for name, _ in headers}
        headers += [(b"api-version", self.version), (b"x-request-id", request_id.encode())]
        if traceparent:
            headers.append((b"traceparent", traceparent.encode()))
        message["headers"] = headers + [header for header in SECURITY if header[0] not in there]

    async def _limited(self, scope: Scope, receive: Receive, send: Send, headers: Headers) -> None:
        """413 before reading when the length says so, else once more has come than may."""
        limit = self.upload_limit if scope["path"].startswith(self.uploads) and self.uploads else self.body_limit
        length = headers.get("content-length", "")
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
            await document(Request(scope), problem)(scope, receive, send)

    def _observe(
        self, scope: Scope, silent: bool, status: int, seconds: float, request_id: str, traceparent: str
    ) -> None:
        method, route = scope["method"], _route(scope)
        observe(method, route, status, seconds)
        if not silent and route not in ("/livez", "/readyz", "/metrics"):
            log.info("request", method=method, route=route, status=status, milliseconds=round(seconds * 1000, 1),
                     request=request_id, trace=traceparent)  # fmt: skip


def _route(scope: Scope) -> str:
    """The path's template, never the path itself, which may hold an id."""
    route = scope.get("route")
    return getattr(route, "path", None) or "unknown"
