"""Whether the mail of a reminder's row is over, for our keys only.

A mark is a MAC of the row, its try and the answer. Whoever has a copy of the database sees sixteen bytes that change with
each try of each row, whatever became of its mail.
"""

import hmac
from collections.abc import Sequence
from hashlib import blake2b

from services.notification.deliveries.queue_queries import Claimed


def made(delivery: Claimed, key: bytes, *, over: bool) -> bytes:
    """For the try after this one."""
    return _mac(delivery, delivery.attempts + 1, key, over=over)


def over(delivery: Claimed, keys: Sequence[bytes]) -> bool:
    """Made with any of the keys. One whose key has gone is not over: a reminder too many."""
    mark = delivery.mark
    return mark is not None and any(
        hmac.compare_digest(mark, _mac(delivery, delivery.attempts, key, over=True)) for key in keys
    )


def _mac(delivery: Claimed, attempts: int, key: bytes, *, over: bool) -> bytes:
    body = delivery.id.bytes + attempts.to_bytes(2) + bytes([over])
    return blake2b(body, key=key[:64], digest_size=16, person=b"reminder").digest()
