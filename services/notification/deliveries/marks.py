"""What rows remember for our keys only: of a reminder what became of its mail, of an invitation where its mail went.

A mark is a MAC. Whoever has a copy of the database sees sixteen bytes, of a reminder new ones after each try, whatever
became of its mail.
"""

import hmac
from collections.abc import Sequence
from enum import IntEnum
from hashlib import blake2b

from services.notification.deliveries.queue_queries import Claimed


class Fate(IntEnum):
    """`DOUBTED`: its text went once, and no answer came."""

    OPEN, OVER, DOUBTED = range(3)


def made(delivery: Claimed, key: bytes, fate: Fate) -> bytes:
    """For the try after this one."""
    return _mac(_of_try(delivery, delivery.attempts + 1, fate), key)


def fate(delivery: Claimed, keys: Sequence[bytes]) -> Fate:
    """Made with any of the keys. One whose key has gone is open: a reminder too many."""
    found = (each for each in Fate if _is(delivery.mark, _of_try(delivery, delivery.attempts, each), keys))
    return next(found, Fate.OPEN)


def went_to(address: str, key: bytes) -> bytes:
    return _mac(address.encode(), key)


def is_where(mark: bytes | None, address: str, keys: Sequence[bytes]) -> bool:
    """Did the invitation with this mark go to this address? Of one that was not sent yet nobody knows another."""
    return mark is None or _is(mark, address.encode(), keys)


def _of_try(delivery: Claimed, attempts: int, fate: Fate) -> bytes:
    return delivery.id.bytes + attempts.to_bytes(2) + bytes([fate])


def _is(mark: bytes | None, body: bytes, keys: Sequence[bytes]) -> bool:
    return mark is not None and any(hmac.compare_digest(mark, _mac(body, key)) for key in keys)


def _mac(body: bytes, key: bytes) -> bytes:
    return blake2b(body, key=key[:64], digest_size=16, person=b"delivery").digest()
