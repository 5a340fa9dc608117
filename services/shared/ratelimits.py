"""How often one key may call, told in the `RateLimit` headers. In this process's memory: with several replicas each
counts for itself, which bounds a runaway client well enough."""

import hashlib
import math
import time

from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import FixedWindowRateLimiter
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.shared.problems import Problem, document


class RateLimits:
    """Counts by credential, or by address where there is none; `free` paths have limits of their own or none."""

    def __init__(self, app: ASGIApp, *, a_minute: int, free: tuple[str, ...]) -> None:
        self.app, self.free = app, free
        self.item = RateLimitItemPerMinute(a_minute)
        self.limiter = FixedWindowRateLimiter(MemoryStorage())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope.get("path", "")
        if scope["type"] != "http" or not path.startswith("/v1/") or path.startswith(self.free):
            await self.app(scope, receive, send)
            return
        who = self._who(scope)
        allowed = await self.limiter.hit(self.item, who)
        window = await self.limiter.get_window_stats(self.item, who)
        reset = max(0, math.ceil(window.reset_time - time.time()))

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["RateLimit-Policy"] = f'"default";q={self.item.amount};w=60'
                headers["RateLimit"] = f'"default";r={window.remaining};t={reset}'
            await send(message)

        if allowed:
            await self.app(scope, receive, told)
            return
        problem = Problem(429, "tooManyRequests", f"Too many requests; try again in {reset} seconds.",
                          headers={"Retry-After": str(max(1, reset))})  # fmt: skip
        await document(Request(scope), problem)(scope, receive, told)

    @staticmethod
    def _who(scope: Scope) -> str:
        credential = Headers(scope=scope).get("authorization")
        if credential:
            return hashlib.sha256(credential.encode()).hexdigest()
        client = scope.get("client")
        return client[0] if client else "unknown"
