"""What a use of a service may say, and which of two states of one interaction is the later one."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

AHEAD = timedelta(days=1)  # clocks that are wrong, and local times that were sent as if they were UTC
LONGEST = 5_256_000  # minutes: ten years


class Use(NamedTuple):
    """A use of a service as it was sent. Of the service and of the employee either the id is given or the externalId,
    the other is None. Instants have an offset."""

    external_id: str
    service_id: UUID | None
    service_external_id: str | None
    employee_id: UUID | None
    employee_external_id: str | None
    kind: str
    channel: str
    opened_at: datetime
    closed_at: datetime | None
    duration_minutes: int | None

    @property
    def state_at(self) -> datetime:
        """Up to when it tells what happened. Who tells of a later instant knows more, whoever comes first."""
        return self.closed_at or self.opened_at


class Fault(NamedTuple):
    """`name` is the property's in the API."""

    name: str
    code: str
    detail: str


def faults(use: Use, now: datetime) -> list[Fault]:
    """Of an interaction that is still open the duration is one until now. Less than the time between is no fault: many
    count working hours alone."""
    found = [
        Fault(name, "farFuture", "lies more than a day ahead")
        for name, at in (("openedAt", use.opened_at), ("closedAt", use.closed_at))
        if at is not None and at > now + AHEAD
    ]
    if use.closed_at is not None and use.closed_at < use.opened_at:
        found.append(Fault("closedAt", "closedBeforeOpened", "lies before openedAt"))
    if use.duration_minutes is not None and not found:
        end = use.closed_at or now + AHEAD
        if timedelta(minutes=use.duration_minutes - 1) > end - use.opened_at:  # a minute of rounding
            found.append(Fault("durationMinutes", "longerThanOpen", "is more than the time since openedAt"))
    return found


def latest(uses: Sequence[Use], places: Iterable[int]) -> dict[str, int]:
    """Of each externalId the place of its latest state; of equal ones the last."""
    found: dict[str, int] = {}
    for place in places:
        use = uses[place]
        before = found.get(use.external_id)
        if before is None or use.state_at >= uses[before].state_at:
            found[use.external_id] = place
    return found
