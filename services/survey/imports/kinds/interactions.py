"""Files of interactions: taken as those that are pushed are. Of each the latest state wins, those in the file among
themselves too, and who is not known yet is waited for."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.survey.imports import interaction_queries, staging_queries
from services.survey.imports.kinds.plan import Plan, Run
from services.survey.imports.rules import Effect
from services.survey.imports.targets import TARGETS
from services.survey.interactions import merge_queries

TARGET = TARGETS["interactions"]


class InteractionsPlan(Plan):
    async def apply(self, session: AsyncSession) -> None:
        after = ""
        while uses := await interaction_queries.planned_after(session, after):
            await merge_queries.merge(session, uses)
            after = uses[-1].external_id


async def plan(session: AsyncSession, _run: Run) -> Plan:
    await interaction_queries.plan(session, TARGET)
    effects = await staging_queries.effects(session)
    await interaction_queries.leave_out_overtaken(session)
    effects["parked"] = await interaction_queries.parked(session)
    return InteractionsPlan(TARGET, effects, Effect(), noted=interaction_queries.NOTED)
