"""A batch of reminders, whose rows must not tell who gets one, for who gets none has answered.

Reminders that are not sent, since survey names no recipient for them, go through the same states in the same order and
take as long as those that are. No row is over before the server has taken, or refused for good, a mail of the batch: then
all that came before are over, whatever became of each, for somebody may have made one address fail to see its row come
back. When the server takes none, all rows that are left come back together. So neither a copy of this database nor its
order of writing tells who got one.
"""

import asyncio
import time
from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from services.notification.channels.smtp import Connection
from services.notification.deliveries import rules
from services.notification.deliveries.batch import LOSSES, Batch
from services.notification.deliveries.composer import Composer
from services.notification.deliveries.ledger import CHANCE, Ledger
from services.notification.deliveries.metrics import MAILS, MAYBE_DOUBLED
from services.notification.deliveries.queue_queries import Claimed
from services.notification.deliveries.recipients import Recipient
from services.notification.deliveries.rules import Outcome, State


class Open(NamedTuple):
    """A row that was dealt with, at which `place` of the batch, and did the server put its mail off?"""

    place: int
    delivery: Claimed
    failed: bool = False


class Reminders(Batch):
    """`open` are the rows of which it is not known yet whether the server takes mails. When many of them failed, or no
    connection is left, the server is `away`."""

    def __init__(
        self, ledger: Ledger, composer: Composer, claimed: Sequence[Claimed], to: dict[int, Recipient]
    ) -> None:
        super().__init__(ledger, composer, claimed, to)
        self.open: list[Open] = []
        self.places: dict[UUID, int] = {}
        self.reached = self.away = False
        self.connections = self.most_failures = 0
        self.took = 0.0

    async def send(self, connections: Sequence[Connection]) -> None:
        self.connections = min(len(connections), len(self.waiting))
        self.most_failures = LOSSES * self.connections
        await super().send(connections)

    async def _deliver(self, connection: Connection, delivery: Claimed) -> Outcome | None:
        self.places[delivery.id] = place = len(self.places)
        recipient = self.to.get(delivery.invitation_number)
        started = time.monotonic()
        if recipient is not None:
            outcome = await self._mail(connection, delivery, recipient)
            self.took = time.monotonic() - started
            return outcome
        await connection.open()
        if await self.ledger.start(delivery):
            await asyncio.sleep(self.took)
            self.open.append(Open(place, delivery))
            if self.reached and not self.away and not self._failures():
                self._over_with(self.open)
        return None

    def _given_up(self) -> None:
        """A server may let us have a few connections only."""
        self.connections -= 1
        if not self.connections:
            self.away = self.stopping = True

    def _failures(self) -> int:
        return sum(row.failed for row in self.open)

    def _note(self, delivery: Claimed, outcome: Outcome) -> None:
        if outcome.in_doubt:
            MAYBE_DOUBLED.inc()
        MAILS.labels("retried" if outcome.wait is not None else outcome.state.value).inc()
        place = self.places[delivery.id]
        if outcome.state is State.SENT or outcome.reason == "recipientRefused":
            self._reached(Open(place, delivery))
            return
        failed = outcome.wait is not None and outcome.reason != "notComposed"
        self.open.append(Open(place, delivery, failed))
        if self._failures() >= self.most_failures:
            self.away = self.stopping = True

    def _reached(self, row: Open) -> None:
        """What failed before this mail was begun failed alone; what failed since may be the end of the server's patience."""
        self.reached = True
        self._over_with([row] if self.away else [row, *(each for each in self.open if each.place < row.place)])

    def _over_with(self, rows: Sequence[Open]) -> None:
        over = set(rows)
        for row in rows:
            self.ledger.end(row.delivery, rules.handled(row.delivery.attempts))
        self.open = [row for row in self.open if row not in over]

    def _finish(self) -> None:
        """What failed alone, beside others that did not, is over; a server that takes nothing is waited for by all alike."""
        if self.away or (self._failures() and not self.reached):
            self._put_off()
        elif self.reached or not self.waiting:
            self._over_with(self.open)
        else:  # stopped before the first mail
            for row in self.open:
                self.ledger.end(row.delivery, Outcome(State.QUEUED, row.delivery.attempts, self.ledger.pause))

    def _put_off(self) -> None:
        rows = [*(row.delivery for row in self.open), *self.waiting]
        wait = rules.pause_after(max((row.attempts for row in rows), default=0), CHANCE)
        for row in rows:
            self.ledger.end(row, rules.put_off(row.attempts, wait))
        self.open.clear()
        self.waiting.clear()
