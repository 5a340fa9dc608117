"""Work that costs about the same for one as for many: what arrives while a batch is under way makes the next one."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar
from uuid import UUID

Item = TypeVar("Item")
Result = TypeVar("Result")


class Batches(Generic[Item, Result]):
    """Awaiting it gives the result of one item. A batch holds one organisation; each has one batch under way at a time.

    `work` answers a result for each item, in their order. If it raises, every item of the batch does.
    """

    def __init__(self, work: Callable[[UUID, list[Item]], Awaitable[list[Result]]], largest: int = 100) -> None:
        self.work, self.largest = work, largest
        self.waiting: dict[UUID, list[tuple[Item, asyncio.Future[Result]]]] = {}
        self.draining: dict[UUID, asyncio.Task[None]] = {}

    async def __call__(self, organisation_id: UUID, item: Item) -> Result:
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self.waiting.setdefault(organisation_id, []).append((item, future))
        if organisation_id not in self.draining:
            self.draining[organisation_id] = asyncio.create_task(self._drain(organisation_id))
        return await future

    async def _drain(self, organisation_id: UUID) -> None:
        try:
            while waiting := self.waiting.pop(organisation_id, None):
                for start in range(0, len(waiting), self.largest):
                    await self._batch(organisation_id, waiting[start : start + self.largest])
        finally:
            del self.draining[organisation_id]

    async def _batch(self, organisation_id: UUID, batch: list[tuple[Item, asyncio.Future[Result]]]) -> None:
        """Whoever left meanwhile is passed over; their item took effect all the same."""
        try:
            results = await self.work(organisation_id, [item for item, _ in batch])
        except Exception as error:
            for _, future in batch:
                if not future.done():
                    future.set_exception(error)
            return
        for (_, future), result in zip(batch, results, strict=True):
            if not future.done():
                future.set_result(result)
