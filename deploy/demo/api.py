"""A caller of the public API, as any integrator would write one."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from deploy.embedded.trouble import Trouble

PATIENCE = 20  # tries of one request, when the service asks to wait or does not answer
WAIT = 120.0  # seconds at the most that a service may ask for


@dataclass(frozen=True)
class Api:
    """`base` ends in `/v1`; without a key it is a respondent's view."""

    client: httpx.AsyncClient
    base: str
    key: str | None = None

    async def send(self, method: str, path: str, **rest: Any) -> httpx.Response:
        """Waits when told to (429, 503) and asks again when the connection broke: every request here may be repeated,
        because a POST carries an Idempotency-Key or is harmless twice."""
        headers = {**({"Authorization": f"Bearer {self.key}"} if self.key else {}), **rest.pop("headers", {})}
        for attempt in range(PATIENCE):
            try:
                answer = await self.client.request(method, self.base + path, headers=headers, **rest)
            except httpx.TransportError as error:
                if attempt == PATIENCE - 1:
                    raise Trouble(f"{method} {self.base}{path}: {type(error).__name__}: {error}") from error
                await asyncio.sleep(min(0.2 * 2**attempt, 5))
                continue
            if answer.status_code not in (429, 503):
                return answer
            await asyncio.sleep(min(float(answer.headers.get("Retry-After", 1)), WAIT))
        raise Trouble(f"{method} {self.base}{path} kept asking to come back later")

    async def call(self, method: str, path: str, **rest: Any) -> httpx.Response:
        answer = await self.send(method, path, **rest)
        if answer.is_success:
            return answer
        raise Trouble(f"{method} {self.base}{path} answered {answer.status_code}: {answer.text[:1000]}")

    async def get(self, path: str, **query: Any) -> Any:
        return (await self.call("GET", path, params=query)).json()

    async def post(self, path: str, body: Any, **rest: Any) -> Any:
        answer = await self.call("POST", path, json=body, **rest)
        return answer.json() if answer.content else None

    async def picture(self, path: str, media_type: str, query: Mapping[str, Any]) -> bytes:
        return (await self.call("GET", path, params=dict(query), headers={"Accept": media_type})).content

    async def items(self, path: str, **query: Any) -> AsyncIterator[dict[str, Any]]:
        """Every item of a list, page after page."""
        cursor: dict[str, str] = {}
        while True:
            found = await self.get(path, limit=200, **query, **cursor)
            for item in found["items"]:
                yield item
            if not found.get("nextCursor"):
                return
            cursor = {"cursor": found["nextCursor"]}
