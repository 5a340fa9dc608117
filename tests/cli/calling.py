"""The command as it is called: its words in, what it prints and its exit code out."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from typer.main import get_command
from typer.testing import CliRunner

from cli.app import app
from services.survey.imports.jobs import run_waiting
from services.survey.settings import SurveySettings
from tests.fixtures.services import Running
from tests.survey.people import Made

UNSET: dict[str, str | None] = dict.fromkeys(
    ("KLANKBORD_URL", "KLANKBORD_ANALYTICS_URL", "KLANKBORD_NOTIFICATION_URL", "KLANKBORD_KEY", "KLANKBORD_RUN")
)


@dataclass
class Ended:
    code: int
    out: str
    error: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def rows(self) -> dict[str, str]:
        """A table of two columns."""
        return dict(line.split("\t") for line in self.out.splitlines() if line.count("\t") == 1)


@dataclass
class Shell:
    """`home` holds the user's settings."""

    home: Path
    url: str | None = None
    key: str | None = None
    analytics_url: str | None = None

    @property
    def environment(self) -> dict[str, str | None]:
        return {
            **UNSET, "XDG_CONFIG_HOME": str(self.home), "KLANKBORD_URL": self.url, "KLANKBORD_KEY": self.key,
            "KLANKBORD_ANALYTICS_URL": self.analytics_url, "COLUMNS": "200",
        }  # fmt: skip

    def run(self, *words: str | Path, typed: str | bytes | None = None) -> Ended:
        ended = CliRunner().invoke(app, [str(word) for word in words], input=typed, env=self.environment)
        if ended.exception is not None and not isinstance(ended.exception, SystemExit):
            raise ended.exception
        return Ended(ended.exit_code, ended.stdout, ended.stderr)

    async def __call__(self, *words: str | Path, typed: str | bytes | None = None) -> Ended:
        """Beside the server, which runs on the loop."""
        return await asyncio.to_thread(self.run, *words, typed=typed)


@asynccontextmanager
async def serving(service: Running) -> AsyncIterator[str]:
    """The service on an address; its imports are worked off as they come."""
    web = uvicorn.Server(uvicorn.Config(service.app, port=0, lifespan="off", log_config=None, access_log=False))
    tasks = [asyncio.create_task(web.serve())]
    if isinstance(service.settings, SurveySettings):
        tasks.append(asyncio.create_task(_importing(service, service.settings)))
    while not web.started:  # noqa: ASYNC110 - uvicorn tells of it in no other way
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{web.servers[0].sockets[0].getsockname()[1]}"
    finally:
        web.should_exit = True
        await tasks[0]
        for task in tasks[1:]:
            task.cancel()
        await asyncio.gather(*tasks[1:], return_exceptions=True)


async def _importing(service: Running, settings: SurveySettings) -> None:
    while True:
        await run_waiting(service.database, settings)
        await asyncio.sleep(0.05)


def commands() -> Iterator[Any]:
    """The command itself, and all below it."""
    waiting: list[Any] = [get_command(app)]
    while waiting:
        command = waiting.pop()
        waiting += getattr(command, "commands", {}).values()
        yield command


def key_of(client: httpx.AsyncClient) -> str:
    return client.headers["Authorization"].removeprefix("Bearer ")


@dataclass
class Site:
    """An organisation on a real survey service, and the administrator's shell."""

    made: Made
    shell: Shell
    url: str

    async def items(self, path: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.made.admin.get(f"/v1/{path}")).json()["items"]
        return found
