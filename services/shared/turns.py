"""Taking turns within an organisation, of a process: what waits for a lock then leaves connections to everybody else."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID
from weakref import WeakValueDictionary

LONGEST = 30  # seconds


class Turns:
    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._of: WeakValueDictionary[UUID, asyncio.Semaphore] = WeakValueDictionary()

    @asynccontextmanager
    async def of(self, organisation_id: UUID) -> AsyncIterator[None]:
        """To be entered before a connection is taken. TimeoutError, which is answered as 503, after half a minute."""
        turn = self._of.setdefault(organisation_id, asyncio.Semaphore(self._at_once))
        await asyncio.wait_for(turn.acquire(), LONGEST)
        try:
            yield
        finally:
            turn.release()
