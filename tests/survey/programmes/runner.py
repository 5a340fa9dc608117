"""Runs what is due of the programmes in a process of its own, of which something dies when it is told to.

`python -m tests.survey.programmes.runner MOMENT`, settings in the environment. Each line of its input is one run: what
is ended by SIGKILL, the `process` or the `backend` that PostgreSQL has for it; before which statement (0: none); and after
how many seconds, whatever it is doing then (0: not). Its answer: how many statements there were, or -1 if it died.
"""

import asyncio
import os
import signal
import sys
from base64 import b64decode
from contextlib import suppress
from datetime import datetime
from threading import Timer
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.exc import SQLAlchemyError

from services.shared.database import Database
from services.survey.programmes.scheduler import run_programmes
from services.survey.settings import SurveySettings


class Victim:
    """`backend`: of the connection that was used last; None before there is one."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.backend: int | None = None

    def kill(self) -> None:
        dies = os.getpid() if self.name == "process" else self.backend
        if dies is not None:
            with suppress(ProcessLookupError):
                os.kill(dies, signal.SIGKILL)


async def run(settings: SurveySettings, moment: datetime, dies_before: int, victim: Victim) -> int:
    database, seen = Database(settings), 0

    @event.listens_for(database.engine.sync_engine, "before_cursor_execute")
    def count(connection: Connection, *_: object) -> None:
        nonlocal seen
        seen += 1
        driver: Any = connection.connection.driver_connection
        victim.backend = driver.get_server_pid()
        if seen == dies_before:
            victim.kill()

    @event.listens_for(database.engine.sync_engine, "commit")
    def before_commit(connection: Connection) -> None:
        count(connection)

    with suppress(OSError, SQLAlchemyError):  # the backend is gone, or PostgreSQL is not back yet
        await run_programmes(database, [b64decode(key.get_secret_value()) for key in settings.box_keys], moment)
    return seen


def child(settings: SurveySettings, moment: datetime, dies_before: int, seconds: float, name: str, answer: int) -> None:
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # the log is no answer
    victim = Victim(name)
    if seconds:
        Timer(seconds, victim.kill).start()
    os.write(answer, str(asyncio.run(run(settings, moment, dies_before, victim))).encode())
    os._exit(0)


def main() -> None:
    settings, moment = SurveySettings(), datetime.fromisoformat(sys.argv[1])
    for line in sys.stdin:
        name, dies_before, seconds = line.split()
        told, answer = os.pipe()
        made = os.fork()
        if made == 0:
            child(settings, moment, int(dies_before), float(seconds), name, answer)
        os.close(answer)
        os.waitpid(made, 0)
        print(os.read(told, 20).decode() or -1, flush=True)
        os.close(told)


if __name__ == "__main__":
    main()
