"""The link's secret: the right to answer once, in 43 characters.

A token is the organisation's number (8 bytes), the invitation's number (8 random bytes) and a keyed BLAKE2b of both (16
bytes), in base64url without padding. The hash refuses forged tokens before the database is asked; the random number
alone already makes them hopeless to guess. So a database without the keys holds no usable link.
"""

import hmac
from base64 import b64decode, urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Sequence
from hashlib import blake2b
from struct import Struct

from pydantic import SecretStr

LENGTH = 43
_NUMBERS = Struct(">qq")
_MAC_SIZE = 16


def sign(token_number: int, number: int, keys: Sequence[bytes]) -> str:
    """The first key signs; links signed with the others stay good, so that keys can be replaced without a break."""
    body = _NUMBERS.pack(token_number, number)
    return urlsafe_b64encode(body + _mac(body, keys[0])).decode().rstrip("=")


def read(token: str, keys: Sequence[bytes]) -> tuple[int, int] | None:
    """The organisation's and the invitation's number, or None when forged.

    Base64 of 32 bytes leaves two bits over: other spellings of the same bytes are refused, since what counts by token
    (limits, repeats) would take them for other tokens.
    """
    if len(token) != LENGTH or not token.isascii():
        return None
    try:
        raw = urlsafe_b64decode(token + "=")
    except Error:
        return None
    if len(raw) != _NUMBERS.size + _MAC_SIZE or urlsafe_b64encode(raw).decode().rstrip("=") != token:
        return None
    body, mac = raw[: _NUMBERS.size], raw[_NUMBERS.size :]
    if not any(hmac.compare_digest(mac, _mac(body, key)) for key in keys):
        return None
    token_number, number = _NUMBERS.unpack(body)
    return token_number, number


def _mac(body: bytes, key: bytes) -> bytes:
    return blake2b(body, key=key, digest_size=_MAC_SIZE, person=b"invitation").digest()


def keys_of(secrets: Sequence[SecretStr]) -> list[bytes]:
    """The setting's keys as bytes."""
    return [b64decode(secret.get_secret_value()) for secret in secrets]
