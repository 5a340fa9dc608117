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

from services.notification.channels.smtp import Connection
from services.notification.deliveries import rules
from services.notification.deliveries.batch import LOSSES, Batch
from services.notification.deliveries.composer import Composer
from services.notification.deliveries.ledger import CHANCE, Ledger
from services.notification.deliveries.metrics import MAILS, MAYBE_DOUBLED
from services.notification.deliveries.queue_queries import Claimed
from services.notification.deliveries.recipients import Recipient
from services.notification.deliveries.rules import Outcome, State


class Reminders(Batch):
    """`open` are the rows that were dealt with since the server last took or refused a mail, `failures` the mails among
    them that it put off."""

    def __init__(
        self, ledger: Ledger, composer: Composer, claimed: Sequence[Claimed], to: dict[int, Recipient]
    ) -> None:
        super().__init__(ledger, composer, claimed, to)
        self.open: list[Claimed] = []
        self.reached, self.failures, self.took = False, 0, 0.0

    async def _deliver(self, connection: Connection, delivery: Claimed) -> Outcome | None:
        recipient = self.to.get(delivery.invitation_number)
        started = time.monotonic()
        if recipient is not None:
            outcome = await self._mail(connection, delivery, recipient)
            self.took = time.monotonic() - started
            return outcome
        await connection.open()
        if await self.ledger.start(delivery):
            await asyncio.sleep(self.took)
            self.open.append(delivery)
            self._settle()
        return None

    def _unreachable(self) -> None:
        self._away()

    def _away(self) -> None:
        self.failures, self.stopping = LOSSES, True

    def _note(self, delivery: Claimed, outcome: Outcome) -> None:
        if outcome.in_doubt:
            MAYBE_DOUBLED.inc()
        MAILS.labels("retried" if outcome.wait is not None else outcome.state.value).inc()
        self.open.append(delivery)
        if outcome.state is State.SENT or outcome.reason == "recipientRefused":
            self.reached, self.failures = True, 0
        elif outcome.wait is not None and outcome.reason != "notComposed":
            self.failures += 1
            if self.failures >= LOSSES:
                self._away()
        self._settle()

    def _settle(self) -> None:
        if self.reached and not self.failures:
            self._over_with()

    def _over_with(self) -> None:
        for delivery in self.open:
            self.ledger.end(delivery, rules.handled(delivery.attempts))
        self.open.clear()

    def _finish(self) -> None:
        """What failed alone, beside others that did not, is over; a server that is away is waited for by all alike."""
        if self.failures < LOSSES and (self.reached or not (self.failures or self.waiting)):
            self._over_with()
            return
        wait = rules.pause_after(max((each.attempts for each in self.open), default=0), CHANCE)
        for delivery in (*self.open, *self.waiting):
            self.ledger.end(delivery, rules.put_off(delivery.attempts, wait))
        self.open.clear()
        self.waiting.clear()
