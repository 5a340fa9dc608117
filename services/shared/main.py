"""The command line of a service: `python -m services.survey [serve | migrate | openapi]`."""

import asyncio
import contextlib
import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn
from fastapi import FastAPI
from pydantic import ValidationError

from services.shared import openapi
from services.shared.app import Service, create_app
from services.shared.settings import Settings

if TYPE_CHECKING:
    from alembic.config import Config

DESCRIBING = {
    "port": 8000, "database_url": "postgresql://nobody@localhost/nothing",
    "survey_peer_key": "-", "analytics_peer_key": "-", "notification_peer_key": "-",
}  # fmt: skip


def run(service: Callable[[], Service], settings: type[Settings], folder: Path, describing: dict[str, object]) -> None:
    verb = sys.argv[1] if len(sys.argv) > 1 else "serve"
    if verb == "openapi":
        app = create_app(service(), settings.model_validate({**DESCRIBING, **describing}))
        sys.stdout.write(openapi.as_yaml(openapi.document(app)))
    elif verb == "migrate":
        migrate(_settings(settings), folder)
    elif verb == "serve":
        chosen = _settings(settings)
        serve(create_app(service(), chosen), chosen)
    else:
        sys.exit(f"usage: python -m services.{folder.name} [serve | migrate | openapi]")


def _settings(settings: type[Settings]) -> Settings:
    try:
        return settings()
    except ValidationError as refused:
        lines = [f"  KLANKBORD_{'_'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in refused.errors()]
        sys.exit("These settings are missing or wrong:\n" + "\n".join(lines))


def serve(app: FastAPI, settings: Settings) -> None:
    """One process; more replicas are more containers."""
    config = uvicorn.Config(
        app, host=settings.host, port=settings.port, loop="uvloop", http="httptools", log_config=None,
        access_log=False, server_header=False, date_header=True, timeout_graceful_shutdown=10, ws="none",
    )  # fmt: skip
    server = uvicorn.Server(config)
    app.state.leaving = lambda: server.should_exit
    with contextlib.suppress(KeyboardInterrupt):
        server.run()
    if not server.started:
        sys.exit(3)


def migrate(settings: Settings, folder: Path, revision: str = "head") -> None:
    """Alembic is imported here alone: a service that serves is quicker to start and smaller without it."""
    from alembic import command

    from services.shared import migrations

    url = (settings.migration_database_url or settings.database_url).get_secret_value()
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
