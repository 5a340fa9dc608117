"""The few requests of a start; the standard library keeps the process that only watches small."""

import asyncio
import json
import urllib.error
import urllib.request
from typing import Any

_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


async def is_ready(base: str) -> bool:
    def ask() -> bool:
        try:
            with _DIRECT.open(f"{base}/readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    return await asyncio.to_thread(ask)


async def post(url: str, key: str, body: Any, idempotency_key: str) -> Any:
    headers = {
        "Authorization": f"Bearer {key}",
        "Content-Type": "application/json",
        "Idempotency-Key": idempotency_key,
    }

    def send() -> Any:
        request = urllib.request.Request(url, json.dumps(body).encode(), headers)  # noqa: S310 - ours alone
        with _DIRECT.open(request, timeout=30) as answer:
            return json.load(answer)

    return await asyncio.to_thread(send)
