"""What a caller's key reaches: a filter on every query, so that a stranger's row is simply not found."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.analytics.facts import queries
from services.shared.auth import Principal, Role

READERS: Final[tuple[Role, ...]] = (
    "admin", "director", "bi-reader", "provider-manager", "provider-staff", "consumer-manager",
)  # fmt: skip


@dataclass(frozen=True)
class Reach:
    """`providers` or `consumers`: the units, those below included, whose rows are reached; both None: all rows are."""

    providers: frozenset[UUID] | None = None
    consumers: frozenset[UUID] | None = None


async def reach_of(session: AsyncSession, principal: Principal) -> Reach:
    if principal.reads_all:
        return Reach()
    units = await queries.units_below(session, principal.unit_ids)
    return Reach(consumers=units) if principal.role == "consumer-manager" else Reach(providers=units)
