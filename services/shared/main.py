"""The command line of a service: `python -m services.survey [serve | migrate | retry | openapi]`."""

import asyncio
import contextlib
import gc
import logging
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TypeVar

import uvicorn
from fastapi import FastAPI
from pydantic import ValidationError

from services.shared import openapi
from services.shared.app import Service, create_app
from services.shared.protocol import refusing
from services.shared.settings import HELD, MigrationSettings, ServiceName, Settings, Sources

if TYPE_CHECKING:
    from alembic.config import Config

DESCRIBING = {"port": 8000, "database_url": "postgresql://nobody@localhost/nothing", "survey_peer_key": "-"}
Read = TypeVar("Read", bound=Sources)


def run(service: Callable[[], Service], settings: type[Settings], folder: Path, describing: dict[str, object]) -> None:
    verb = sys.argv[1] if len(sys.argv) > 1 else "serve"
    if verb == "openapi":
        app = create_app(service(), settings.model_validate({**DESCRIBING, **describing}))
        sys.stdout.write(openapi.as_yaml(openapi.document(app)))
    elif verb == "migrate":
        migrate(_settings(MigrationSettings).migration_database_url.get_secret_value(), folder)
    elif verb == "retry":
        made = service()
        asyncio.run(retry(create_app(made, _with_keys(settings, made.name), background=False)))
    elif verb == "serve":
        made = service()
        chosen = _with_keys(settings, made.name)
        serve(create_app(made, chosen), chosen)
    else:
        sys.exit(f"usage: python -m services.{folder.name} [serve | migrate | retry | openapi]")


def _settings(settings: type[Read]) -> Read:
    try:
        return settings()
    except ValidationError as refused:
        _refuse(f"  KLANKBORD_{'_'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in refused.errors())


def _with_keys(settings: type[Settings], service: ServiceName) -> Settings:
    chosen = _settings(settings)
    if lacking := HELD[service] - chosen.peer_keys().keys():
        _refuse(f"  KLANKBORD_{peer.upper()}_PEER_KEY: Field required" for peer in sorted(lacking))
    return chosen


def _refuse(lines: Iterable[str]) -> NoReturn:
    sys.exit("\n".join(["These settings are missing or wrong:", *lines]))


def serve(app: FastAPI, settings: Settings) -> None:
    """One process; more replicas are more containers."""
    gc.freeze()  # what is there before the first request stays: looking through it again and again costs, and frees nothing
    config = uvicorn.Config(
        app, host=settings.host, port=settings.port, loop="uvloop", http=refusing(app.version), log_config=None,
        access_log=False, server_header=False, date_header=True, timeout_graceful_shutdown=10, ws="none",
        proxy_headers=bool(settings.trusted_proxies), forwarded_allow_ips=settings.trusted_proxies,
        lifespan="on",  # where it fails the service must not go on without its background work
    )  # fmt: skip
    server = uvicorn.Server(config)
    app.state.leaving = lambda: server.should_exit
    with contextlib.suppress(KeyboardInterrupt):
        server.run()
    if not server.started:
        sys.exit(3)


async def retry(app: FastAPI) -> None:
    """Tries again what each consumer parked, once its cause is mended. An event that succeeds now counts as the last
    that was said, though others came after it."""
    async with app.router.lifespan_context(app):
        for consumer in app.state.consumers:
            succeeded, stay = await consumer.retry()
            sys.stdout.write(f"Of {consumer.source}'s parked events {succeeded} succeeded and {stay} stay parked.\n")


def migrate(url: str, folder: Path, revision: str = "head") -> None:
    """Alembic is imported here alone: a service that serves is quicker to start and smaller without it."""
    from alembic import command

    from services.shared import migrations

    try:
        asyncio.run(migrations.wait_for(url))
    except Exception as error:  # said in one line: this runs as a job whose log a person reads
        sys.exit(f"The database of {folder.name} does not answer: {type(error).__name__}: {error}")
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    command.upgrade(alembic_config(url, folder), revision)


def alembic_config(url: str, folder: Path) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(folder / "migrations"))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config
