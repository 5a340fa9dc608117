"""Every select of groups, once as units and once as they are kept. Members are employees that SCIM shows."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.survey.organisation.models import Employee, Unit
from services.survey.organisation.queries import VISIBLE
from services.survey.scim.filters import Condition, Term, Terms
from services.survey.scim.models import ScimGroup, ScimGroupMember
from services.survey.scim.rules import CORE_GROUP, CORE_USER

Memberships = dict[UUID, list[tuple[UUID, str]]]
_OF_GROUP = and_(ScimGroupMember.organisation_id == ScimGroup.organisation_id, ScimGroupMember.group_id == ScimGroup.id)
_WHO = and_(Employee.organisation_id == ScimGroupMember.organisation_id, Employee.id == ScimGroupMember.employee_id)


class GroupRow(NamedTuple):
    """`version` is the ETag without its quotes."""

    id: UUID
    external_id: str | None
    name: str
    created_at: datetime
    updated_at: datetime
    version: str
    members: list[UUID]


# --- units ---


async def units(
    session: AsyncSession, ids: Collection[UUID], *, members: Collection[UUID] | None, lock: bool = False
) -> list[GroupRow]:
    """With all members (None) or those of these ids. Who comes and who goes changes the version."""
    found = select(Unit).where(Unit.id.in_(ids)).execution_options(populate_existing=True)
    by_id = {unit.id: unit for unit in await session.scalars(found.with_for_update() if lock else found)}
    counted = (
        select(Employee.unit_id, func.count(), func.max(Employee.updated_at))
        .where(Employee.unit_id.in_(ids), VISIBLE)
        .group_by(Employee.unit_id)
    )
    latest = {row[0]: (row[1], row[2]) for row in await session.execute(counted)}
    people = select(Employee.unit_id, Employee.id).where(Employee.unit_id.in_(ids), VISIBLE)
    inside = await _members(session, people, Employee.id, members)
    rows = []
    for unit in (by_id[each] for each in ids if each in by_id):
        count, last = latest.get(unit.id, (0, unit.updated_at))
        version = f"{unit.version}-{count}-{int(last.timestamp() * 1_000_000)}"
        changed = max(unit.updated_at, last)
        rows.append(GroupRow(unit.id, unit.external_id, unit.name, unit.created_at, changed, version,
                             inside.get(unit.id, [])))  # fmt: skip
    return rows


async def units_of(session: AsyncSession, employees: Collection[Employee]) -> Memberships:
    wanted = {employee.unit_id for employee in employees}
    names = {row.id: row.name for row in await session.execute(select(Unit.id, Unit.name).where(Unit.id.in_(wanted)))}
    return {employee.id: [(employee.unit_id, names[employee.unit_id])] for employee in employees}


def unit_membership_terms() -> Terms:
    name = (
        select(Unit.name)
        .where(Unit.organisation_id == Employee.organisation_id, Unit.id == Employee.unit_id)
        .scalar_subquery()
    )
    there = _column(Employee.unit_id)
    return {
        f"{CORE_USER}:groups": Term(there),
        f"{CORE_USER}:groups.value": Term(there),
        f"{CORE_USER}:groups.display": Term(name),
        f"{CORE_USER}:groups.type": Term(literal("direct")),
    }


def unit_terms() -> Terms:
    def holds(inner: Condition) -> Condition:
        same = and_(Employee.organisation_id == Unit.organisation_id, Employee.unit_id == Unit.id)
        return exists().select_from(Employee).where(same, VISIBLE, inner).correlate(Unit)

    return _group_terms(Unit, holds)


# --- kept groups ---


async def kept(
    session: AsyncSession, ids: Collection[UUID], *, members: Collection[UUID] | None, lock: bool = False
) -> list[GroupRow]:
    found = select(ScimGroup).where(ScimGroup.id.in_(ids)).execution_options(populate_existing=True)
    by_id = {group.id: group for group in await session.scalars(found.with_for_update() if lock else found)}
    people = select(ScimGroupMember.group_id, Employee.id).join(Employee, _WHO)
    people = people.where(ScimGroupMember.group_id.in_(ids), VISIBLE)
    inside = await _members(session, people, Employee.id, members)
    return [
        GroupRow(group.id, group.external_id, group.name, group.created_at, group.updated_at, str(group.version),
                 inside.get(group.id, []))
        for group in (by_id[each] for each in ids if each in by_id)
    ]  # fmt: skip


async def kept_group(session: AsyncSession, group_id: UUID) -> ScimGroup:
    return (await session.scalars(select(ScimGroup).where(ScimGroup.id == group_id))).one()


async def kept_of(session: AsyncSession, employees: Collection[Employee]) -> Memberships:
    rows = await session.execute(
        select(ScimGroupMember.employee_id, ScimGroup.id, ScimGroup.name)
        .join(ScimGroup, _OF_GROUP)
        .where(ScimGroupMember.employee_id.in_([employee.id for employee in employees]))
        .order_by(ScimGroup.id)
    )
    memberships: Memberships = {}
    for employee_id, group_id, name in rows:
        memberships.setdefault(employee_id, []).append((group_id, name))
    return memberships


def kept_membership_terms() -> Terms:
    def holds(inner: Condition) -> Condition:
        """Says from what: of a condition that is never true SQLAlchemy keeps no table."""
        groups = select(ScimGroupMember.group_id).join(ScimGroup, _OF_GROUP)
        return groups.where(_WHO, inner).correlate(Employee).exists()

    there = _column(ScimGroup.id)
    return {
        f"{CORE_USER}:groups": Term(there, holds=holds),
        f"{CORE_USER}:groups.value": Term(there, holds=holds),
        f"{CORE_USER}:groups.display": Term(_column(ScimGroup.name), holds=holds),
        f"{CORE_USER}:groups.type": Term(literal("direct"), holds=holds),
    }


def kept_terms() -> Terms:
    def holds(inner: Condition) -> Condition:
        people = select(ScimGroupMember.employee_id).join(Employee, _WHO)
        return people.where(_OF_GROUP, VISIBLE, inner).correlate(ScimGroup).exists()

    return _group_terms(ScimGroup, holds)


# --- both ---


async def _members(
    session: AsyncSession, people: Select[UUID, UUID], id_column: Any, only: Collection[UUID] | None
) -> dict[UUID, list[UUID]]:
    inside: dict[UUID, list[UUID]] = {}
    if only is None or only:
        wanted = people if only is None else people.where(id_column.in_(only))
        for group_id, employee_id in await session.execute(wanted.order_by(id_column)):
            inside.setdefault(group_id, []).append(employee_id)
    return inside


def _group_terms(group: type[Unit | ScimGroup], holds: Any) -> Terms:
    member = Term(_column(Employee.id), holds=holds)
    terms = {
        "id": Term(_column(group.id)),
        "externalId": Term(_column(group.external_id), exact=True),
        "displayName": Term(_column(group.name)),
        "meta.resourceType": Term(literal("Group")),
        "meta.created": Term(_column(group.created_at)),
        "meta.lastModified": Term(_column(group.updated_at)),
        "members": member,
        "members.value": member,
        "members.type": Term(case((Employee.id.is_not(None), "User")), holds=holds),
    }
    return {f"{CORE_GROUP}:{name}".lower(): term for name, term in terms.items()}


def _column(column: Any) -> ColumnElement[Any]:
    made: ColumnElement[Any] = column
    return made
