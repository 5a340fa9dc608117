"""Files of units."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.events import UnitRemoved
from services.shared import outbox
from services.survey.imports import check_queries as checks
from services.survey.imports import merge_queries, queries, staging_queries
from services.survey.imports import related_queries as related
from services.survey.imports.kinds.plan import Plan, Run
from services.survey.imports.kinds.telling import tell
from services.survey.imports.refusals import Refusal
from services.survey.imports.removals import removable_units
from services.survey.imports.rules import Effect
from services.survey.imports.targets import TARGETS
from services.survey.organisation.models import Unit
from services.survey.organisation.queries import unit_parents
from services.survey.organisation.units.service import changed, empty

TARGET = TARGETS["units"]
REASONS = {
    "unitHasEmployees": "is not in the file, and stays: people work there",
    "unitHasServices": "is not in the file, and stays: it provides services",
    "unitHasUnits": "is not in the file, and stays: there are units below it",
    "unitAtTheTop": "is not in the file, and stays: it is the unit at the top",
}


@dataclass
class UnitsPlan(Plan):
    parents: Mapping[UUID, UUID | None] = field(default_factory=dict)
    going: set[UUID] = field(default_factory=set)

    async def apply(self, session: AsyncSession) -> None:
        await merge_queries.merge(session, TARGET, self.effects)
        await merge_queries.units_not_of_scim_alone(session)
        await tell(session, queries.units_with, changed)
        if self.going:
            await self._remove(session, self.going)

    async def _remove(self, session: AsyncSession, going: set[UUID]) -> None:
        """Who left the organisation from there is put under the nearest unit that stays."""
        for unit in sorted(going):
            above = self.parents[unit]
            while above in going:
                above = self.parents[above]
            await empty(session, unit, above)
        await session.execute(delete(Unit).where(queries.among(Unit.id, going)))
        await outbox.append_many(session, [UnitRemoved(unit_id=unit) for unit in sorted(going)])


async def plan(session: AsyncSession, run: Run) -> Plan:
    await staging_queries.plan(session, TARGET, {})
    if await checks.anything_to_check(session, TARGET):
        await checks.refuse_lost_providers(session)
        await checks.refuse_unknown_own(session, TARGET)
        while await _refuse_more(session):
            pass
    effects = await staging_queries.effects(session)
    known, swaps = await merge_queries.swaps(session, TARGET, effects)
    if not run.snapshot:
        return UnitsPlan(TARGET, effects, Effect(known=known, swaps=swaps))
    existing, missing = await merge_queries.missing_keys(session, "units", unspoken="t.scim_only")
    parents = await unit_parents(session) | await merge_queries.planned_parents(session)
    top = {unit: "unitAtTheTop" for unit, parent in parents.items() if parent is None}
    occupied = await queries.occupied_units(session) | top
    going, staying = removable_units(set(missing.values()), parents, occupied)
    await staging_queries.add(session, (), (), [
        Refusal(None, None, staying[unit], f"{key} {REASONS[staying[unit]]}", "warning")
        for key, unit in sorted(missing.items()) if unit in staying
    ])  # fmt: skip
    effect = Effect(
        existing=existing, missing=len(going), known=known, swaps=swaps,
        taken=await related.counted(session, related.OF_UNIT, going),
    )  # fmt: skip
    return UnitsPlan(
        TARGET, effects, effect, queries.literal_ids(going), taken=related.told(related.OF_UNIT), parents=parents,
        going=going,
    )  # fmt: skip


async def _refuse_more(session: AsyncSession) -> int:
    """Who is at the top is asked last, once all else has its place."""
    fallen = await checks.refuse_orphans(session, TARGET, "parentRefused")
    fallen += await checks.refuse_circles(session, TARGET, "unitCircle")
    return fallen or await checks.refuse_second_roots(session)
