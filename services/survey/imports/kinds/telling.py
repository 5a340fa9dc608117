"""What the other services are told of the rows that a file created or changed: a page at a time, since a file may have more
of them than memory."""

from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.events import Event
from services.shared import outbox
from services.survey.imports import merge_queries

R = TypeVar("R")


async def tell(
    session: AsyncSession,
    read: Callable[[AsyncSession, list[UUID]], Coroutine[Any, Any, Sequence[R]]],
    event: Callable[[R], Event],
) -> None:
    ids = await merge_queries.changed_ids(session, None)
    while ids:
        await outbox.append_many(session, [event(row) for row in await read(session, ids)])
        ids = await merge_queries.changed_ids(session, ids[-1])
