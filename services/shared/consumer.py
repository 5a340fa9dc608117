"""Reading a peer's feed so that each event takes effect exactly once.

The cursor is a row that is locked, compared and moved in the transaction of the effect: of two processes that read the
same batch one wins, and the other starts again from where the winner got. A batch is one transaction while all goes
well; when a handler fails its events are taken one by one, and one that fails three times is parked, so that the rest
go on. None is parked because the database was away. Parked events show in the metrics, and the verb `retry` of the
command line tries them again.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import structlog
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from services.contracts.envelope import Envelope
from services.contracts.events import BY_TYPE, RETIRED
from services.shared import peers
from services.shared.database import EVERYONE, Database, SharedBase, Tenant, enter
from services.shared.metrics import EVENTS_CONSUMED, EVENTS_PARKED, FEED_LAG
from services.shared.outages import is_passing
from services.shared.settings import ServiceName, Settings

log = structlog.get_logger()
Handler = Callable[[AsyncSession, Envelope[Any]], Awaitable[None]]
Order = Callable[[Mapping[str, Any]], Any]
TRIES = 3
START = "0-0"


class Cursor(SharedBase):
    """How far this service got in a peer's feed; of no organisation."""

    __tablename__ = "cursors"

    source: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[str]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())


class ParkedEvent(Tenant, SharedBase):
    __tablename__ = "parked_events"

    source: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    type: Mapped[str]
    event: Mapped[dict[str, Any]]
    error: Mapped[str]
    parked_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Overtaken(Exception):
    """Another process of this service handled the batch."""


class Unknown(Exception):
    """Of a type that is newer than this service. It waits, and what follows it too, until the service is upgraded: to
    pass it over would lose it."""


