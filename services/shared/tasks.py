"""Background loops of a service, in its own process. Each replica runs them; what must happen once is claimed in the
database."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import structlog
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.database import EVERYONE, Database
from services.shared.metrics import TASK_FAILURES

log = structlog.get_logger()
Claimed = TypeVar("Claimed")
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


async def claimed_at(
    database: Database,
    at: datetime,
    due: Callable[[AsyncSession, datetime], Awaitable[Sequence[Row[UUID, UUID]]]],
    claim: Callable[[AsyncSession, UUID, datetime], Awaitable[Claimed | None]],
    see_to: Callable[[AsyncSession, Claimed], Awaitable[object]],
    name: str,
) -> int:
    """What `due` finds over all organisations, each claimed by one replica and seen to in a transaction of its own. One
    that fails does not hold up the others; how many were seen to."""
    async with database.transaction(EVERYONE) as session:
        found = await due(session, at)
    done = 0
    for organisation_id, id_ in found:
        try:
            async with database.transaction(organisation_id) as session:
                claimed = await claim(session, id_, at)
                if claimed is not None:
                    await see_to(session, claimed)
                    done += 1
        except Exception as error:  # the others must not wait for this one
            TASK_FAILURES.labels(name).inc()
            log.warning("not seen to", task=name, id=str(id_), error=type(error).__name__, exc_info=error)
    return done


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
