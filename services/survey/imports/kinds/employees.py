"""Files of employees. Whom a snapshot does not name has left."""

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.survey.imports import address_queries, history_queries, login_queries, merge_queries, staging_queries
from services.survey.imports import check_queries as checks
from services.survey.imports.kinds.plan import Plan, Run
from services.survey.imports.rules import Effect
from services.survey.imports.targets import TARGETS

TARGET = TARGETS["employees"]


@dataclass
class EmployeesPlan(Plan):
    valid_from: date = field(kw_only=True)

    async def apply(self, session: AsyncSession) -> None:
        if self.effect.missing:
            await merge_queries.leave(session)
        if self.effects.get("changed"):
            await merge_queries.free_addresses(session)
            await login_queries.restore_logins(session)
        await merge_queries.merge(session, TARGET, self.effects)
        await merge_queries.not_of_scim_alone(session)
        await login_queries.release_logins(session)
        await history_queries.follow(session, self.effects, self.effect.missing, self.valid_from)


async def plan(session: AsyncSession, run: Run) -> Plan:
    existing, leaving = await merge_queries.plan_leaving(session, snapshot=run.snapshot)
    await staging_queries.plan(session, TARGET, {"active": "true"} if run.snapshot else {})
    await staging_queries.refuse_unknown(session, TARGET)
    if await checks.anything_to_check(session, TARGET):
        await checks.refuse_backward_leaves(session)
        await checks.refuse_unknown_own(session, TARGET)
        await login_queries.refuse_logins_of_others(session)
        while await _refuse_more(session):
            pass
    if leaving and await checks.anything_refused(session):
        leaving -= await login_queries.keep_who_is_refused(session)
    effects = await staging_queries.effects(session)
    known, swaps = await merge_queries.swaps(session, TARGET, effects)
    ended = await merge_queries.ended(session) if run.snapshot else 0
    effect = Effect(existing=existing, missing=leaving, ended=ended, known=known, swaps=swaps)
    return EmployeesPlan(
        TARGET, effects, effect, "t.id IN (SELECT id FROM import_leaving)", valid_from=run.valid_from
    )  # fmt: skip


async def _refuse_more(session: AsyncSession) -> int:
    fallen = await address_queries.refuse_taken_addresses(session)
    fallen += await checks.leave_out_refused(session, TARGET, "managerRefused")
    return fallen + await checks.refuse_circles(session, TARGET, "managerCircle")
