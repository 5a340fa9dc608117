"""Files of employees. Whom a snapshot does not name has left."""

import asyncio
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from services.survey.imports import merge_queries, queries, rules
from services.survey.imports.kinds.plan import Plan, missing_from, place, refused_keys
from services.survey.imports.reading.files import Reading
from services.survey.organisation.models import Employee

COLUMNS = (
    "external_id", "given_name", "family_name", "email", "unit_id", "manager_id", "language", "hired_on", "attributes",
    "active", "leave_start_date", "leave_end_date", "opted_out",
)  # fmt: skip
DEFAULTS: dict[str, Any] = {"attributes": {}, "active": True, "opted_out": False}


@dataclass
class EmployeesPlan(Plan):
    staging: merge_queries.Staging = field(kw_only=True)
    leaving: set[UUID] = field(kw_only=True)

    async def apply(self, session: AsyncSession) -> None:
        if self.leaving:
            leave = update(Employee).where(queries.among(Employee.id, self.leaving))
            await session.execute(leave.values(active=False, version=Employee.version + 1))
        await merge_queries.free_addresses(session, self.staging)
        await merge_queries.merge(session, self.staging)


async def plan(session: AsyncSession, reading: Reading, *, snapshot: bool) -> Plan:
    there = await queries.employees_there(session)
    units = await queries.unit_ids(session)
    ids = {key: somebody.id for key, somebody in there.items()}
    active = {key: somebody.id for key, somebody in there.items() if somebody.active and key != str(somebody.id)}
    leaving: set[UUID] = missing_from(reading, active) if snapshot else set()
    placed = place(reading.rows, ids)
    for row in placed:
        if snapshot:
            row.values.setdefault("active", True)
    checked = await asyncio.to_thread(rules.check_employees, placed, there, units, leaving, refused_keys(reading))
    in_file = {row.key: row.id for row in checked.rows.values()}
    for row in checked.rows.values():
        row.values["unit_id"] = units[row.values["unit_id"]]
        manager = row.values.get("manager_id")
        if manager is not None:
            row.values["manager_id"] = ids.get(manager) or in_file[manager]
    staging = merge_queries.staging_for(Employee, COLUMNS, DEFAULTS)
    await merge_queries.stage(session, staging, checked.rows.values())
    effects = await merge_queries.classify(session, staging)
    return EmployeesPlan(effects, checked.refusals, len(active), len(leaving), staging=staging, leaving=leaving)
