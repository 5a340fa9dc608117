"""The one statement by which uses become interactions, many at a time."""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import Text, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.ids import new_id
from services.survey.interactions.rules import Use

# What is the same already is not touched, nor what knows more: see `Use.state_at`. In the order of the externalIds, so
# that two who send the same ones at a time wait for each other and never in a circle. One text of JSON: arrays cost
# more to send than all the rest, and COPY is not for tables with row-level security.
_MERGE = text("""
INSERT INTO interactions AS there (
    organisation_id, id, external_id, service_id, service_external_id, employee_id, employee_external_id,
    kind, channel, opened_at, closed_at, duration_minutes
)
SELECT :organisation, g.id, g.external_id,
       coalesce(g.service_id, s.id), CASE WHEN s.id IS NULL THEN g.service_external_id END,
       coalesce(g.employee_id, e.id), CASE WHEN e.id IS NULL THEN g.employee_external_id END,
       g.kind, g.channel, g.opened_at, g.closed_at, g.duration_minutes
FROM json_to_recordset(CAST(:uses AS json)) AS g (
    id uuid, external_id text, service_id uuid, service_external_id text, employee_id uuid, employee_external_id text,
    kind text, channel text, opened_at timestamptz, closed_at timestamptz, duration_minutes integer
)
LEFT JOIN services s ON s.organisation_id = :organisation AND s.external_id = g.service_external_id
LEFT JOIN employees e ON e.organisation_id = :organisation AND e.external_id = g.employee_external_id
ORDER BY g.external_id COLLATE "C"
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
""").bindparams(bindparam("organisation", type_=Uuid()), bindparam("uses", type_=Text()))
_JSON = msgspec.json.Encoder()


class Merged(NamedTuple):
    external_id: str
    id: UUID
    created: bool
    parked: bool


async def merge(session: AsyncSession, uses: Iterable[Use]) -> list[Merged]:
    """Those that were made or changed. Each externalId may be there once."""
    given = [{"id": new_id(), **use._asdict()} for use in uses]
    new = {use["id"] for use in given}
    rows = await session.execute(
        _MERGE, {"organisation": session.info["organisation_id"], "uses": _JSON.encode(given).decode()}
    )
    return [Merged(external_id, id_, id_ in new, parked) for external_id, id_, parked in rows]
