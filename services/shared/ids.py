"""Identifiers. Version 7 orders by time, which helps indexes; where the order would tell who, `random_id`."""

from uuid import UUID, uuid4

import uuid_utils


def new_id() -> UUID:
    return UUID(int=uuid_utils.uuid7().int)


def random_id() -> UUID:
    return uuid4()


NIL = UUID(int=0)
