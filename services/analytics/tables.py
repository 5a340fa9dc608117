"""Imports every module that declares a table, so that `Base.metadata` is whole."""

from services.analytics.facts import models as facts
from services.analytics.releases import models as releases
from services.analytics.response_rates import models as response_rates
from services.analytics.scores import models as scores
from services.shared import consumer, idempotency, keys, outbox

__all__ = ["consumer", "facts", "idempotency", "keys", "outbox", "releases", "response_rates", "scores"]
