"""`klankbord login`."""

import os
import sys
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from cli import access
from cli.access import KEY, SERVICES, URLS, Access
from cli.api import Api
from cli.commands import Session, examples, session
from cli.failure import closed, usage
from cli.shapes import ORGANISATION

EXAMPLES = examples(
    "klankbord login --run .klankbord/run.json",
    "klankbord login --url https://vragen.organisation.example --analytics-url https://cijfers.organisation.example",
    "klankbord login --url https://vragen.organisation.example < key.txt",
)
Url = Annotated[str | None, typer.Option(envvar=URLS["survey"], help="Where survey is.", show_default=False)]
AnalyticsUrl = Annotated[
    str | None, typer.Option(envvar=URLS["analytics"], help="Where analytics is: for scores.", show_default=False)
]
NotificationUrl = Annotated[
    str | None, typer.Option(envvar=URLS["notification"], help="Where notification is.", show_default=False)
]
Run = Annotated[
    Path | None,
    typer.Option(help="Take all from the run.json of `make run`.", exists=True, dir_okay=False, show_default=False),
]


def login(
    ctx: typer.Context,
    url: Url = None,
    analytics_url: AnalyticsUrl = None,
    notification_url: NotificationUrl = None,
    run: Run = None,
) -> None:
    """Keep the addresses and a key, in a file that only you can read.

    The key is asked for, or read from KLANKBORD_KEY or from standard input. It is tried before it is kept.
    """
    here = session(ctx)
    file = run or here.run
    found = access.of_run(file) if file else _given(here, (url, analytics_url, notification_url))
    _warn_of_plain_text(here, found)
    api = Api(here.client, found.url("survey"), found.key, here.screen.warn)
    name = api.get("/organisation", ORGANISATION)["name"]
    path = access.keep(found)
    here.screen.say(f"Logged in at {found.url('survey')} for {name}. Kept in {path}; delete that file to log out.")


def _given(here: Session, urls: tuple[str | None, ...]) -> Access:
    given = {service: url for service, url in zip(SERVICES, urls, strict=True) if url}
    if "survey" not in given:
        if not here.screen.asks:
            raise usage("Where is it?", "Give --url, or --run with the run.json of `make run`.")
        given["survey"] = typer.prompt("Address of survey", err=True)
    return Access({service: access.address(url) for service, url in given.items()}, _key(here))


def _key(here: Session) -> str:
    if given := os.environ.get(KEY):
        return given
    given = typer.prompt("Key", hide_input=True, err=True) if here.screen.asks else _line()
    if not given.strip():
        raise usage("There is no key.", f"Set {KEY}, or write the key to standard input.")
    return str(given).strip()


def _line() -> str:
    if sys.stdin is None:
        raise closed("input")
    return sys.stdin.readline()


def _warn_of_plain_text(here: Session, found: Access) -> None:
    for url in found.urls.values():
        parts = urlsplit(url)
        if parts.scheme == "http" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
            here.screen.warn(f"{url} is not encrypted: whoever is on the way reads the key. Use https.")
