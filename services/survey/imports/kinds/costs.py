"""Files of what services cost, a year each."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.survey.imports import merge_queries, staging_queries
from services.survey.imports.kinds.plan import Plan, Run
from services.survey.imports.rules import Effect
from services.survey.imports.targets import TARGETS

TARGET = TARGETS["costs"]


class CostsPlan(Plan):
    async def apply(self, session: AsyncSession) -> None:
        await merge_queries.merge(session, TARGET, self.effects)
        await merge_queries.end(session, TARGET)


async def plan(session: AsyncSession, run: Run) -> Plan:
    existing, ending = await merge_queries.plan_ending(session, TARGET, snapshot=run.snapshot)
    await staging_queries.plan(session, TARGET, {})
    await staging_queries.refuse_unknown(session, TARGET)
    effect = Effect(existing=existing, missing=ending)
    removed = "(t.service_id, t.year) IN (SELECT service_id, year FROM import_ending)"
    return CostsPlan(TARGET, await staging_queries.effects(session), effect, removed)
