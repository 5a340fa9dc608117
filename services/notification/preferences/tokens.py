"""Tokens of links to unsubscribe: organisation (16 bytes), invitation (8) and a MAC (16), as 54 characters.

Signed with notification's own keys: the link of the invitation itself is the right to answer, and must not be
derivable from one that mail programs follow by themselves.
"""

import hmac
from base64 import b64decode, urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Sequence
from hashlib import blake2b
from uuid import UUID

from pydantic import SecretStr

LENGTH = 54


def keys_of(settings: Sequence[SecretStr]) -> list[bytes]:
    return [b64decode(key.get_secret_value()) for key in settings]


def sign(organisation_id: UUID, invitation: int, keys: Sequence[bytes]) -> str:
    """With the first key; older ones are still read."""
    body = organisation_id.bytes + invitation.to_bytes(8, signed=True)
    return urlsafe_b64encode(body + _mac(body, keys[0])).decode().rstrip("=")


def read(token: str, keys: Sequence[bytes]) -> tuple[UUID, int] | None:
    if len(token) != LENGTH or not token.isascii():
        return None
    try:
        raw = urlsafe_b64decode(token + "==")
    except (Error, ValueError):
        return None
    body, mac = raw[:24], raw[24:]
    if not any(hmac.compare_digest(mac, _mac(body, key)) for key in keys):
        return None
    return UUID(bytes=body[:16]), int.from_bytes(body[16:], signed=True)


def _mac(body: bytes, key: bytes) -> bytes:
    return blake2b(body, key=key[:64], digest_size=16, person=b"unsubscribe").digest()
