"""A ballot: what one person answered, with their unit and attributes, sealed so that only its box's key opens it.

All sealed ballots have the same length, so that none is known by its size.
"""

import zlib
from uuid import UUID

import msgspec
from nacl import bindings

PADDED = 8_000
SEALED = PADDED + bindings.crypto_box_SEALBYTES
_HEAD = 2  # bytes that give the length of what is packed

Value = int | float | bool | str | list[str]


class Answer(msgspec.Struct, array_like=True, frozen=True, omit_defaults=True):
    """`value` is None when the question does not apply to the respondent."""

    question: str
    value: Value | None = None


class Part(msgspec.Struct, array_like=True, frozen=True, omit_defaults=True):
    """What was answered about one service, or (without) to the questions asked once. With `alone`: to that question,
    which goes on its own."""

    service: UUID | None
    answers: list[Answer]
    alone: str | None = None


class Ballot(msgspec.Struct, array_like=True, frozen=True):
    unit: UUID
    language: str
    attributes: dict[str, str]
    parts: list[Part]


class TooLong(ValueError):
    """The answers do not fit into a ballot."""


_encoder = msgspec.msgpack.Encoder(uuid_format="bytes")
_decoder = msgspec.msgpack.Decoder(Ballot)


def pack(ballot: Ballot) -> bytes:
    return zlib.compress(_encoder.encode(ballot), 1)


def unpack(packed: bytes) -> Ballot:
    return _decoder.decode(zlib.decompress(packed))


def seal(packed: bytes, public_key: bytes) -> bytes:
    """Pads and seals. Raises `TooLong`."""
    if len(packed) > PADDED - _HEAD:
        raise TooLong
    padded = (len(packed).to_bytes(_HEAD, "big") + packed).ljust(PADDED, b"\0")
    sealed: bytes = bindings.crypto_box_seal(padded, public_key)
    return sealed


def unseal(sealed: bytes, public_key: bytes, private_key: bytes) -> bytes:
    """What `pack` gave."""
    padded: bytes = bindings.crypto_box_seal_open(sealed, public_key, private_key)
    return padded[_HEAD : _HEAD + int.from_bytes(padded[:_HEAD], "big")]


def key_pair() -> tuple[bytes, bytes]:
    """Public and private key."""
    pair: tuple[bytes, bytes] = bindings.crypto_box_keypair()
    return pair
