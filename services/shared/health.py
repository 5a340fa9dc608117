"""Operational addresses, outside `/v1` and the public document."""

import asyncio
import time

from fastapi import FastAPI
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text
from sqlalchemy.pool import QueuePool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from services.shared import revisions
from services.shared.database import Database
from services.shared.metrics import POOL

PATIENCE = 3.0  # seconds; probes give up after five


class Readiness:
    """Whether the database answers, and was migrated as far as this code needs. The next version's migrations run while
    this one still serves, and must not stop it."""

    def __init__(self, database: Database, service: str) -> None:
        self.database, self.service = database, service
        self.connected = self.migrated = False

    async def look(self) -> bool:
        self.connected = False
        try:
            async with asyncio.timeout(PATIENCE):
                self.connected = await self.database.ready()
                self.migrated = self.migrated or not revisions.behind(self.service, await self._applied())
        except Exception:  # whatever the reason, it is not ready
            return False
        return self.connected and self.migrated

    async def _applied(self) -> set[str]:
        async with self.database.sessions() as session:
            return set((await session.scalars(text("SELECT version_num FROM alembic_version"))).all())


def add_health(app: FastAPI) -> None:
    database: Database = app.state.database
    readiness = Readiness(database, app.state.service)

    async def alive(_request: Request) -> Response:
        return PlainTextResponse("alive\n")

    async def ready(_request: Request) -> Response:
        """The database decides; the lag, so many seconds at the most, is told, since a peer may be away."""
        is_ready, now = await readiness.look(), time.monotonic()
        told = {
            "database": readiness.connected,
            "migrated": readiness.migrated,
            "lagSeconds": {consumer.source: round(now - consumer.read_until, 3) for consumer in app.state.consumers},
        }
        return JSONResponse(told, 200 if is_ready else 503)

    async def metrics(_request: Request) -> Response:
        pool = database.engine.pool
        if isinstance(pool, QueuePool):
            POOL.set(pool.checkedout())
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    app.add_route("/livez", alive, include_in_schema=False)
    app.add_route("/readyz", ready, include_in_schema=False)
    app.add_route("/metrics", metrics, include_in_schema=False)
