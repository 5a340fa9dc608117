"""Files of the product / target-group matrix: a row says that the unit and all below it use the service."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.survey.catalogue.audiences import touched
from services.survey.imports import merge_queries, staging_queries
from services.survey.imports.kinds.plan import Plan, Run
from services.survey.imports.rules import Effect
from services.survey.imports.targets import TARGETS

TARGET = TARGETS["audiences"]


class AudiencesPlan(Plan):
    async def apply(self, session: AsyncSession) -> None:
        services = await merge_queries.changed_services(session) | await merge_queries.ending_services(session)
        await merge_queries.merge(session, TARGET, self.effects)
        await merge_queries.end(session, TARGET)
        await touched(session, services)


async def plan(session: AsyncSession, run: Run) -> Plan:
    existing, ending = await merge_queries.plan_ending(session, TARGET, snapshot=run.snapshot)
    await staging_queries.plan(session, TARGET, {})
    await staging_queries.refuse_unknown(session, TARGET)
    effect = Effect(existing=existing, missing=ending)
    removed = "(t.service_id, t.unit_id) IN (SELECT service_id, unit_id FROM import_ending)"
    return AudiencesPlan(TARGET, await staging_queries.effects(session), effect, removed)
