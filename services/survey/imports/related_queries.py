"""What hangs on a service or a unit and goes with it. By the names of the kinds of files."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.survey.catalogue.models import AudienceUnit, ServiceCost
from services.survey.imports.queries import Ids, among
from services.survey.interactions.models import Interaction


def _told(column: str, *tables: tuple[str, str]) -> str:
    counts = ", ".join(
        f"'{kind}', (SELECT count(*) FROM {table} n WHERE n.organisation_id = :organisation AND n.{column} = t.id)"  # noqa: S608  # names of ours
        for kind, table in tables
    )
    return f"jsonb_build_object('takenAlong', jsonb_build_object({counts}))"


TOLD_OF_SERVICE = _told(
    "service_id", ("interactions", "interactions"), ("costs", "service_costs"), ("audiences", "audience_units")
)
TOLD_OF_UNIT = _told("unit_id", ("audiences", "audience_units"))


async def of_services(session: AsyncSession, ids: Collection[UUID]) -> dict[str, int]:
    return {
        "interactions": await _count(session, Interaction.service_id, ids),
        "costs": await _count(session, ServiceCost.service_id, ids),
        "audiences": await _count(session, AudienceUnit.service_id, ids),
    }


async def of_units(session: AsyncSession, ids: Collection[UUID]) -> dict[str, int]:
    return {"audiences": await _count(session, AudienceUnit.unit_id, ids)}


async def _count(session: AsyncSession, column: Ids, ids: Collection[UUID]) -> int:
    return await session.scalar(select(func.count()).where(among(column, ids))) or 0 if ids else 0