class Consumer:
    """One peer's feed and what this service does with each type of event; those without a handler are skipped.

    `order`: the key by which the events of a batch are handled, for handlers that lock the same rows as others do;
    what has the same key stays in the order of the feed, which is that of all without it.
    """

    def __init__(
        self, settings: Settings, database: Database, service: ServiceName, source: ServiceName,
        handlers: Mapping[str, Handler], order: Order | None = None,
    ) -> None:  # fmt: skip
        self.database, self.source, self.handlers, self.order = database, source, handlers, order
        self.client = peers.client(settings, service, source, timeout=40)
        self.read_until = time.monotonic()

    async def run(self) -> None:
        """For the service's lifetime; a peer that is away is asked again, ever more slowly up to five seconds."""
        pause = 0.2
        while True:
            try:
                await self.count_parked()
                await self.step(wait=20)
                pause = 0.2
            except Overtaken:
                self.read_until = time.monotonic()  # by the other
            except Exception as error:  # the loop must outlive whatever a peer or the database does
                said = str(error) if isinstance(error, Unknown) else type(error).__name__
                log.warning("feed not read", source=self.source, error=said)
                FEED_LAG.labels(self.source).set(time.monotonic() - self.read_until)
                await asyncio.sleep(pause)
                pause = min(pause * 2, 5)

    async def step(self, wait: float = 0) -> int:
        """Reads and handles one batch; the number of events handled."""
        peers.begin_trace()
        after = await self.position()
        answer = await self.client.get("/v1/events", params={"after": after, "wait": wait})
        answer.raise_for_status()
        batch: list[dict[str, Any]] = msgspec.json.decode(answer.content)
        lag, read = _age(batch), time.monotonic()
        if batch:
            await self._take(after, batch)
        self.read_until = read - lag
        FEED_LAG.labels(self.source).set(lag)
        EVENTS_CONSUMED.labels(self.source).inc(len(batch))
        return len(batch)

    async def _take(self, after: str, batch: Sequence[dict[str, Any]]) -> None:
        try:
            await self._apply(after, batch)
        except Overtaken:
            raise
        except Exception as error:
            log.warning("batch failed, going one by one", source=self.source, error=type(error).__name__)
            await self._one_by_one(after, batch)

    async def position(self) -> str:
        async with self.database.sessions() as session:
            found = await session.scalar(select(Cursor.position).where(Cursor.source == self.source))
        return found or START

    async def count_parked(self) -> None:
        """In the table, so that every process shows the same, and a retry shows in all."""
        async with self.database.transaction(EVERYONE) as session:
            parked = select(func.count()).select_from(ParkedEvent).where(ParkedEvent.source == self.source)
            EVENTS_PARKED.labels(self.source).set((await session.scalars(parked)).one())

    async def retry(self) -> tuple[int, int]:
        """Handles what is parked in the order in which it was parked, each in a transaction of its own; how many
        succeeded, and how many stay."""
        async with self.database.transaction(EVERYONE) as session:
            parked = select(ParkedEvent.organisation_id, ParkedEvent.id).where(ParkedEvent.source == self.source)
            waiting = (await session.execute(parked.order_by(ParkedEvent.parked_at, ParkedEvent.id))).all()
        succeeded = 0
        for organisation_id, event_id in waiting:
            try:
                await self._retry(organisation_id, event_id)
                succeeded += 1
            except Exception:  # it stays, and the rest are tried
                log.exception("event stays parked", source=self.source, id=str(event_id))
        return succeeded, len(waiting) - succeeded

    async def _retry(self, organisation_id: UUID, event_id: UUID) -> None:
        async with self.database.transaction(organisation_id) as session:
            key = (organisation_id, self.source, event_id)
            parked = await session.get(ParkedEvent, key, with_for_update=True)
            if parked is None:
                return  # another retry was faster
            await self._handle(session, parked.event)
            await session.delete(parked)

    async def _one_by_one(self, after: str, batch: Sequence[dict[str, Any]]) -> None:
        for event in batch:
            for attempt in range(1, TRIES + 1):
                try:
                    await self._apply(after, [event])
                    break
                except Overtaken:
                    raise
                except Exception as error:
                    if is_passing(error) or isinstance(error, Unknown):
                        raise  # not the event's fault: it waits until the database is back, or the service newer
                    if attempt == TRIES:
                        await self._park(after, event, error)
                    else:
                        await asyncio.sleep(0.05 * attempt)
            after = event["position"]

    async def _apply(self, after: str, batch: Sequence[dict[str, Any]]) -> None:
        async with self.database.transaction(UUID(batch[0]["organisationid"])) as session:
            await self._advance(session, after, batch[-1]["position"])
            for event in sorted(batch, key=self.order) if self.order else batch:
                await self._handle(session, event)

    async def _handle(self, session: AsyncSession, event: Mapping[str, Any]) -> None:
        handler, model = self.handlers.get(event["type"]), BY_TYPE.get(event["type"])
        if model is None and event["type"] not in RETIRED:
            raise Unknown(f"{event['type']} is newer than this service: upgrade it")
        if model is None or handler is None:
            return
        organisation_id = UUID(event["organisationid"])
        if session.info["organisation_id"] != organisation_id:
            await session.flush()
            await enter(session, organisation_id)
        await handler(session, Envelope[model].model_validate(event))  # type: ignore[valid-type]  # the model is known at run time only

    async def _advance(self, session: AsyncSession, after: str, to: str) -> None:
        row = {"source": self.source, "position": START}
        await session.execute(upsert(Cursor).values(row).on_conflict_do_nothing())
        cursor = (await session.scalars(select(Cursor).where(Cursor.source == self.source).with_for_update())).one()
        if cursor.position != after:
            raise Overtaken
        cursor.position = to

    async def _park(self, after: str, event: dict[str, Any], error: Exception) -> None:
        """Keeps the event whole, so that it can be handled once the cause is mended."""
        log.error("event parked", source=self.source, type=event["type"], id=event["id"], exc_info=error)
        organisation_id = UUID(event["organisationid"])
        async with self.database.transaction(organisation_id) as session:
            await self._advance(session, after, event["position"])
            row = {
                "organisation_id": organisation_id, "source": self.source, "id": UUID(event["id"]),
                "type": event["type"], "event": event, "error": type(error).__name__,
            }  # fmt: skip
            await session.execute(upsert(ParkedEvent).values(row).on_conflict_do_nothing())


async def reset(session: AsyncSession, source: ServiceName) -> None:
    """The next batch starts from the beginning of what the peer still has."""
    cursor = await session.get(Cursor, source)
    if cursor is not None:
        cursor.position = START


def _age(batch: Sequence[Mapping[str, Any]]) -> float:
    """Seconds since the newest event of the batch happened; nothing waiting is no lag."""
    if not batch:
        return 0.0
    then = datetime.fromisoformat(batch[-1]["time"])
    return max(0.0, (datetime.now(then.tzinfo) - then).total_seconds())
