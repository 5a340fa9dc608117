"""Runs what is due of the programmes in a process of its own that dies when it is told to.

`python -m tests.survey.programmes.runner MOMENT`, settings in the environment. Each line of its input is one run: before
which statement it ends by SIGKILL (0: none), and after how many seconds it is ended from outside (0: not). Its answer:
how many statements there were, or -1 if it died.
"""

import asyncio
import os
import signal
import sys
import time
from base64 import b64decode
from datetime import datetime

from sqlalchemy import event

from services.shared.database import Database
from services.survey.programmes.scheduler import run_programmes
from services.survey.settings import SurveySettings


async def run(settings: SurveySettings, moment: datetime, dies_before: int) -> int:
    database, seen = Database(settings), 0

    @event.listens_for(database.engine.sync_engine, "before_cursor_execute")
    def count(*_: object) -> None:
        nonlocal seen
        seen += 1
        if seen == dies_before:
            os.kill(os.getpid(), signal.SIGKILL)

    @event.listens_for(database.engine.sync_engine, "commit")
    def before_commit(_: object) -> None:
        count()

    await run_programmes(database, [b64decode(key.get_secret_value()) for key in settings.box_keys], moment)
    return seen


def child(settings: SurveySettings, moment: datetime, dies_before: int, answer: int) -> None:
    os.write(answer, str(asyncio.run(run(settings, moment, dies_before))).encode())
    os._exit(0)


def main() -> None:
    settings, moment = SurveySettings(), datetime.fromisoformat(sys.argv[1])
    for line in sys.stdin:
        dies_before, seconds = line.split()
        told, answer = os.pipe()
        made = os.fork()
        if made == 0:
            child(settings, moment, int(dies_before), answer)
        os.close(answer)
        if float(seconds):
            time.sleep(float(seconds))
            os.kill(made, signal.SIGKILL)
        os.waitpid(made, 0)
        print(os.read(told, 20).decode() or -1, flush=True)
        os.close(told)


if __name__ == "__main__":
    main()
