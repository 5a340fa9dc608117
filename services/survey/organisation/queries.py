"""Every select of organisations, units, employees and keys.

Row-level security keeps these to the organisation of the transaction; joins name it so that a spread database keeps
them on one machine. Who is limited to units finds these and what is below them, and nothing else.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Integer, Select, and_, exists, false, func, literal, not_, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, aliased

from services.shared.auth import Principal
from services.shared.schemas import EXTERNAL, NONE
from services.survey.organisation.models import Employee, Organisation, Unit
from services.survey.organisation.rules import LIMITED_ROLES

CHANGING = 6212002  # the lock under which an organisation changes, of our own choosing
VISIBLE = or_(Employee.active, not_(Employee.deprovisioned))  # by SCIM


def named(
    id_column: InstrumentedAttribute[UUID], external_column: InstrumentedAttribute[str | None], reference: str
) -> ColumnElement[bool]:
    """The row that a reference means: its id, or `external:` and its externalId. No row if it is neither."""
    if reference.startswith(EXTERNAL):
        return external_column == reference.removeprefix(EXTERNAL)
    try:
        return id_column == UUID(reference)
    except ValueError:
        return false()


# --- the organisation ---


async def organisation(session: AsyncSession, *, lock: bool = False) -> Organisation | None:
    """The one of the transaction. Its lock is what changes of the tree, of managers and of admin keys queue for."""
    if lock:
        await session.execute(select(func.pg_advisory_xact_lock(*lock_of(session, CHANGING))))
    return await session.get(Organisation, session.info["organisation_id"], populate_existing=lock)


async def wait_for_files(session: AsyncSession) -> None:
    """What a file would change stays as it is until this transaction is over, and the other way round: a file writes whole
    rows, as it found them. Others who do the same are not waited for, but for who waits for the lock itself: that would
    never have it while there are always some. To come before any row's lock, and before the organisation is read."""
    await session.execute(select(func.pg_advisory_xact_lock_shared(*lock_of(session, CHANGING))))


def lock_of(session: AsyncSession, which: int) -> tuple[ColumnElement[int], ColumnElement[int]]:
    """An advisory lock of the organisation. Not its row's: there those who share it overtake who waits for it."""
    return literal(which, Integer), func.hashtext(str(session.info["organisation_id"]))


async def declared_attributes(session: AsyncSession) -> list[str]:
    found = await organisation(session)
    return [str(attribute["key"]) for attribute in found.attributes] if found else []


async def token_number_taken(session: AsyncSession, number: int) -> bool:
    """Needs a transaction of EVERYONE."""
    return bool(await session.scalar(select(exists().where(Organisation.token_number == number))))


async def organisation_of_token(session: AsyncSession, token_number: int) -> UUID | None:
    """Needs a transaction of EVERYONE. It never changes."""
    return await session.scalar(select(Organisation.organisation_id).where(Organisation.token_number == token_number))


# --- units ---


async def unit_parents(session: AsyncSession) -> dict[UUID, UUID | None]:
    """The whole tree: the parent of every unit."""
    return {row.id: row.parent_id for row in await session.execute(select(Unit.id, Unit.parent_id))}


def units_below(tops: Collection[UUID] | Select[UUID]) -> Select[UUID]:
    """The ids of these units and of all below them."""
    top = select(Unit.organisation_id, Unit.id).where(Unit.id.in_(_listed(tops))).cte("below", recursive=True)
    child = aliased(Unit)
    tree = top.union(
        select(child.organisation_id, child.id).join(
            top, and_(child.organisation_id == top.c.organisation_id, child.parent_id == top.c.id)
        )
    )
    return select(tree.c.id)


def _listed(tops: Collection[UUID] | Select[UUID]) -> list[UUID] | Select[UUID]:
    return tops if isinstance(tops, Select) else list(tops)


async def descendants(session: AsyncSession, tops: Collection[UUID]) -> set[UUID]:
    return set((await session.scalars(units_below(tops))).all()) if tops else set()


def within(principal: Principal, unit_column: InstrumentedAttribute[UUID]) -> ColumnElement[bool]:
    """Is the row's unit one that the caller may see? Always, unless the role is limited to units."""
    if principal.role not in LIMITED_ROLES:
        return true()
    return unit_column.in_(units_below(principal.unit_ids)) if principal.unit_ids else false()


async def units_of(session: AsyncSession, principal: Principal) -> set[UUID] | None:
    """The caller's units with all below them; None when the role is not limited to units."""
    return await descendants(session, principal.unit_ids) if principal.role in LIMITED_ROLES else None


def units(principal: Principal) -> Select[Unit]:
    return select(Unit).where(Unit.organisation_id == principal.organisation_id, within(principal, Unit.id))


def of_parent(reference: str) -> ColumnElement[bool]:
    if reference == NONE:
        return Unit.parent_id.is_(None)
    parent = aliased(Unit)
    same = named(parent.id, parent.external_id, reference)
    return Unit.parent_id.in_(select(parent.id).where(parent.organisation_id == Unit.organisation_id, same))


