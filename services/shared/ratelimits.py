"""How often one key may call, told in the `RateLimit` headers. In this process's memory: with several replicas each
counts for itself, which bounds a runaway client well enough."""

import hashlib
import math
import time

from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import FixedWindowRateLimiter
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.shared.auth import credential
from services.shared.problems import Problem, document


class RateLimits:
    """Counts by credential, or by address where there is none, under the `counted` paths; `free` ones have limits of their
    own or none. Of an
    address refused credentials are counted too: whoever tries many is told to wait, and no valid one is in their way."""

    def __init__(
        self, app: ASGIApp, *, a_minute: int, free: tuple[str, ...], counted: tuple[str, ...] = ("/v1/",)
    ) -> None:
        self.app, self.free, self.counted = app, free, counted
        self.item = RateLimitItemPerMinute(a_minute)
        self.limiter = FixedWindowRateLimiter(MemoryStorage())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope.get("path", "")
        if scope["type"] != "http" or not path.startswith(self.counted) or path.startswith(self.free):
            await self.app(scope, receive, send)
            return
        who, address = _who(scope), _address(scope)
        allowed = await self.limiter.hit(self.item, who)
        left, reset = await self._window(who)
        refused = False

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["RateLimit-Policy"] = f'"default";q={self.item.amount};w=60'
                headers["RateLimit"] = f'"default";r={left};t={reset}'
            await send(message)

        async def checked(message: Message) -> None:
            """In place of a 401 there may come that there were too many of them."""
            nonlocal refused
            if message["type"] == "http.response.start" and message["status"] == 401:
                refused = not await self.limiter.hit(self.item, address, "guesses")
                if refused:
                    _, wait = await self._window(address, "guesses")
                    await _too_many(scope, wait)(scope, receive, told)
            if not refused:
                await told(message)

        if allowed:
            await self.app(scope, receive, checked)
        else:
            await _too_many(scope, reset)(scope, receive, told)

    async def _window(self, *who: str) -> tuple[int, int]:
        """How many are left, and in how many seconds all are again."""
        window = await self.limiter.get_window_stats(self.item, *who)
        return window.remaining, max(0, math.ceil(window.reset_time - time.time()))


def _too_many(scope: Scope, seconds: int) -> JSONResponse:
    problem = Problem(429, "tooManyRequests", f"Too many requests; try again in {seconds} seconds.",
                      headers={"Retry-After": str(max(1, seconds))})  # fmt: skip
    return document(Request(scope), problem)


def _who(scope: Scope) -> str:
    """However a credential is spelled, it is one."""
    try:
        return hashlib.sha256(credential(Request(scope)).encode()).hexdigest()
    except Problem:
        return _address(scope)


def _address(scope: Scope) -> str:
    client = scope.get("client")
    return client[0] if client else "unknown"
