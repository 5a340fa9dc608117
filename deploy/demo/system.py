"""Which system is played on: the one that runs, another one, or one that is started for this and stopped after."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from deploy.embedded.home import home_path
from deploy.embedded.trouble import Trouble

PATIENCE = 180.0  # seconds for a system of our own to start

Run = dict[str, Any]


@contextmanager
def running_system() -> Iterator[Run]:
    named = os.environ.get("RUN")
    if named:
        yield _read(Path(named).expanduser())
        return
    path = home_path() / "run.json"
    if path.exists() and _answers(run := _read(path)):
        yield run
        return
    print("no running system found: starting one for this demo", flush=True)
    # In a session of its own, so that Ctrl-C ends the demo first and then, from here, the system.
    command = [sys.executable, "-m", "deploy.embedded", "--stop-with-parent"]
    with subprocess.Popen(command, start_new_session=True) as process:
        try:
            yield _started(process, path)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()


def _started(process: "subprocess.Popen[bytes]", path: Path) -> Run:
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        if path.exists() and _answers(run := _read(path)):
            return run
        time.sleep(0.1)
    raise Trouble("the system did not start" if process.returncode is None else "the system could not be started")


def _read(path: Path) -> Run:
    try:
        run: Run = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise Trouble(f"{path} cannot be read: {error}") from error
    if not isinstance(run, dict):
        raise Trouble(f"{path} is no run.json: it holds no object")
    missing = {"survey", "analytics", "notification", "operatorKey", "mailFolder"} - run.keys()
    if missing:
        raise Trouble(f"{path} lacks {', '.join(sorted(missing))}")
    # A folder that is not absolute lies beside the file that names it.
    mails = path.parent / str(run["mailFolder"])
    if not mails.is_dir():
        raise Trouble(f"{path} names the mail folder {mails}, which does not exist here")
    return {**run, "mailFolder": str(mails)}


def _answers(run: Run) -> bool:
    try:
        return httpx.get(run["survey"].rstrip("/") + "/readyz", timeout=5).is_success
    except httpx.TransportError:
        return False
