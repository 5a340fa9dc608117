"""What a use of a service may say, and which of two states of one interaction is the later one.

A batch has many of each: as msgspec's structs they cost less than half of what dataclasses do, and nothing to collect.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Literal, NamedTuple
from uuid import UUID

from msgspec import Struct

AHEAD = timedelta(days=1)  # clocks that are wrong, and local times that were sent as if they were UTC
LONGEST = 5_256_000  # minutes: ten years
Outcome = Literal["created", "changed", "unchanged", "overtaken", "refused"]


class Use(Struct, gc=False):
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


class Taken(Struct, gc=False):
    """What became of a use. `overtaken`: a later state of the same interaction is there, or among the same uses.
    `refused` for its `faults`: among them an id that is nobody's, while an unknown externalId is parked."""

    outcome: Outcome
    id: str | None = None
    parked: bool = False
    faults: Sequence[Fault] = ()


def faults(use: Use, now: datetime) -> list[Fault]:
    """Less than the time between is no fault: many count working hours alone."""
    opened_at, closed_at, minutes = use.opened_at, use.closed_at, use.duration_minutes
    limit = now + AHEAD
    end = closed_at or limit
    too_long = minutes is not None and (minutes - 1) * 60 > (end - opened_at).total_seconds()
    if opened_at <= end <= limit and not too_long:  # nearly all, and a batch has many
        return []
    found = []
    if opened_at > limit:
        found.append(Fault("openedAt", "farFuture", "lies more than a day ahead"))
    if end > limit:
        found.append(Fault("closedAt", "farFuture", "lies more than a day ahead"))
    if closed_at is not None and closed_at < opened_at:
        found.append(Fault("closedAt", "closedBeforeOpened", "lies before openedAt"))
    if too_long and not found:
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
