"""Imports every module that declares a table, so that `Base.metadata` is whole."""

from services.shared import consumer, idempotency, keys, outbox

__all__ = ["consumer", "idempotency", "keys", "outbox"]
