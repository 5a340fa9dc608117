"""What a try's result means for a delivery, and when the next try is."""

from dataclasses import dataclass
from enum import StrEnum
from random import Random

MINUTE, HOUR = 60.0, 3600.0
# Greylisting asks for five minutes or so; a full mailbox or a server in repair for hours; after a day and a half somebody must look.
PAUSES = (MINUTE, 6 * MINUTE, 20 * MINUTE, HOUR, 4 * HOUR, 12 * HOUR, 18 * HOUR)
TRIES = len(PAUSES) + 1
SOON = 8.0


class State(StrEnum):
    """An invitation ends `sent`, `bounced`, `parked` or `cancelled`, a reminder `handled` or `cancelled`."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    BOUNCED = "bounced"
    PARKED = "parked"
    CANCELLED = "cancelled"
    HANDLED = "handled"


RESENDABLE = (State.BOUNCED, State.PARKED)


@dataclass(frozen=True)
class Outcome:
    """`wait`: seconds until the next try; None when it is over."""

    state: State
    attempts: int
    wait: float | None = None
    reason: str | None = None
    reply: str | None = None
    in_doubt: bool = False


def pause(attempts: int, chance: Random) -> float:
    """Before the next try after so many: jitter, so that what failed together does not come back together."""
    return PAUSES[attempts - 1] * chance.uniform(0.8, 1.2)


def soon(chance: Random) -> float:
    return SOON * chance.uniform(0.5, 1.5)


def sent(attempts: int, reply: str | None) -> Outcome:
    return Outcome(State.SENT, attempts + 1, reply=reply)


def bounced(attempts: int, reason: str, reply: str | None = None) -> Outcome:
    return Outcome(State.BOUNCED, attempts + 1, reason=reason, reply=reply)


def cancelled(attempts: int, reason: str) -> Outcome:
    return Outcome(State.CANCELLED, attempts, reason=reason)


def failed(attempts: int, reason: str, reply: str | None, chance: Random, *, in_doubt: bool = False) -> Outcome:
    """A try that cost one: again later, or parked after the last."""
    tried = attempts + 1
    if tried >= TRIES:
        return Outcome(State.PARKED, tried, reason=reason, reply=reply, in_doubt=in_doubt)
    return Outcome(State.QUEUED, tried, pause(tried, chance), reason, reply, in_doubt)


def interrupted(attempts: int, reply: str | None, chance: Random) -> Outcome:
    """The server was away or hung up, which is nobody's try."""
    return Outcome(State.QUEUED, attempts, soon(chance), "connectionLost", reply)


def of_reminder(outcome: Outcome) -> Outcome:
    """What the row of a reminder may say: that it is over or that it is not, and how often it was tried."""
    if outcome.wait is not None:
        return Outcome(State.QUEUED, outcome.attempts, outcome.wait)
    return Outcome(State.CANCELLED if outcome.state is State.CANCELLED else State.HANDLED, outcome.attempts)


def alike(attempts: int, example: Outcome | None, chance: Random) -> Outcome:
    """For a reminder that is not sent: what became of one that was, so that retries do not tell them apart."""
    if example is None or example.wait is None or attempts + 1 >= TRIES:
        return Outcome(State.HANDLED, attempts + 1)
    if example.reason == "connectionLost":
        return Outcome(State.QUEUED, attempts, soon(chance))
    return Outcome(State.QUEUED, attempts + 1, pause(attempts + 1, chance))


def counts_told(invited: int, mailed: int, failed: int, minimum: int) -> bool:
    """Whom a reminder was for had not answered, and the others had: neither may be fewer than the minimum."""
    return minimum <= mailed and mailed + failed <= invited - minimum
