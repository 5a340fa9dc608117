"""Work that costs about the same for one as for many: what arrives while a batch is under way makes the next one."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar, cast
from uuid import UUID

Item = TypeVar("Item")
Result = TypeVar("Result")


class Batches(Generic[Item, Result]):
    """Awaiting it gives the result of one item. A batch holds one organisation.

    `work` answers a result for each item, in their order. If it raises, every item of the batch does. Of each organisation
    `lanes` batches are under way at most, each of `largest` items at most: in one large batch everybody would wait for
    the database together, and then the database for everybody.
    """

    def __init__(
        self, work: Callable[[UUID, list[Item]], Awaitable[list[Result]]], *, largest: int, lanes: int
    ) -> None:
        self.work, self.largest, self.lanes = work, largest, lanes
        self.waiting: dict[UUID, list[tuple[Item, asyncio.Future[Result]]]] = {}
        self.draining: dict[UUID, set[asyncio.Task[None]]] = {}

    async def __call__(self, organisation_id: UUID, item: Item) -> Result:
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        waiting = self.waiting.setdefault(organisation_id, [])
        waiting.append((item, future))
        draining = self.draining.setdefault(organisation_id, set())
        if len(draining) < self.lanes and len(waiting) > len(draining) * self.largest - self.largest:
            draining.add(asyncio.create_task(self._drain(organisation_id, draining)))
        return await future

    async def _drain(self, organisation_id: UUID, draining: set[asyncio.Task[None]]) -> None:
        try:
            while waiting := self.waiting.get(organisation_id):
                batch = waiting[: self.largest]
                del waiting[: self.largest]
                await self._batch(organisation_id, batch)
        finally:
            draining.discard(cast("asyncio.Task[None]", asyncio.current_task()))
            if not draining and self.draining.get(organisation_id) is draining:
                del self.draining[organisation_id]
                self.waiting.pop(organisation_id, None)

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
