"""Files of services."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.events import ServiceRemoved
from services.shared import outbox
from services.survey.catalogue.models import Service
from services.survey.catalogue.service import changed
from services.survey.imports import merge_queries, queries
from services.survey.imports.kinds.plan import Plan, missing_from, place
from services.survey.imports.reading.files import Reading
from services.survey.imports.refusals import Refusal
from services.survey.imports.rules import check_services
from services.survey.interactions import arrivals

COLUMNS = (
    "external_id", "provider_id", "name", "category", "yearly_cost", "yearly_cost_currency",
    "commercial_price_per_user", "commercial_price_currency", "commercial_source",
)  # fmt: skip


@dataclass
class ServicesPlan(Plan):
    staging: merge_queries.Staging = field(kw_only=True)
    going: set[UUID] = field(default_factory=set)

    async def apply(self, session: AsyncSession) -> None:
        ids = await merge_queries.changed_ids(session, self.staging)
        await merge_queries.merge(session, self.staging)
        await outbox.append_many(session, [changed(found) for found in await queries.services_with(session, ids)])
        if self.going:
            await arrivals.services_go(session, self.going)
            await session.execute(delete(Service).where(queries.among(Service.id, self.going)))
            await outbox.append_many(session, [ServiceRemoved(service_id=found) for found in sorted(self.going)])


async def plan(session: AsyncSession, reading: Reading, *, snapshot: bool) -> Plan:
    there = await queries.services_there(session)
    units = await queries.unit_ids(session)
    checked = check_services(place(reading.rows, there), units, await queries.provider_ids(session))
    for row in checked.rows.values():
        row.values["provider_id"] = units[row.values["provider_id"]]
    staging = merge_queries.staging_for(Service, COLUMNS, {})
    await merge_queries.stage(session, staging, checked.rows.values())
    effects = await merge_queries.classify(session, staging)
    made = ServicesPlan(effects, checked.refusals, len(there), staging=staging)
    if snapshot:
        missing = missing_from(reading, there)
        asked = await queries.services_asked_about(session) & missing
        made.going = missing - asked
        made.removals = len(made.going)
        made.refusals += _staying(asked, there)
    return made


def _staying(asked: set[UUID], there: Mapping[str, UUID]) -> list[Refusal]:
    detail = "is not in the file, and stays: a wave that has not ended asks about it"
    return [
        Refusal(None, None, "serviceInUse", f"{key} {detail}", "warning")
        for key, found in sorted(there.items())
        if found in asked
    ]
