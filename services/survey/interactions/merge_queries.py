"""The one statement by which uses become interactions, many at a time."""

from collections.abc import Sequence
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, DateTime, Integer, Text, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.ids import new_id
from services.survey.interactions.rules import Use

_ARRAYS: dict[str, Any] = {
    "ids": Uuid(), "external_ids": Text(), "service_ids": Uuid(), "service_external_ids": Text(),
    "employee_ids": Uuid(), "employee_external_ids": Text(), "kinds": Text(), "channels": Text(),
    "opened": DateTime(timezone=True), "closed": DateTime(timezone=True), "durations": Integer(),
}  # fmt: skip

# What is the same already is not touched, nor what knows more: see `Use.state_at`.
_MERGE = text("""
INSERT INTO interactions AS there (
    organisation_id, id, external_id, service_id, service_external_id, employee_id, employee_external_id,
    kind, channel, opened_at, closed_at, duration_minutes
)
SELECT :organisation, g.id, g.external_id,
       coalesce(g.service_id, s.id), CASE WHEN s.id IS NULL THEN g.service_external_id END,
       coalesce(g.employee_id, e.id), CASE WHEN e.id IS NULL THEN g.employee_external_id END,
       g.kind, g.channel, g.opened_at, g.closed_at, g.duration_minutes
FROM unnest(:ids, :external_ids, :service_ids, :service_external_ids, :employee_ids, :employee_external_ids,
            :kinds, :channels, :opened, :closed, :durations) WITH ORDINALITY AS g (
    id, external_id, service_id, service_external_id, employee_id, employee_external_id,
    kind, channel, opened_at, closed_at, duration_minutes, place
)
LEFT JOIN services s ON s.organisation_id = :organisation AND s.external_id = g.service_external_id
LEFT JOIN employees e ON e.organisation_id = :organisation AND e.external_id = g.employee_external_id
ORDER BY g.place
ON CONFLICT (organisation_id, external_id) DO UPDATE SET
    service_id = excluded.service_id, service_external_id = excluded.service_external_id,
    employee_id = excluded.employee_id, employee_external_id = excluded.employee_external_id,
    kind = excluded.kind, channel = excluded.channel, opened_at = excluded.opened_at, closed_at = excluded.closed_at,
    duration_minutes = excluded.duration_minutes, version = there.version + 1, updated_at = now()
WHERE coalesce(excluded.closed_at, excluded.opened_at) >= coalesce(there.closed_at, there.opened_at)
  AND (there.service_id, there.service_external_id, there.employee_id, there.employee_external_id,
       there.kind, there.channel, there.opened_at, there.closed_at, there.duration_minutes)
      IS DISTINCT FROM
      (excluded.service_id, excluded.service_external_id, excluded.employee_id, excluded.employee_external_id,
       excluded.kind, excluded.channel, excluded.opened_at, excluded.closed_at, excluded.duration_minutes)
RETURNING there.external_id, there.id, there.service_id IS NULL OR there.employee_id IS NULL AS parked
""").bindparams(
    bindparam("organisation", type_=Uuid()), *(bindparam(name, type_=ARRAY(kind)) for name, kind in _ARRAYS.items())
)


class Merged(NamedTuple):
    external_id: str
    id: UUID
    created: bool
    parked: bool


async def merge(session: AsyncSession, uses: Sequence[Use]) -> list[Merged]:
    """Those that were made or changed. Each externalId may be there once. They go in in its order, so that two who send
    the same ones at a time wait for each other but never in a circle."""
    ordered = sorted(uses, key=attrgetter("external_id"))
    ids = [new_id() for _ in ordered]
    columns = dict(zip(list(_ARRAYS)[1:], map(list, zip(*ordered, strict=True)), strict=True))
    rows = await session.execute(_MERGE, {"organisation": session.info["organisation_id"], "ids": ids, **columns})
    new = set(ids)
    return [Merged(row.external_id, row.id, row.id in new, row.parked) for row in rows]
