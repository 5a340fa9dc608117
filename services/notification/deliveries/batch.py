"""One batch on its way: a few connections take from one heap, each a mail at a time.

Reminders that are not sent, since survey names no recipient for them, go through the same states in the same order and
take as long as those that are, and of these each is tried once. So neither a copy of this database nor its order of
writing tells who got one. A server that will have no mail at all costs a few their reminder: the others wait for it.
"""

import asyncio
import time
from collections import deque
from collections.abc import Sequence

import structlog

from services.notification.channels.rules import Verdict, deliverable
from services.notification.channels.smtp import Connection, Result, Unreachable
from services.notification.deliveries import rules
from services.notification.deliveries.composer import Composer
from services.notification.deliveries.ledger import CHANCE, Ledger
from services.notification.deliveries.metrics import MAILS, MAYBE_DOUBLED
from services.notification.deliveries.queue_queries import Claimed
from services.notification.deliveries.recipients import Recipient
from services.notification.deliveries.rules import Outcome, State

log = structlog.get_logger()
LOSSES = 3


class Batch:
    """`waiting` is what nobody has tried yet; what is left of it at the end is to be given back."""

    def __init__(
        self, ledger: Ledger, composer: Composer, claimed: Sequence[Claimed], to: dict[int, Recipient]
    ) -> None:
        self.ledger, self.composer, self.to = ledger, composer, to
        self.reminders = ledger.batch.kind == "reminder"
        self.waiting = deque(claimed)
        self.stopping = False
        self.took = 0.0

    async def send(self, connections: Sequence[Connection]) -> None:
        """Returns when all is done, when no connection can be had any more, or soon after `stopping`."""
        over = (self._over(connection) for connection in connections[: len(self.waiting)])
        ended = await asyncio.gather(*over, return_exceptions=True)  # all have ended when one fails, too
        await self.ledger.settle()
        for error in ended:
            if error is not None:
                raise error

    async def _over(self, connection: Connection) -> None:
        losses = 0
        self.ledger.senders += 1
        while self.waiting and not self.stopping and losses < LOSSES:
            delivery = self.waiting.popleft()
            recipient = self.to.get(delivery.invitation_number)
            started = time.monotonic()
            try:
                if recipient is None:
                    await self._pretend(connection, delivery)
                    continue
                outcome = await self._mail(connection, delivery, recipient)
            except Unreachable as error:
                log.warning("mail server not reached", reply=error.reply)
                self.waiting.append(delivery)
                break
            if outcome is None:
                continue
            self.took = time.monotonic() - started
            losses = losses + 1 if self._lost(outcome) else 0
            self._note(delivery, outcome)
        self.ledger.senders -= 1
        await self.ledger.settle()

    async def _pretend(self, connection: Connection, delivery: Claimed) -> None:
        """Waits for a server that is away, too. Raises `Unreachable`."""
        await connection.open()
        if await self.ledger.start(delivery):
            await asyncio.sleep(self.took)
            self.ledger.end(delivery, rules.handled(delivery.attempts))

    def _lost(self, outcome: Outcome) -> bool:
        """Does this look as if the next mail would fare no better?"""
        return outcome.lost or (self.reminders and outcome.wait is not None)

    def _asked_to_wait(self, outcome: Outcome) -> bool:
        """Did the server say that it wants no mail now? What nobody has tried yet is given back for minutes then."""
        return outcome.reply is not None if outcome.lost else self.reminders and outcome.wait is not None

    def _note(self, delivery: Claimed, outcome: Outcome) -> None:
        if outcome.in_doubt:
            MAYBE_DOUBLED.inc()
        if self._asked_to_wait(outcome):
            self.ledger.pause = rules.pause(2, CHANCE)
        if not self.reminders:
            MAILS.labels("retried" if outcome.wait is not None else outcome.state.value).inc()
            self.ledger.end(delivery, outcome)
        elif outcome.lost:  # as if nobody had begun
            self.waiting.append(delivery)
        else:
            MAILS.labels("sent" if outcome.state is State.SENT else "bounced").inc()
            self.ledger.end(delivery, rules.handled(delivery.attempts))

    async def _mail(self, connection: Connection, delivery: Claimed, recipient: Recipient) -> Outcome | None:
        """None: it was taken back before its text went."""
        if delivery.in_doubt:
            MAYBE_DOUBLED.inc()
        if not deliverable(recipient.address):
            return rules.bounced(delivery.attempts, "invalidAddress")
        try:
            text = self.composer.compose(delivery, recipient)
        except (
            Exception
        ) as error:  # one mail that cannot be made must not hold up the others; its text stays out of the log
            log.warning("mail not made", kind=self.ledger.batch.kind, error=type(error).__name__)
            return rules.failed(delivery.attempts, "notComposed", None, CHANCE)
        result = await connection.send(recipient.address, text, lambda: self.ledger.start(delivery))
        return outcome_of(result, delivery.attempts)


def outcome_of(result: Result, attempts: int) -> Outcome | None:
    match result.verdict:
        case Verdict.ACCEPTED:
            return rules.sent(attempts, result.reply)
        case Verdict.RECIPIENT_REFUSED:
            return rules.bounced(attempts, "recipientRefused", result.reply)
        case Verdict.INTERRUPTED:
            return rules.interrupted(attempts, result.reply, CHANCE)
        case Verdict.IN_DOUBT:
            return rules.failed(attempts, "inDoubt", None, CHANCE, in_doubt=True)
        case Verdict.DEFERRED | Verdict.REFUSED:
            return rules.failed(attempts, result.verdict.value, result.reply, CHANCE)
        case Verdict.STOPPED:
            return None
