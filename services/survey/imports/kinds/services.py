"""Files of services."""

from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.events import ServiceRemoved
from services.shared import outbox
from services.survey.catalogue.models import Service
from services.survey.catalogue.service import changed
from services.survey.imports import check_queries as checks
from services.survey.imports import merge_queries, queries, staging_queries
from services.survey.imports import related_queries as related
from services.survey.imports.kinds.plan import Plan, Run
from services.survey.imports.kinds.telling import tell
from services.survey.imports.refusals import Refusal
from services.survey.imports.rules import Effect
from services.survey.imports.targets import TARGETS
from services.survey.interactions import arrivals
from services.survey.interactions import queries as interactions

TARGET = TARGETS["services"]


@dataclass
class ServicesPlan(Plan):
    going: set[UUID] = field(default_factory=set)

    async def apply(self, session: AsyncSession) -> None:
        await merge_queries.merge(session, TARGET, self.effects)
        await tell(session, queries.services_with, changed)
        if self.going:
            await arrivals.services_go(session, self.going)
            await session.execute(delete(Service).where(queries.among(Service.id, self.going)))
            await outbox.append_many(session, [ServiceRemoved(service_id=found) for found in sorted(self.going)])


async def plan(session: AsyncSession, run: Run) -> Plan:
    await staging_queries.plan(session, TARGET, {})
    await staging_queries.refuse_unknown(session, TARGET)
    await checks.refuse_other_providers(session)
    effects = await staging_queries.effects(session)
    known, swaps = await merge_queries.swaps(session, TARGET, effects)
    if not run.snapshot:
        return ServicesPlan(TARGET, effects, Effect(known=known, swaps=swaps))
    existing, missing = await merge_queries.missing_keys(session, "services")
    asked = await queries.services_asked_about(session) & set(missing.values())
    going = set(missing.values()) - asked
    detail = "is not in the file, and stays: a wave that has not ended asks about it"
    await staging_queries.add(session, (), (), [
        Refusal(None, None, "serviceInUse", f"{key} {detail}", "warning")
        for key, found in sorted(missing.items()) if found in asked
    ])  # fmt: skip
    if going:
        await interactions.wait_for_pushes(session)  # so that what is counted is what goes
    effect = Effect(
        existing=existing, missing=len(going), known=known, swaps=swaps,
        taken=await related.counted(session, related.OF_SERVICE, going),
    )  # fmt: skip
    return ServicesPlan(
        TARGET, effects, effect, queries.literal_ids(going), taken=related.told(related.OF_SERVICE), going=going
    )  # fmt: skip
