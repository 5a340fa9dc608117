"""What a try's result means for a delivery, and when the next try is."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
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
    """`wait`: seconds until the next try; None when it is over. `lost`: the connection broke before the text went.
    A reminder's row waits `until` an instant; `mark`: see `marks.py`."""

    state: State
    attempts: int
    wait: float | None = None
    reason: str | None = None
    reply: str | None = None
    in_doubt: bool = False
    lost: bool = False
    until: datetime | None = None
    mark: bytes | None = None


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
    """A server that was away or hung up is nobody's try. One that says so (421) may have had enough of us, for good: that
    is a try like any other that is put off."""
    if reply is None:
        return Outcome(State.QUEUED, attempts, soon(chance), "connectionLost", lost=True)
    return replace(failed(attempts, "deferred", reply, chance), lost=True)


def next_try(attempts: int, begun: datetime, jitter: float, mark: bytes) -> Outcome:
    """Of a reminder's row after each try, whatever became of its mail, or if there was none; at one instant for all of a
    batch, which began at `begun`."""
    tried = attempts + 1
    if tried >= TRIES:
        return Outcome(State.HANDLED, tried)
    return Outcome(State.QUEUED, tried, until=begun + timedelta(seconds=PAUSES[attempts] * jitter), mark=mark)


def quiet(attempts: int, seconds: float, mark: bytes | None) -> Outcome:
    """No try. Asked again within the hour, for the organisation may take its quiet period back."""
    return Outcome(State.QUEUED, attempts, min(seconds, HOUR), "quietPeriod", mark=mark)
