"""Imports every module that declares a table, so that `Base.metadata` is whole."""

from services.notification.deliveries import models as deliveries
from services.notification.organisation import models as organisation
from services.notification.preferences import models as preferences
from services.shared import consumer, idempotency, keys, outbox

__all__ = ["consumer", "deliveries", "idempotency", "keys", "organisation", "outbox", "preferences"]
