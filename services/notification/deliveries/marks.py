"""What rows remember for our keys only: of a reminder whether its mail is over, of an invitation where its mail went.

A mark is a MAC. Whoever has a copy of the database sees sixteen bytes, of a reminder new ones after each try, whatever
became of its mail.
"""

import hmac
from collections.abc import Sequence
from hashlib import blake2b

from services.notification.deliveries.queue_queries import Claimed


def made(delivery: Claimed, key: bytes, *, over: bool) -> bytes:
    """For the try after this one."""
    return _mac(_of_try(delivery, delivery.attempts + 1, over=over), key)


def over(delivery: Claimed, keys: Sequence[bytes]) -> bool:
    """Made with any of the keys. One whose key has gone is not over: a reminder too many."""
    return _is(delivery.mark, _of_try(delivery, delivery.attempts, over=True), keys)


def went_to(address: str, key: bytes) -> bytes:
    return _mac(address.encode(), key)


def is_where(mark: bytes | None, address: str, keys: Sequence[bytes]) -> bool:
    """Did the invitation with this mark go to this address? Of one that was not sent yet nobody knows another."""
    return mark is None or _is(mark, address.encode(), keys)


def _of_try(delivery: Claimed, attempts: int, *, over: bool) -> bytes:
    return delivery.id.bytes + attempts.to_bytes(2) + bytes([over])


def _is(mark: bytes | None, body: bytes, keys: Sequence[bytes]) -> bool:
    return mark is not None and any(hmac.compare_digest(mark, _mac(body, key)) for key in keys)


def _mac(body: bytes, key: bytes) -> bytes:
    return blake2b(body, key=key[:64], digest_size=16, person=b"delivery").digest()
