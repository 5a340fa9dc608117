"""The feed: a service's outbox, read by its peers in CloudEvents batches.

A reader sees events below the horizon only: `pg_snapshot_xmin`, the oldest transaction still running. Below it nothing
can appear any more, so that a cursor never passes an event that commits late. The horizon is fetched in a statement of
its own and passed as a parameter: inside the query each worker of a spread database would evaluate it for itself.

A page ends where it would grow large, for reader and service hold it in memory whole and some events are a thousand times
as large as others. How large they are is asked first, which reads none of them.
"""

import asyncio
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import Annotated, Any

import asyncpg
import msgspec
import structlog
from fastapi import Depends, Query, Request, Response
from sqlalchemy import ColumnElement, func, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.events import BY_TYPE
from services.shared.auth import peer
from services.shared.database import EVERYONE, Database
from services.shared.outbox import CHANNEL, PARTITIONS, OutboxEvent
from services.shared.problems import parameter_error
from services.shared.routing import Router
from services.shared.settings import ServiceName

log = structlog.get_logger()
router = Router(tag="Events")
MEDIA_TYPE = "application/cloudevents-batch+json"
SENSITIVE = tuple(name for name, event in BY_TYPE.items() if event.sensitive)
# The planner takes row-level security to leave next to nothing, and would sort all that is left of the feed for a page.
HORIZON = text("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint, set_config('enable_sort', 'off', true)")
Position = tuple[int, int]
START: Position = (0, 0)
PAGE_BYTES = 2_000_000  # as stored, so compressed; in memory it becomes several times as much


class Bell:
    """Wakes the readers that wait when an event was committed by any process of this service."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        self._rung.set()
        self._rung = asyncio.Event()

    async def wait(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._rung.wait(), seconds)
        except TimeoutError:
            return

    async def listen(self, database: Database) -> None:
        """A task for the service's lifetime. Without a connection readers merely poll."""
        while True:
            lost = asyncio.Event()
            try:
                connection = await database.connect()
                connection.add_termination_listener(lambda _connection, lost=lost: lost.set())
                await connection.add_listener(CHANNEL, lambda *_: self.ring())
                await lost.wait()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                log.warning("listening failed", error=type(error).__name__)
            await asyncio.sleep(1)


def parse(after: str) -> Position:
    transaction, separator, position = after.partition("-")
    if separator and transaction.isdecimal() and position.isdecimal() and len(after) <= 40:
        found = int(transaction), int(position)
        if max(found) < 2**63:
            return found
    raise parameter_error("after", "invalidPosition", "is not a position of this feed")


def spell(position: Position) -> str:
    return f"{position[0]}-{position[1]}"


@router.get("/events", include_in_schema=False)
async def read_events(
    request: Request,
    reader: Annotated[ServiceName, Depends(peer("survey", "analytics", "notification"))],
    after: Annotated[str, Query()] = "0-0",
    limit: Annotated[int, Query(ge=1, le=1000)] = 500,
    wait: Annotated[float, Query(ge=0, le=30)] = 0,
    partition: Annotated[int, Query(ge=0)] = 0,
    partitions: Annotated[int, Query(ge=1, le=PARTITIONS)] = 1,
) -> Response:
    """Waits up to `wait` seconds for something to come, but not beyond the end of this process."""
    database: Database = request.app.state.database
    bell: Bell = request.app.state.bell
    start = parse(after)
    deadline = asyncio.get_running_loop().time() + wait
    while True:
        async with database.transaction(EVERYONE) as session:
            events = await read(session, start, limit, sensitive=reader == "analytics",
                                share=(partition, partitions))  # fmt: skip
        left = deadline - asyncio.get_running_loop().time()
        if events or left <= 0 or request.app.state.leaving():
            source = f"/{request.app.state.service}"
            body = msgspec.json.encode([cloud_event(event, source) for event in events])
            return Response(body, media_type=MEDIA_TYPE)
        # A commit that rang the bell can still be above the horizon: look again soon, not only when it rings.
        await bell.wait(min(left, 1.0))


async def read(
    session: AsyncSession, after: Position, limit: int, *, sensitive: bool, share: tuple[int, int] = (0, 1)
) -> Sequence[OutboxEvent]:
    """Events after a position, in the order in which every reader sees them: as many as a page may hold, but one at least
    if there is one."""
    horizon: int = (await session.scalars(HORIZON)).one()
    place = tuple_(OutboxEvent.transaction_id, OutboxEvent.position)
    conditions: list[ColumnElement[bool]] = [place > after, OutboxEvent.transaction_id < horizon]
    if not sensitive:
        conditions.append(OutboxEvent.type.not_in(SENSITIVE))
    partition, partitions = share
    if partitions > 1:
        conditions.append(OutboxEvent.partition % partitions == partition)
    ordered = select(OutboxEvent).where(*conditions).order_by(OutboxEvent.transaction_id, OutboxEvent.position)
    stored = ordered.with_only_columns(func.pg_column_size(OutboxEvent.data))
    sizes = (await session.scalars(stored.limit(limit))).all()
    # Nothing comes between these any more, below the horizon: the first are the same ones.
    return (await session.scalars(ordered.limit(fitting(sizes)))).all() if sizes else ()


def fitting(sizes: Sequence[int]) -> int:
    """How many of the first go into one page: also the first alone, however large it is."""
    return max(1, bisect_right(list(accumulate(sizes)), PAGE_BYTES))


def cloud_event(event: OutboxEvent, source: str) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": str(event.id),
        "source": source,
        "type": event.type,
        **({"subject": event.subject} if event.subject else {}),
        "time": event.time.isoformat(),
        "datacontenttype": "application/json",
        "organisationid": str(event.organisation_id),
        "position": spell((event.transaction_id, event.position)),
        "data": event.data,
    }
