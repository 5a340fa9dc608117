"""How every service becomes an app: the same errors, headers, documents, health and background tasks."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.responses import JSONResponse
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

from services.shared import feed, idempotency, problems, telemetry
from services.shared.consumer import Consumer
from services.shared.cors import Cors
from services.shared.database import Database
from services.shared.docs import add_documents
from services.shared.health import add_health
from services.shared.middleware import Guarded, Outermost
from services.shared.ratelimits import RateLimits
from services.shared.settings import ServiceName, Settings
from services.shared.tasks import Task, every

VERSION = "1.0.0"
CONTACT = {"name": "Klankbord", "email": "developers@klankbord.example", "url": "https://klankbord.example"}


@dataclass
class Service:
    """What a service brings. `install` runs while the app is made, `close` when it stops;
    `uploads` are path prefixes of files that are streamed, `files` of those that are read whole;
    `described` are operations that a leaner endpoint serves: for the document alone. `refusals` are path prefixes of
    other protocols, limited as `/v1` is, and the form that errors have there."""

    name: ServiceName
    title: str
    description: str
    routers: Sequence[APIRouter]
    tags: Sequence[dict[str, str]] = ()
    consumers: Callable[[FastAPI], Sequence[Consumer]] = lambda _app: ()
    tasks: Callable[[FastAPI], Sequence[Task]] = lambda _app: ()
    install: Callable[[FastAPI], None] = lambda _app: None
    described: Sequence[APIRouter] = ()
    close: Callable[[FastAPI], Awaitable[None]] | None = None
    uploads: Collection[str] = ()
    files: Collection[str] = ()
    silent: Collection[str] = ()
    free: Collection[str] = ()
    refusals: Mapping[str, Callable[[problems.Problem], JSONResponse]] = field(default_factory=dict)


def create_app(service: Service, settings: Settings, *, background: bool = True) -> FastAPI:
    """`background=False`: without consumers and tasks, for tests that run these by hand."""
    telemetry.configure(settings.log_level)
    app = FastAPI(
        title=service.title,
        description=service.description,
        version=VERSION,
        contact=CONTACT,
        license_info={"name": "Proprietary", "url": "https://klankbord.example/licence"},
        servers=[{"url": f"{settings.public_url.rstrip('/')}/v1"}],
        openapi_tags=list(service.tags),
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=_lifespan(service, background),
        middleware=_middleware(service, settings),
    )
    app.state.service = service.name
    app.state.settings = settings
    app.state.database = Database(settings)
    app.state.bell = feed.Bell()
    app.state.refusals = service.refusals
    app.state.leaving = lambda: False  # the server tells when it is about to stop
    app.state.described = [route for router in service.described for route in router.routes]
    problems.install(app)
    service.install(app)
    for router in (*service.routers, feed.router):
        app.include_router(router)
    add_documents(app)
    add_health(app)
    return app


def _middleware(service: Service, settings: Settings) -> list[Middleware]:
    free = ("/v1/events", "/v1/peer/", "/v1/openapi.", *service.free)
    limits = dict.fromkeys(service.uploads, settings.upload_limit) | dict.fromkeys(service.files, settings.file_limit)
    return [
        Middleware(Outermost, version=VERSION, silent=service.silent),
        Middleware(
            Cors, allow_origins=settings.cors_origins, allow_methods=["*"], allow_headers=["*"],
            expose_headers=["ETag", "Link", "Location", "API-Version", "RateLimit", "RateLimit-Policy", "Retry-After",
                            "X-Request-ID"],
        ),
        Middleware(Guarded, body_limit=settings.body_limit, limits=limits),
        Middleware(GZipMiddleware, minimum_size=1_000, compresslevel=5),
        Middleware(RateLimits, a_minute=settings.rate_limit, free=free, counted=("/v1/", *service.refusals)),
    ]  # fmt: skip


def _lifespan(service: Service, background: bool) -> Callable[[FastAPI], Any]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        running: list[asyncio.Task[None]] = []
        database: Database = app.state.database
        app.state.consumers = list(service.consumers(app))
        if background:
            running.append(asyncio.create_task(app.state.bell.listen(database), name="listen"))
            running += [asyncio.create_task(consumer.run()) for consumer in app.state.consumers]
            forget = every(3600, lambda: idempotency.forget(database), "forget")
            running += [asyncio.create_task(task()) for task in (forget, *service.tasks(app))]
        try:
            yield
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)
            for consumer in app.state.consumers:
                await consumer.client.aclose()
            if service.close is not None:
                await service.close(app)
            await database.close()

    return lifespan
