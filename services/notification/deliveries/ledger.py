"""Writes down what happens to the mails of one batch while it happens.

The order is what makes it safe: `sending` is committed before a mail's text goes to the server, its end after the
server's reply. So whatever dies, the mails in doubt are those that are `sending`: at most one an open connection. What
several connections write at about the same time shares a transaction, and the end of one mail shares it with the start
of the next, so that a mail costs about one commit.
"""

import asyncio
from collections.abc import Sequence
from random import SystemRandom
from uuid import UUID

import structlog

from services.contracts.events import DeliveryBounced, DeliverySent, Event
from services.notification.deliveries import queue_queries as queue
from services.notification.deliveries import rules
from services.notification.deliveries.queue_queries import Claimed, Round
from services.notification.deliveries.rules import Outcome, State
from services.shared import outbox
from services.shared.database import Database
from services.shared.outages import is_passing

log = structlog.get_logger()
CHANCE = SystemRandom()
GATHERING = 4


class Ledger:
    """Of one batch, under one lease. It does not give up while the database is away: a mail that went must be marked."""

    def __init__(self, database: Database, batch: Round, lease: UUID) -> None:
        self.database, self.batch, self.lease = database, batch, lease
        self.senders = 0
        self.pause = rules.soon(CHANCE)  # seconds until what is given back is tried again
        self.all_wait = False  # as long as that
        self.one_at_a_time = asyncio.Lock()
        self.starting: dict[UUID, asyncio.Future[bool]] = {}
        self.ending: dict[UUID, tuple[Claimed, Outcome]] = {}
        self.writing: asyncio.Task[None] | None = None

    async def start(self, delivery: Claimed) -> bool:
        """Committed as `sending`? No: it was taken back meanwhile and must not be sent."""
        answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self.starting[delivery.id] = answer
        self._write()
        return await answer

    def end(self, delivery: Claimed, outcome: Outcome) -> None:
        """Is committed with the next start, or by `settle`."""
        self.ending[delivery.id] = (delivery, outcome)

    async def settle(self) -> None:
        """Returns once everything told so far is committed."""
        while self.ending or self.starting or self.writing is not None:
            self._write()
            if self.writing is not None:
                await self.writing

    def _write(self) -> None:
        if self.writing is None and (self.starting or self.ending):
            self.writing = asyncio.create_task(self._write_all())
            # Who started something hears of a failure too: it is no surprise when nobody awaits the task itself.
            self.writing.add_done_callback(lambda task: task.cancelled() or task.exception())

    async def _write_all(self) -> None:
        try:
            await self._write_once()
            while self.starting:
                await self._write_once()
        finally:
            self.writing = None

    async def _write_once(self) -> None:
        await self._gather()
        starting, self.starting = self.starting, {}
        ending, self.ending = self.ending, {}
        pause = 0.1
        while True:
            try:
                allowed = await self._commit(list(starting), ending)
                break
            except Exception as error:
                if not is_passing(error):  # waiting mends none of these: who waits must hear it, what was told is kept
                    self.ending = ending | self.ending
                    self._fail({**starting, **self.starting}, error)
                    raise
                log.warning("deliveries not marked yet", error=type(error).__name__)
                await asyncio.sleep(pause)
                pause = min(pause * 2, 2.0)
        for delivery_id, answer in starting.items():
            if not answer.done():
                answer.set_result(delivery_id in allowed)

    def _fail(self, starting: dict[UUID, asyncio.Future[bool]], error: Exception) -> None:
        self.starting = {}
        for answer in starting.values():
            if not answer.done():
                answer.set_exception(error)

    async def _gather(self) -> None:
        """A commit costs more than a mail: wait a moment for the connections that are about to come along."""
        for _ in range(GATHERING):
            if len(self.starting) >= self.senders:
                return
            await asyncio.sleep(0.001)

    async def extend(self, ids: Sequence[UUID], seconds: float) -> None:
        """Keeps the lease. Not beside a mark: both lock rows, each in an order of its own."""
        async with self.one_at_a_time, self.database.transaction(self.batch.organisation_id) as session:
            await queue.extend(session, self.batch.organisation_id, self.lease, ids, seconds)

    async def _commit(self, starting: list[UUID], ending: dict[UUID, tuple[Claimed, Outcome]]) -> set[UUID]:
        organisation_id = self.batch.organisation_id
        allowed: set[UUID] = set()
        async with self.one_at_a_time, self.database.transaction(organisation_id) as session:
            if ending:
                outcomes = {key: outcome for key, (_, outcome) in ending.items()}
                changed = await queue.mark_done(session, organisation_id, self.lease, outcomes)
                await outbox.append_many(session, self._events([ending[key] for key in ending if key in changed]))
            if starting:
                allowed = await queue.mark_sending(session, organisation_id, self.lease, starting)
        return allowed

    def _events(self, ended: list[tuple[Claimed, Outcome]]) -> list[Event]:
        """Of invitations only: who gets no reminder has answered."""
        if self.batch.kind != "invitation":
            return []
        return [event for event in (self._event(delivery, outcome) for delivery, outcome in ended) if event is not None]

    def _event(self, delivery: Claimed, outcome: Outcome) -> Event | None:
        invitation = str(delivery.invitation_number)
        if outcome.state is State.SENT:
            return DeliverySent(
                delivery_id=delivery.id, invitation_id=invitation, wave_id=self.batch.wave_id, kind="invitation"
            )
        if outcome.state in (State.BOUNCED, State.PARKED):  # neither has arrived
            reason = " ".join(part for part in (outcome.reason, outcome.reply) if part)
            return DeliveryBounced(
                delivery_id=delivery.id, invitation_id=invitation, wave_id=self.batch.wave_id, kind="invitation",
                reason=reason,
            )  # fmt: skip
        return None
