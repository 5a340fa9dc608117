"""Files of units."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.events import UnitRemoved
from services.shared import outbox
from services.survey.catalogue import audiences
from services.survey.catalogue import queries as catalogue
from services.survey.imports import merge_queries, queries, rules
from services.survey.imports.kinds.plan import Plan, missing_from, place, refused_keys
from services.survey.imports.reading.files import Reading
from services.survey.imports.refusals import Refusal
from services.survey.imports.removals import removable_units
from services.survey.organisation.models import Employee, Unit
from services.survey.organisation.units.service import changed

COLUMNS = ("external_id", "name", "parent_id", "is_provider", "is_consumer")
DEFAULTS: dict[str, Any] = {"is_provider": False, "is_consumer": True}
REASONS = {
    "unitHasEmployees": "is not in the file, and stays: people work there",
    "unitHasServices": "is not in the file, and stays: it provides services",
    "unitHasUnits": "is not in the file, and stays: there are units below it",
    "unitAtTheTop": "is not in the file, and stays: it is the unit at the top",
}


@dataclass
class UnitsPlan(Plan):
    staging: merge_queries.Staging = field(kw_only=True)
    parents: Mapping[UUID, UUID | None] = field(kw_only=True)
    going: set[UUID] = field(default_factory=set)

    async def apply(self, session: AsyncSession) -> None:
        ids = await merge_queries.changed_ids(session, self.staging)
        await merge_queries.merge(session, self.staging)
        await outbox.append_many(session, [changed(unit) for unit in await queries.units_with(session, ids)])
        if self.going:
            await self._remove(session, self.going)

    async def _remove(self, session: AsyncSession, going: set[UUID]) -> None:
        """Who left the organisation from there is put under the nearest unit that stays."""
        for unit in sorted(going):
            await audiences.leave(session, unit)
            above = self.parents[unit]
            while above in going:
                above = self.parents[above]
            await session.execute(update(Employee).where(Employee.unit_id == unit).values(unit_id=above))
        await session.execute(delete(Unit).where(queries.among(Unit.id, going)))
        await outbox.append_many(session, [UnitRemoved(unit_id=unit) for unit in sorted(going)])


async def plan(session: AsyncSession, reading: Reading, *, snapshot: bool) -> Plan:
    units = await queries.units_there(session)
    parents = {unit.id: unit.parent_id for unit in units}
    there = {unit.external_id: unit.id for unit in units if unit.external_id is not None}
    providers = await catalogue.providers(session)
    placed = place(reading.rows, there)
    checked = await asyncio.to_thread(rules.check_units, placed, there, parents, providers, refused_keys(reading))
    ids = there | {row.key: row.id for row in checked.rows.values()}
    for row in checked.rows.values():
        parent = row.values["parent_id"]
        row.values["parent_id"] = None if parent is None else ids[parent]
    staging = merge_queries.staging_for(Unit, COLUMNS, DEFAULTS)
    await merge_queries.stage(session, staging, checked.rows.values())
    effects = await merge_queries.classify(session, staging)
    after = parents | {row.id: row.values["parent_id"] for row in checked.rows.values()}
    made = UnitsPlan(effects, checked.refusals, len(there), staging=staging, parents=after)
    if snapshot:
        await _plan_removals(session, made, missing_from(reading, there), {found: key for key, found in there.items()})
    return made


async def _plan_removals(session: AsyncSession, made: UnitsPlan, missing: set[UUID], keys: Mapping[UUID, str]) -> None:
    top = {unit: "unitAtTheTop" for unit, parent in made.parents.items() if parent is None}
    occupied = await queries.occupied_units(session) | top
    made.going, staying = removable_units(missing, made.parents, occupied)
    made.removals = len(made.going)
    made.refusals += [
        Refusal(None, None, code, f"{keys[unit]} {REASONS[code]}", "warning")
        for unit, code in sorted(staying.items(), key=lambda found: keys[found[0]])
    ]
