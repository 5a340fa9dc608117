"""Which of two states of one interaction is the later one."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID


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


def latest(uses: Sequence[Use]) -> dict[str, int]:
    """Of each externalId the place of its latest state; of equal ones the last."""
    found: dict[str, int] = {}
    for place, use in enumerate(uses):
        before = found.get(use.external_id)
        if before is None or use.state_at >= uses[before].state_at:
            found[use.external_id] = place
    return found