async def unit(session: AsyncSession, principal: Principal, reference: str, *, lock: bool = False) -> Unit | None:
    found = units(principal).where(named(Unit.id, Unit.external_id, reference))
    return (await session.scalars(found.with_for_update(of=Unit) if lock else found)).one_or_none()


async def unit_named(session: AsyncSession, reference: str) -> Unit | None:
    """Whatever the caller may see: for references in bodies of those who may write them."""
    return (await session.scalars(select(Unit).where(named(Unit.id, Unit.external_id, reference)))).one_or_none()


async def unit_ids_named(session: AsyncSession, references: Sequence[str]) -> dict[str, UUID]:
    """The ids of those that are there, by the reference as it was given."""
    externals = {ref.removeprefix(EXTERNAL): ref for ref in references if ref.startswith(EXTERNAL)}
    ids = {found: ref for ref in references if (found := as_id(ref)) is not None}
    rows = await session.execute(
        select(Unit.id, Unit.external_id).where(or_(Unit.id.in_(ids), Unit.external_id.in_(externals)))
    )
    result: dict[str, UUID] = {}
    for row in rows:
        result |= {ref: row.id for ref in (ids.get(row.id), externals.get(row.external_id)) if ref is not None}
    return result


def as_id(reference: str) -> UUID | None:
    try:
        return UUID(reference)
    except ValueError:
        return None


async def external_unit_taken(session: AsyncSession, external_id: str, but: UUID | None) -> bool:
    return await _any(session, Unit.external_id == external_id, Unit.id != but if but else true())


async def root_but(session: AsyncSession, but: UUID | None) -> UUID | None:
    """The root of the tree, unless it is this unit."""
    return await session.scalar(select(Unit.id).where(Unit.parent_id.is_(None), Unit.id != but if but else true()))


async def has_units(session: AsyncSession, unit_id: UUID) -> bool:
    return await _any(session, Unit.parent_id == unit_id)


async def has_employees(session: AsyncSession, unit_id: UUID, *, also_left: bool) -> bool:
    return await _any(session, Employee.unit_id == unit_id, true() if also_left else Employee.active.is_(True))


async def today(session: AsyncSession) -> date:
    """In the organisation's time zone."""
    zone = (await session.scalars(select(Organisation.time_zone))).one()
    return datetime.now(ZoneInfo(zone)).date()


# --- employees ---


def employees(principal: Principal) -> Select[Employee]:
    return select(Employee).where(
        Employee.organisation_id == principal.organisation_id, within(principal, Employee.unit_id)
    )


def of_unit(reference: str) -> ColumnElement[bool]:
    same = named(Unit.id, Unit.external_id, reference)
    return Employee.unit_id.in_(select(Unit.id).where(Unit.organisation_id == Employee.organisation_id, same))


def of_manager(reference: str) -> ColumnElement[bool]:
    if reference == NONE:
        return Employee.manager_id.is_(None)
    manager = aliased(Employee)
    same = named(manager.id, manager.external_id, reference)
    return Employee.manager_id.in_(select(manager.id).where(manager.organisation_id == Employee.organisation_id, same))


def of_mail(email: str) -> ColumnElement[bool]:
    return Employee.mail == func.lower(email)


async def employee(
    session: AsyncSession, principal: Principal, reference: str, *, lock: bool = False
) -> Employee | None:
    found = employees(principal).where(named(Employee.id, Employee.external_id, reference))
    return (await session.scalars(found.with_for_update(of=Employee) if lock else found)).one_or_none()


async def employee_id_named(session: AsyncSession, reference: str) -> UUID | None:
    same = named(Employee.id, Employee.external_id, reference)
    return await session.scalar(select(Employee.id).where(same))


async def external_employee_taken(session: AsyncSession, external_id: str, but: UUID | None) -> bool:
    return await _any(session, Employee.external_id == external_id, Employee.id != but if but else true())


async def login_taken(session: AsyncSession, login: str, but: UUID | None, *, given: bool = False) -> bool:
    """`given`: as a userName, and not as the address of somebody who has none."""
    same = [Employee.login == func.lower(login), VISIBLE, Employee.id != but if but else true()]
    return await _any(session, *same, Employee.user_name.is_not(None) if given else true())


async def mail_taken(session: AsyncSession, email: str, but: UUID | None) -> bool:
    return await _any(session, of_mail(email), Employee.active.is_(True), Employee.id != but if but else true())


async def managers_above(session: AsyncSession, employee_id: UUID) -> set[UUID]:
    """The employee and everybody above."""
    start = select(Employee.organisation_id, Employee.id, Employee.manager_id).where(Employee.id == employee_id)
    line = start.cte("line", recursive=True)
    above = aliased(Employee)
    line = line.union(
        select(above.organisation_id, above.id, above.manager_id).join(
            line, and_(above.organisation_id == line.c.organisation_id, above.id == line.c.manager_id)
        )
    )
    return set((await session.scalars(select(line.c.id))).all())


async def _any(session: AsyncSession, *conditions: ColumnElement[bool]) -> bool:
    found: Select[Any] = select(literal(1)).where(*conditions).limit(1)
    return await session.scalar(found) is not None
