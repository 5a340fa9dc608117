"""Where the services are and the key to them. The key comes from the environment or a file, never from an argument:
arguments are seen by everybody on the machine and stay in the shell's history."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

import httpx
import typer

from cli.failure import Failure, usage

SERVICES = ("survey", "analytics", "notification")
# Survey's is the one that an administrator sets first; the other two stand beside it.
URLS = {"survey": "KLANKBORD_URL", "analytics": "KLANKBORD_ANALYTICS_URL", "notification": "KLANKBORD_NOTIFICATION_URL"}
KEY = "KLANKBORD_KEY"
LOGIN = "Run `klankbord login`, or set KLANKBORD_URL and KLANKBORD_KEY."


@dataclass(frozen=True)
class Access:
    """`urls` by service, without `/v1`; survey's is always there."""

    urls: Mapping[str, str]
    key: str = field(repr=False)

    def url(self, service: str) -> str:
        if service in self.urls:
            return self.urls[service]
        raise usage(f"It is not known where {service} is.", f"Set {URLS[service]}, or give it to `klankbord login`.")


def address(text: str) -> str:
    """As it is called: without the slash at the end and without `/v1`, which people copy along."""
    given = text.strip().rstrip("/").removesuffix("/v1")
    try:
        url = httpx.URL(given)
    except httpx.InvalidURL:
        url = httpx.URL("")
    if url.scheme not in ("http", "https") or not url.host or url.userinfo or url.query:
        raise usage(
            f"{text!r} is not the address of a service.", "Give one such as https://vragen.organisation.example"
        )
    return given


def config_path() -> Path:
    return Path(typer.get_app_dir("klankbord")) / "config.json"


def find(run: Path | None) -> Access:
    """`--run` goes before the environment, and that before what `klankbord login` kept."""
    if run is not None:
        return of_run(run)
    if os.environ.get(URLS["survey"]):
        return _of_environment()
    path = config_path()
    if not path.exists():
        raise usage("It is not known which Klankbord is meant.", LOGIN)
    access = _of_config(path)
    # A key in the environment may be another one for the same services. A kept key never goes to another address.
    return Access(access.urls, os.environ.get(KEY) or access.key)


def of_run(path: Path) -> Access:
    """The `run.json` that `make run` writes."""
    run = _object(path)
    missing = [name for name in ("survey", "adminKey") if not isinstance(run.get(name), str)]
    if missing:
        raise usage(f"{path} is no run.json of `make run`: it lacks {' and '.join(missing)}.")
    return Access({service: address(run[service]) for service in SERVICES if run.get(service)}, run["adminKey"])


def _of_environment() -> Access:
    key = os.environ.get(KEY)
    if not key:
        raise usage(f"{URLS['survey']} is set, but {KEY} is not.", "Set both, or neither and run `klankbord login`.")
    return Access({service: address(os.environ[name]) for service, name in URLS.items() if os.environ.get(name)}, key)


def _of_config(path: Path) -> Access:
    if os.name == "posix" and path.stat().st_mode & 0o077:
        raise usage(f"Others can read {path}, and it holds a key.", f"chmod 600 {path}, and think of a new key.")
    kept = _object(path)
    if not isinstance(kept.get("urls"), dict) or "survey" not in kept["urls"] or not isinstance(kept.get("key"), str):
        raise usage(f"{path} is not what `klankbord login` wrote.", "Run `klankbord login` again.")
    return Access({service: address(str(url)) for service, url in kept["urls"].items()}, kept["key"])


def keep(access: Access) -> Path:
    path = config_path()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with private(path) as file:
        file.write(json.dumps({"urls": dict(access.urls), "key": access.key}, indent=1))
    return path


@contextmanager
def private(path: Path) -> Iterator[TextIO]:
    """A file for one person: whole or not at all, and never readable by others, not even for a moment. What could hinder
    it does so before anything is done that it is for."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        if os.path.lexists(path) and not path.is_file():
            raise Failure(f"{path} cannot be written: it is there, and is no file.")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            yield file
        fresh.replace(path)
    except OSError as error:
        raise Failure(f"{path} cannot be written: {error.strerror}.") from error
    finally:
        with suppress(OSError):
            fresh.unlink()


def _object(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise usage(f"{path} cannot be read: {error}") from error
    if not isinstance(found, dict):
        raise usage(f"{path} holds no JSON object.")
    return found
