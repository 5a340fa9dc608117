"""Takes deliveries off the queue, batch by batch. Any number of these may run, in any number of processes."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from operator import attrgetter
from uuid import UUID

import structlog
from sqlalchemy.exc import SQLAlchemyError

from services.notification.channels.smtp import Pool, Unreachable
from services.notification.deliveries import queue_queries as queue
from services.notification.deliveries.batch import Batch
from services.notification.deliveries.composer import Composer
from services.notification.deliveries.ledger import CHANCE, Ledger
from services.notification.deliveries.preparation import Prepared, SurveyAway, prepare
from services.notification.deliveries.queue_queries import Claimed
from services.notification.deliveries.reminding import Reminders
from services.notification.preferences.tokens import keys_of
from services.notification.settings import NotificationSettings
from services.shared import peers
from services.shared.database import EVERYONE, Database
from services.shared.ids import NIL, random_id
from services.shared.metrics import QUEUE_DEPTH
from services.shared.tasks import every

log = structlog.get_logger()
BATCH = 500
GRACE_SECONDS = 8.0


class Worker:
    """Holds what lives longer than a batch: the connections, and whose turn it was."""

    def __init__(self, settings: NotificationSettings, database: Database) -> None:
        self.settings, self.database = settings, database
        self.pool = Pool(settings)
        self.survey = peers.client(settings, "notification", "survey", timeout=30)
        self.keys = keys_of(settings.unsubscribe_keys)
        self.last = NIL
        self.current: Batch | None = None

    async def run(self) -> None:
        """For the service's lifetime."""
        try:
            await every(1.0, self.drain, "mail")()
        finally:
            await self.close()

    async def close(self) -> None:
        await self.pool.close()
        await self.survey.aclose()

    async def drain(self) -> None:
        """Until nothing is due, or somebody that mails need is away."""
        try:
            while await self.step():
                pass
        except (SurveyAway, Unreachable) as error:
            log.warning("mails wait", reason=type(error).__name__, detail=str(error))
        await self.pool.rest()

    async def step(self) -> bool:
        """One batch of one organisation; False when nothing is due."""
        peers.begin_trace()
        async with self.database.transaction(EVERYONE) as session:
            QUEUE_DEPTH.labels("deliveries").set(await queue.depth(session))
            found = await queue.next_organisation(session, self.last) or await queue.next_organisation(session, NIL)
        if found is None:
            return False
        self.last = found
        await self.pool.ready()
        lease = random_id()
        async with self.database.transaction(found) as session:
            batch = await queue.next_round(session, found)
            if batch is None:
                return True  # another worker was faster
            claimed = await queue.claim(session, batch, lease, most=BATCH, seconds=self.settings.lease_seconds)
        if claimed:
            await self._handle(Ledger(self.database, batch, lease), claimed)
        return True

    async def _handle(self, ledger: Ledger, claimed: list[Claimed]) -> None:
        """Asked to stop, it finishes the mails on their way and gives the others back."""
        work = asyncio.create_task(self._send(ledger, claimed))
        try:
            await asyncio.shield(work)
        except asyncio.CancelledError:
            if self.current is not None:
                self.current.stopping = True
            await asyncio.wait({work}, timeout=GRACE_SECONDS)
            raise

    async def _send(self, ledger: Ledger, claimed: list[Claimed]) -> None:
        CHANCE.shuffle(claimed)
        claimed.sort(key=attrgetter("attempts"))  # so that a server that takes few uses up nobody's tries
        async with self._kept(ledger, [delivery.id for delivery in claimed]):
            ready = await prepare(self.database, self.survey, ledger.batch, claimed, self.keys)
            for delivery, outcome in ready.over.items():
                ledger.end(delivery, outcome)
            await ledger.settle()
            if ready.wave is not None and ready.waiting:
                await self._send_ready(ledger, ready)

    async def _send_ready(self, ledger: Ledger, ready: Prepared) -> None:
        assert ready.wave is not None
        composer = Composer(self.settings, self.keys, ledger.batch, ready.wave, ready.organisation)
        kind = Reminders if ledger.batch.kind == "reminder" else Batch
        self.current = batch = kind(ledger, composer, ready.waiting, ready.to, self.keys)
        try:
            await batch.send(self.pool.connections)
        finally:
            self.current = None

    @asynccontextmanager
    async def _kept(self, ledger: Ledger, ids: Sequence[UUID]) -> AsyncIterator[None]:
        """The claim lives while the block does; what was not tried in it waits for the next batch."""
        beat = asyncio.create_task(self._keep(ledger, ids))
        try:
            yield
        finally:
            beat.cancel()
            async with self.database.transaction(ledger.batch.organisation_id) as session:
                await queue.release(session, ledger.batch.organisation_id, ledger.lease, ids, ledger.pause)
                if ledger.all_wait:
                    await queue.put_off(session, ledger.batch, ledger.pause)

    async def _keep(self, ledger: Ledger, ids: Sequence[UUID]) -> None:
        seconds = self.settings.lease_seconds
        while True:
            await asyncio.sleep(seconds / 3)
            try:
                await ledger.extend(ids, seconds)
            except (SQLAlchemyError, OSError) as error:  # the next beat may reach the database in time
                log.warning("claim not extended", error=type(error).__name__)
