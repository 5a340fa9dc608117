"""Operational addresses, outside `/v1` and the public document."""

import asyncio
from typing import Any

from fastapi import FastAPI
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy.pool import QueuePool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from services.shared.database import Database
from services.shared.metrics import POOL


def add_health(app: FastAPI) -> None:
    database: Database = app.state.database

    async def alive(_request: Request) -> Response:
        return PlainTextResponse("alive\n")

    async def ready(_request: Request) -> Response:
        """The database decides; how far the feeds of peers were read is told, since a peer may be away."""
        try:
            connected = await asyncio.wait_for(database.ready(), 3)
        except Exception:  # whatever the reason, it is not ready
            connected = False
        feeds: dict[str, Any] = {}
        if connected:
            feeds = {consumer.source: await consumer.position() for consumer in app.state.consumers}
        return JSONResponse({"database": connected, "feeds": feeds}, 200 if connected else 503)

    async def metrics(_request: Request) -> Response:
        pool = database.engine.pool
        if isinstance(pool, QueuePool):
            POOL.set(pool.checkedout())
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    app.add_route("/livez", alive, include_in_schema=False)
    app.add_route("/readyz", ready, include_in_schema=False)
    app.add_route("/metrics", metrics, include_in_schema=False)
