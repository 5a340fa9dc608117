"""A batch of reminders, whose rows must not tell who gets one, for who gets none has answered.

Every row goes through the same tries, whether its mail went, failed, or was none: so nothing that happens to one address
moves its row in another way, and nobody's reminder is lost because others were taken. Which mails are over is remembered
in marks that only our keys can read. Rows without a mail take as long as those that have one. A server that has had
enough is noticed by mails only, so a piece that was begun is tried to its end; the rest waits as it was.
"""

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime

from services.notification.channels.smtp import Connection, Unreachable
from services.notification.deliveries import marks, rules
from services.notification.deliveries.batch import Batch
from services.notification.deliveries.composer import Composer
from services.notification.deliveries.ledger import CHANCE, Ledger
from services.notification.deliveries.metrics import MAILS, MAYBE_DOUBLED
from services.notification.deliveries.queue_queries import Claimed
from services.notification.deliveries.recipients import Recipient
from services.notification.deliveries.rules import Outcome, State

PIECE = 25
ENOUGH = 10  # failures in a piece: as many as nobody makes by spoiling a few addresses
LONGEST = 30.0  # seconds that a row without a mail is held up


class Reminders(Batch):
    def __init__(
        self, ledger: Ledger, composer: Composer, claimed: Sequence[Claimed], to: dict[int, Recipient],
        keys: Sequence[bytes],
    ) -> None:  # fmt: skip
        super().__init__(ledger, composer, claimed, to, keys)
        self.begun, self.jitter = datetime.now(UTC), CHANCE.uniform(0.8, 1.2)
        self.taken = self.failed = 0  # in this piece

    async def send(self, connections: Sequence[Connection]) -> None:
        left = self.waiting
        while left and not self.stopping:
            self.waiting = deque(left.popleft() for _ in range(min(PIECE, len(left))))
            self.taken = self.failed = 0
            await super().send(connections)
            if self.waiting and not self.stopping:  # no connection is left
                await self._pass_over()
                return
            if self.failed >= ENOUGH and self.failed > self.taken:
                self.ledger.pause = rules.pause(2, CHANCE)
                return

    async def _deliver(self, connection: Connection, delivery: Claimed) -> None:
        """Marked as `sending` before anything is said to the server: whether it takes the recipient must not tell."""
        await connection.open()
        if not await self.ledger.start(delivery):
            return
        over = marks.over(delivery, self.keys)
        begun = time.monotonic()
        outcome = None if over else await self._tried(connection, delivery)
        lasted = time.monotonic() - begun
        if lasted > connection.took or (outcome is not None and outcome.state is State.SENT):
            connection.took = min(lasted, LONGEST)
        else:
            await asyncio.sleep(connection.took - lasted)
        if outcome is not None:
            self._count(outcome)
            over = outcome.wait is None
        self._end(delivery, over=over)

    async def _pass_over(self) -> None:
        """The rest of a piece without a server: what was tried last of it was a mail."""
        for delivery in self.waiting:
            self._end(delivery, over=marks.over(delivery, self.keys))
        self.waiting.clear()
        await self.ledger.settle()

    def _end(self, delivery: Claimed, *, over: bool) -> None:
        mark = marks.made(delivery, self.keys[0], over=over)
        self.ledger.end(delivery, rules.next_try(delivery.attempts, self.begun, self.jitter, mark))

    async def _tried(self, connection: Connection, delivery: Claimed) -> Outcome | None:
        """None: there is no mail for it."""
        recipient = self.to.get(delivery.invitation_number)
        if recipient is None:
            return None
        try:
            return await self._mail(connection, delivery, recipient, _started)
        except Unreachable as error:
            return rules.interrupted(delivery.attempts, error.reply, CHANCE)

    def _count(self, outcome: Outcome) -> None:
        if outcome.in_doubt:
            MAYBE_DOUBLED.inc()
        MAILS.labels("retried" if outcome.wait is not None else outcome.state.value).inc()
        self.taken += outcome.state is State.SENT
        self.failed += outcome.wait is not None


async def _started() -> bool:
    return True
