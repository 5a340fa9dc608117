"""Identifiers. Version 7 orders by time, which helps indexes; where the order would tell who, `random_id`."""

from uuid import UUID, uuid4

import uuid_utils


def new_id() -> UUID:
    return UUID(int=uuid_utils.uuid7().int)


def random_id() -> UUID:
    return uuid4()


def of_number(number: int) -> UUID:
    """How a signed number of eight random bytes is shown: ids are UUIDs wherever somebody reads them."""
    return UUID(bytes=bytes(8) + number.to_bytes(8, signed=True))


def number_of(shown: UUID) -> int | None:
    """Of an id that is none of a number: None."""
    return None if any(shown.bytes[:8]) else int.from_bytes(shown.bytes[8:], signed=True)


NIL = UUID(int=0)
