"""What Prometheus scrapes at `/metrics`. Of respond only totals over all organisations; of ballots nothing."""

from functools import cache

from prometheus_client import Counter, Gauge, Histogram

REQUESTS = Counter("klankbord_requests", "Answered requests", ["method", "route", "status"])
DURATION = Histogram(
    "klankbord_request_seconds", "Time to answer", ["method", "route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)  # fmt: skip
POOL = Gauge("klankbord_pool_connections", "Database connections in use")
FEED_LAG = Gauge(
    "klankbord_feed_lag_seconds", "Age of the newest event handled of a peer's feed; grows while none can be",
    ["source"],
)  # fmt: skip
EVENTS_CONSUMED = Counter("klankbord_events_consumed", "Events read from a peer's feed", ["source"])
EVENTS_PARKED = Gauge("klankbord_events_parked", "Events that could not be handled and wait for a retry", ["source"])
QUEUE_DEPTH = Gauge("klankbord_queue_depth", "Work waiting", ["queue"])
TASK_FAILURES = Counter("klankbord_task_failures", "Background work that failed and will be tried again", ["task"])


def observe(method: str, route: str, status: int, seconds: float) -> None:
    count, duration = _of(method, route, status)
    count.inc()
    duration.observe(seconds)


@cache
def _of(method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    """Kept, since looking a metric up by its labels costs more than counting."""
    return REQUESTS.labels(method, route, status), DURATION.labels(method, route)
