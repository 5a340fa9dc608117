"""Who was where when: a row for each time that somebody worked in a unit, from a day up to and without another."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.auth import Principal
from services.shared.pages import Page, Paging, page
from services.survey.organisation import schemas
from services.survey.organisation.models import Employee, Employment
from services.survey.organisation.queries import within


def employments(principal: Principal) -> Select[Employment]:
    return select(Employment).where(
        Employment.organisation_id == principal.organisation_id, within(principal, Employment.unit_id)
    )


def on(day: date) -> ColumnElement[bool]:
    still = or_(Employment.to_date.is_(None), Employment.to_date > day)
    return (Employment.from_date <= day) & still


async def follow(session: AsyncSession, employee_ids: Collection[UUID], day: date) -> None:
    """Brings the history up to what these employees are now: from `day` on they are where they are, or have left. What
    was known of later days gives way. For a whole file see `imports/history_queries.py`."""
    here = case((Employee.active, Employee.unit_id))
    still = (Employment.organisation_id == Employee.organisation_id) & (Employment.employee_id == Employee.id)
    changed = select(Employee.id, here).outerjoin(Employment, still & Employment.to_date.is_(None))
    found = changed.where(Employee.id.in_(employee_ids), Employment.unit_id.is_distinct_from(here))
    moved: dict[UUID, UUID | None] = dict((await session.execute(found)).all())
    if not moved:
        return
    theirs = Employment.employee_id.in_(moved)
    await session.execute(delete(Employment).where(theirs, Employment.from_date >= day))
    over = or_(Employment.to_date.is_(None), Employment.to_date > day)
    await session.execute(update(Employment).where(theirs, over).values(to_date=day))
    rows = [
        {"organisation_id": session.info["organisation_id"], "employee_id": employee_id, "unit_id": unit_id,
         "from_date": day}
        for employee_id, unit_id in moved.items() if unit_id is not None
    ]  # fmt: skip
    if rows:
        await session.execute(insert(Employment), rows)


async def page_of(
    session: AsyncSession, found: Select[Employment], paging: Paging, on_date: date | None
) -> Page[schemas.Employment]:
    """In time's order; of one day only if it is given."""
    return await page(
        session, found if on_date is None else found.where(on(on_date)), paging,
        sortable={"fromDate": Employment.from_date}, default="fromDate",
        tie=[Employment.from_date, Employment.employee_id], item=schemas.Employment.model_validate,
    )  # fmt: skip
