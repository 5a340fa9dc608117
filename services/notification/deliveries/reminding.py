"""A batch of reminders, whose rows must not tell who gets one, for who gets none has answered.

Every row goes through the same tries, whether its mail went, failed, or was none: so nothing that happens to one address
moves its row in another way, and nobody's reminder is lost because others were taken. Which mails are over is remembered
in marks that only our keys can read. Rows without a mail take about as long as one of the last mails did. A server that
has had enough is noticed by mails only, so a piece that was begun is tried to its end; the rest waits as it was.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime

import structlog

from services.notification.channels.smtp import Connection, Unreachable, always
from services.notification.deliveries import marks, rules
from services.notification.deliveries.batch import LASTED, Batch
from services.notification.deliveries.composer import Composer
from services.notification.deliveries.ledger import CHANCE, Ledger
from services.notification.deliveries.marks import Fate
from services.notification.deliveries.queue_queries import Claimed
from services.notification.deliveries.recipients import Recipient
from services.notification.deliveries.rules import Outcome, State

log = structlog.get_logger()
PIECE = 25
ENOUGH = 10  # failures: as many as nobody makes by spoiling a few addresses


class Reminders(Batch):
    def __init__(
        self, ledger: Ledger, composer: Composer, claimed: Sequence[Claimed], to: dict[int, Recipient],
        keys: Sequence[bytes],
    ) -> None:  # fmt: skip
        super().__init__(ledger, composer, claimed, to, keys)
        self.begun, self.jitter = datetime.now(UTC), CHANCE.uniform(0.8, 1.2)
        self.dealt_with = 0
        self.taken = self.failed = 0  # since more failed than were taken

    async def send(self, connections: Sequence[Connection]) -> None:
        left = self.waiting
        while left and not self.stopping:
            self.waiting = deque(left.popleft() for _ in range(min(PIECE, len(left))))
            if not await self._piece(connections):
                return
            if left and self.failed >= ENOUGH and self.failed > self.taken:
                log.warning("reminders wait")
                self.ledger.pause, self.ledger.all_wait = rules.pause(2, CHANCE), True
                return

    async def _piece(self, connections: Sequence[Connection]) -> bool:
        """Is there a connection left? One may be refused after the others are done: they take over what it gave back."""
        while self.waiting and not self.stopping:
            before = self.dealt_with
            await super().send(connections)
            if self.dealt_with == before and self.waiting and not self.stopping:
                await self._pass_over()
                return False
        return True

    async def _deliver(self, connection: Connection, delivery: Claimed) -> None:
        """Marked as `sending` before anything is said to the server: whether it takes the recipient must not tell."""
        await connection.open()
        if not await self.ledger.start(delivery):
            return
        fate, recipient = marks.fate(delivery, self.keys), self.to.get(delivery.invitation_number)
        if fate is Fate.OVER or recipient is None:
            await _as_long_as_a_mail()
        else:
            fate = self._fate_after(await self._tried(connection, delivery, recipient), fate)
        self._end(delivery, fate)

    async def _pass_over(self) -> None:
        """The rest of a piece without a server: what was tried last of it was a mail."""
        for delivery in self.waiting:
            if await self.ledger.start(delivery):
                await _as_long_as_a_mail()
                self._end(delivery, marks.fate(delivery, self.keys))
        self.waiting.clear()
        await self.ledger.settle()

    def _end(self, delivery: Claimed, fate: Fate) -> None:
        self.dealt_with += 1
        mark = marks.made(delivery, self.keys[0], fate)
        self.ledger.end(delivery, rules.next_try(delivery.attempts, self.begun, self.jitter, mark))

    async def _tried(self, connection: Connection, delivery: Claimed, recipient: Recipient) -> Outcome | None:
        try:
            return await self._mail(connection, delivery, recipient, always)
        except Unreachable as error:
            return rules.interrupted(delivery.attempts, error.reply, CHANCE)

    def _fate_after(self, outcome: Outcome | None, before: Fate) -> Fate:
        """No metric, and no line of the log, counts what became of a mail: whoever makes an address fail would see. One
        that is in doubt for a second time has come often enough."""
        if outcome is None:
            return before
        self.taken += outcome.state is State.SENT
        self.failed += outcome.wait is not None
        if self.taken > self.failed:
            self.taken = self.failed = 0
        if outcome.wait is None or (outcome.in_doubt and before is Fate.DOUBTED):
            return Fate.OVER
        return Fate.DOUBTED if outcome.in_doubt else before


async def _as_long_as_a_mail() -> None:
    lasted = CHANCE.choice(LASTED["reminder"] or LASTED["invitation"])
    await asyncio.sleep(lasted * CHANCE.uniform(0.8, 1.25))
