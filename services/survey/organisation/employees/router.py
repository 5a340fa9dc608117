"""`/v1/employees`."""

from typing import Annotated

from fastapi import Query, Response

from services.shared.auth import Caller, allow
from services.shared.etags import IfMatch, set_etag
from services.shared.pages import Page, Paging, UnsortedPages, page, sorted_by
from services.shared.patch import MergePatch, patches
from services.shared.routing import Router
from services.shared.schemas import NullableFilter, ReferenceFilter
from services.shared.sessions import Session
from services.survey.organisation import employment_queries, queries, schemas
from services.survey.organisation.employees import service
from services.survey.organisation.models import Employee, Employment
from services.survey.organisation.turns import IN_TURN

router = Router(tag="organisation")
READERS = [allow("admin", "director", "provider-manager", "consumer-manager", "integrator")]
WRITERS = [allow("admin", "integrator"), IN_TURN]
SORTABLE = {
    "createdAt": Employee.created_at,
    "updatedAt": Employee.updated_at,
    "familyName": Employee.family_name,
    "givenName": Employee.given_name,
}


@router.get("/employees", dependencies=READERS)
async def list_employees(
    session: Session,
    principal: Caller,
    paging: Annotated[Paging, sorted_by(SORTABLE)],
    unit_id: Annotated[
        ReferenceFilter | None, Query(alias="unitId", description="Without those of units below it")
    ] = None,
    manager_id: Annotated[NullableFilter | None, Query(alias="managerId")] = None,
    email: Annotated[schemas.Mail | None, Query(description="In any case")] = None,
    active: Annotated[schemas.Flag | None, Query()] = None,
) -> Page[schemas.Employee]:
    """Roles that are limited to units find the people of these and of all below them. `notAMailAddress` (400)."""
    found = queries.employees(principal)
    if unit_id is not None:
        found = found.where(queries.of_unit(unit_id))
    if manager_id is not None:
        found = found.where(queries.of_manager(manager_id))
    if email is not None:
        found = found.where(queries.of_mail(email))
    if active is not None:
        found = found.where(Employee.active == active)
    return await page(
        session, found, paging, sortable=SORTABLE, default="createdAt", tie=[Employee.id],
        item=schemas.Employee.model_validate,
    )  # fmt: skip


@router.post("/employees", status_code=201, dependencies=WRITERS)
async def make_employee(session: Session, body: schemas.EmployeeBody, response: Response) -> schemas.Employee:
    """`externalIdTaken`, `emailTaken` (409). `undeclaredAttribute`, `notAMailAddress`,
    `endsBeforeItStarts` (400)."""
    employee = await service.make(session, body)
    response.headers["Location"] = f"/v1/employees/{employee.id}"
    set_etag(response, employee.version)
    return schemas.Employee.model_validate(employee)


@router.get("/employees/{employeeId}", dependencies=READERS)
async def get_employee(
    session: Session, principal: Caller, employee_id: schemas.EmployeeRef, response: Response
) -> schemas.Employee:
    """Also one who has left, until erased."""
    employee = await service.found(session, principal, employee_id)
    set_etag(response, employee.version)
    return schemas.Employee.model_validate(employee)


@router.patch("/employees/{employeeId}", dependencies=WRITERS, openapi_extra=patches(schemas.EmployeeBody))
async def change_employee(
    session: Session,
    principal: Caller,
    employee_id: schemas.EmployeeRef,
    patch: MergePatch,
    response: Response,
    if_match: IfMatch = None,
) -> schemas.Employee:
    """`managerCircle` (409): nobody manages themselves. `externalIdTaken`, `emailTaken` (409). `undeclaredAttribute`,
    `notAMailAddress`, `endsBeforeItStarts` (400)."""
    employee = await service.change(session, principal, employee_id, if_match, patch)
    set_etag(response, employee.version)
    return schemas.Employee.model_validate(employee)


@router.get("/employees/{employeeId}/employments", dependencies=READERS)
async def list_employments(
    session: Session,
    principal: Caller,
    employee_id: schemas.EmployeeRef,
    paging: UnsortedPages,
    on_date: schemas.OnDate = None,
) -> Page[schemas.Employment]:
    """Where the employee was when, in time's order. Roles that are limited to units see these of their units."""
    employee = await service.found(session, principal, employee_id)
    found = employment_queries.employments(principal).where(Employment.employee_id == employee.id)
    return await employment_queries.page_of(session, found, paging, on_date)


@router.delete("/employees/{employeeId}", status_code=204, dependencies=WRITERS)
async def remove_employee(
    session: Session, principal: Caller, employee_id: schemas.EmployeeRef, if_match: IfMatch = None
) -> None:
    """The employee is erased; those who were managed have no manager then. Answers given stay, being nobody's."""
    await service.remove(session, principal, employee_id, if_match)
