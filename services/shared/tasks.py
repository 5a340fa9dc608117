"""Background loops of a service, in its own process. Each replica runs them; what must happen once is claimed in the
database."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import structlog

from services.shared.metrics import TASK_FAILURES

log = structlog.get_logger()
Task = Callable[[], Coroutine[Any, Any, None]]


class Wake:
    """Lets a request hurry a loop along; a wake that comes while the loop works is not lost."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def now(self) -> None:
        self._event.set()

    async def wait(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._event.wait(), seconds)
        except TimeoutError:
            return
        finally:
            self._event.clear()


def every(seconds: float, work: Callable[[], Awaitable[object]], name: str, wake: Wake | None = None) -> Task:
    """`work` now and again, for ever. A failure is logged and counted; the next round tries again."""
    bell = wake or Wake()

    async def loop() -> None:
        while True:
            try:
                await work()
            except Exception as error:  # the loop must outlive a database that is away
                TASK_FAILURES.labels(name).inc()
                log.warning("task failed", task=name, error=type(error).__name__, exc_info=error)
            await bell.wait(seconds * random.uniform(0.9, 1.1))  # noqa: S311  # jitter, not a secret

    return loop
