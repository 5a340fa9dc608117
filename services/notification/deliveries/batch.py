"""One batch on its way: a few connections take from one heap, each a mail at a time."""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial

import structlog

from services.notification.channels.rules import Verdict, deliverable
from services.notification.channels.smtp import Connection, Result, Unreachable
from services.notification.deliveries import marks, rules
from services.notification.deliveries.composer import Composer
from services.notification.deliveries.ledger import CHANCE, Ledger
from services.notification.deliveries.metrics import MAILS, MAYBE_DOUBLED
from services.notification.deliveries.queue_queries import Claimed
from services.notification.deliveries.recipients import Recipient
from services.notification.deliveries.rules import Outcome, State

log = structlog.get_logger()
LOSSES = 3
LONGEST = 3.0
# Seconds that the last mails of this process took, LONGEST at the most: of a reminder without what the ledger takes.
LASTED: dict[str, deque[float]] = {"invitation": deque([0.05], maxlen=20), "reminder": deque(maxlen=20)}


class Batch:
    """Of invitations: `reminding.py` has the other kind. `keys` make the marks. `waiting` is what nobody has tried yet;
    what is left of it at the end is to be given back."""

    def __init__(
        self, ledger: Ledger, composer: Composer, claimed: Sequence[Claimed], to: dict[int, Recipient],
        keys: Sequence[bytes],
    ) -> None:  # fmt: skip
        self.ledger, self.composer, self.to, self.keys = ledger, composer, to, keys
        self.waiting = deque(claimed)
        self.stopping = False

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
            try:
                outcome = await self._deliver(connection, delivery)
            except Unreachable as error:
                log.warning("mail server not reached", reply=error.reply)
                self.waiting.append(delivery)
                losses = LOSSES
                continue
            if outcome is not None:
                losses = losses + 1 if outcome.lost else 0
                self._note(delivery, outcome)
        self.ledger.senders -= 1
        await self.ledger.settle()

    async def _deliver(self, connection: Connection, delivery: Claimed) -> Outcome | None:
        recipient = self.to[delivery.invitation_number]
        if delivery.in_doubt:
            MAYBE_DOUBLED.inc()
        outcome = await self._mail(connection, delivery, recipient, partial(self.ledger.start, delivery))
        if outcome is None or outcome.state is not State.SENT:
            return outcome
        return replace(outcome, mark=marks.went_to(recipient.address, self.keys[0]))

    def _note(self, delivery: Claimed, outcome: Outcome) -> None:
        if outcome.in_doubt:
            MAYBE_DOUBLED.inc()
        if outcome.lost and outcome.reply is not None:  # the server wants no mail now
            self.ledger.pause = rules.pause(2, CHANCE)
        MAILS.labels("retried" if outcome.wait is not None else outcome.state.value).inc()
        self.ledger.end(delivery, outcome)

    async def _mail(
        self, connection: Connection, delivery: Claimed, recipient: Recipient, started: Callable[[], Awaitable[bool]]
    ) -> Outcome | None:
        """None: it was taken back before its text went, as `started` says."""
        if not deliverable(recipient.address):
            return rules.bounced(delivery.attempts, "invalidAddress")
        try:
            text = self.composer.compose(delivery, recipient)
        except Exception as error:
            # One mail that cannot be made must not hold up the others; its text stays out of the log.
            if self.ledger.batch.kind == "invitation":  # of a reminder it would tell that there was one
                log.warning("mail not made", kind=self.ledger.batch.kind, error=type(error).__name__)
            return rules.failed(delivery.attempts, "notComposed", None, CHANCE)
        begun = time.monotonic()
        result = await connection.send(recipient.address, text, started)
        LASTED[self.ledger.batch.kind].append(min(time.monotonic() - begun, LONGEST))
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
