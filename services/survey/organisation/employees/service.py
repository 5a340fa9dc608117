"""Changing people. They are nobody's answer: what they said does not know them."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Text, cast, delete, func, not_, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.auth import Principal
from services.shared.etags import require_match
from services.shared.patch import patched
from services.shared.problems import FieldError, conflict, invalid, not_found, pointer_of
from services.survey.contact_policy.models import Contact
from services.survey.imports.erasing_queries import erase_from_diffs
from services.survey.interactions import arrivals
from services.survey.organisation import employment_queries, queries, rules, schemas
from services.survey.organisation.models import Employee, Employment

PLAIN = ("external_id", "given_name", "family_name", "email", "language", "hired_on", "attributes", "active",
         "leave_start_date", "leave_end_date", "opted_out")  # fmt: skip


async def found(session: AsyncSession, principal: Principal, reference: str, *, lock: bool = False) -> Employee:
    employee = await queries.employee(session, principal, reference, lock=lock)
    if employee is None:
        raise not_found("employee")
    return employee


async def make(session: AsyncSession, body: schemas.EmployeeBody, user_name: str | None = None) -> Employee:
    await queries.wait_for_files(session)
    columns = await _columns(session, body, None, user_name)
    employee = Employee(organisation_id=session.info["organisation_id"], **columns)
    session.add(employee)
    await session.flush()
    await _release_login(session, employee)
    await arrivals.employee_came(session, employee)
    await employment_queries.follow(session, [employee.id], await queries.today(session))
    return employee


async def change(
    session: AsyncSession, principal: Principal, reference: str, if_match: str | None, patch: Mapping[str, Any],
    user_name: str | None = None,
) -> Employee:  # fmt: skip
    """`user_name`: another that identity systems give, which is nobody else's."""
    if "managerId" in patch:
        await queries.organisation(session, lock=True)
    else:
        await queries.wait_for_files(session)
    employee = await found(session, principal, reference, lock=True)
    require_match(if_match, employee.version)
    columns = await _columns(session, patched(_body_of(employee), patch), employee, user_name)
    manager_id: UUID | None = columns["manager_id"]
    if manager_id is not None and employee.id in await queries.managers_above(session, manager_id):
        raise conflict("managerCircle", "The new manager is this employee, or managed by this employee.")
    employee.deprovisioned = employee.deprovisioned and not (employee.active or columns["active"])
    for name, value in columns.items():
        setattr(employee, name, value)
    employee.version += 1
    await session.flush()
    await _release_login(session, employee)
    if "externalId" in patch:
        await arrivals.employee_came(session, employee)
    await employment_queries.follow(session, [employee.id], await queries.today(session))
    return employee


async def _release_login(session: AsyncSession, employee: Employee) -> None:
    """Who has left is not looked up by an address that is an active employee's now, but by the id, until they are back."""
    if employee.email is None:
        return
    if not employee.active and employee.user_name is None:
        if await queries.mail_taken(session, employee.email, employee.id):
            employee.user_name = str(employee.id)
    elif employee.active:
        await session.execute(
            update(Employee)
            .where(
                Employee.login == func.lower(employee.email), Employee.user_name.is_(None), not_(Employee.active),
                Employee.id != employee.id,
            )
            .values(user_name=cast(Employee.id, Text), version=Employee.version + 1)
            .execution_options(synchronize_session=False)
        )  # fmt: skip


async def move(session: AsyncSession, employee_ids: Collection[UUID], unit_id: UUID) -> None:
    """Those who are not there already."""
    await session.execute(
        update(Employee)
        .where(Employee.id.in_(employee_ids), Employee.unit_id != unit_id)
        .values(unit_id=unit_id, version=Employee.version + 1)
    )
    await employment_queries.follow(session, employee_ids, await queries.today(session))


async def remove(session: AsyncSession, principal: Principal, reference: str, if_match: str | None) -> None:
    await queries.wait_for_files(session)
    employee = await found(session, principal, reference, lock=True)
    require_match(if_match, employee.version)
    await session.execute(
        update(Employee).where(Employee.manager_id == employee.id).values(manager_id=None, version=Employee.version + 1)
    )
    await session.execute(delete(Contact).where(Contact.employee_id == employee.id))
    await arrivals.employee_goes(session, employee.id)
    await session.execute(delete(Employment).where(Employment.employee_id == employee.id))
    await session.execute(delete(Employee).where(Employee.id == employee.id))
    await erase_from_diffs(session, employee.external_id or str(employee.id))


async def _columns(
    session: AsyncSession, body: schemas.EmployeeBody, before: Employee | None, user_name: str | None
) -> dict[str, Any]:
    employee_id = None if before is None else before.id
    errors = [
        FieldError(pointer=pointer_of(["attributes", key]), code="undeclaredAttribute", detail="is not declared")
        for key in rules.undeclared(body.attributes, await queries.declared_attributes(session))
    ]
    unit = await queries.unit_named(session, body.unit_id)
    if unit is None:
        errors.append(FieldError(pointer="/unitId", code="unknownReference", detail="is no unit here"))
    manager_id = None
    if body.manager_id is not None:
        manager_id = await queries.employee_id_named(session, body.manager_id)
        if manager_id is None:
            errors.append(FieldError(pointer="/managerId", code="unknownReference", detail="is no employee here"))
    if errors or unit is None:
        raise invalid(errors)
    if body.external_id is not None and await queries.external_employee_taken(session, body.external_id, employee_id):
        raise conflict("externalIdTaken", "Another employee has this externalId.")
    if body.active and body.email is not None and await queries.mail_taken(session, body.email, employee_id):
        raise conflict("emailTaken", "Another active employee has this mail address.")
    own = {
        "user_name": await _user_name(session, body, before, user_name),
        "unit_id": unit.id,
        "manager_id": manager_id,
    }
    return {name: getattr(body, name) for name in PLAIN} | own


async def _user_name(
    session: AsyncSession, body: schemas.EmployeeBody, before: Employee | None, given: str | None
) -> str | None:
    """That of who comes back may be somebody else's by now. Who has none is looked up by the address."""
    but = None if before is None else before.id
    comes = before is None or (body.active and not before.active)
    name = given or (before and before.user_name) or None
    released = before is not None and comes and name == str(before.id)  # see `_release_login`
    if released and body.email is None and body.external_id is not None:
        released = not await queries.login_taken(session, body.external_id, but, given=True)
    if released or (name and not given and comes and await queries.login_taken(session, name, but)):
        name = None
    is_new = body.email is not None and (comes or before is None or before.mail != body.email.lower())
    if name is None and is_new and await queries.login_taken(session, str(body.email), but, given=True):
        if released and given:
            return given
        raise conflict("emailTaken", "This mail address is the userName of another employee.")
    return name


def _body_of(employee: Employee) -> schemas.EmployeeBody:
    values = {name: getattr(employee, name) for name in PLAIN}
    manager_id = None if employee.manager_id is None else str(employee.manager_id)
    return schemas.EmployeeBody.model_validate({**values, "unit_id": str(employee.unit_id), "manager_id": manager_id})
