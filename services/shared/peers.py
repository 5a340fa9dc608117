"""Calling a peer, and the trace that joins its log with ours.

No request waits for a peer: background work calls them, and begins a trace for each round of its own.
"""

import httpx
import structlog

from services.shared.settings import ServiceName, Settings
from services.shared.telemetry import child_of


def client(settings: Settings, service: ServiceName, peer: ServiceName, timeout: float) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        base_url=settings.peer_url(peer), headers={"Authorization": f"Bearer {settings.peer_keys()[service]}"},
        timeout=timeout, event_hooks={"request": [_trace]},
    )  # fmt: skip


def begin_trace() -> None:
    """Every line that this task logs from now on names it."""
    structlog.contextvars.bind_contextvars(trace=child_of(None))


async def _trace(request: httpx.Request) -> None:
    request.headers["traceparent"] = child_of(structlog.contextvars.get_contextvars().get("trace"))
