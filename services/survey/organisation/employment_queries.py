"""Who was where when: a row for each time that somebody worked in a unit, from a day up to and without another."""

from datetime import date

from sqlalchemy import ColumnElement, Select, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.auth import Principal
from services.survey.organisation.models import Employee, Employment
from services.survey.organisation.queries import within


def employments(principal: Principal) -> Select[Employment]:
    return select(Employment).where(
        Employment.organisation_id == principal.organisation_id, within(principal, Employment.unit_id)
    )


def on(day: date) -> ColumnElement[bool]:
    still = or_(Employment.to_date.is_(None), Employment.to_date > day)
    return (Employment.from_date <= day) & still


async def follow(session: AsyncSession, employee: Employee, day: date) -> None:
    """Brings the history up to what the employee is now: from `day` on they are where they are, or have left. What was
    known of later days gives way. For many at once see `imports/history_queries.py`."""
    own = Employment.employee_id == employee.id
    still = await session.scalar(select(Employment.unit_id).where(own, Employment.to_date.is_(None)))
    here = employee.unit_id if employee.active else None
    if still == here:
        return
    await session.execute(delete(Employment).where(own, Employment.from_date >= day))
    over = or_(Employment.to_date.is_(None), Employment.to_date > day)
    await session.execute(update(Employment).where(own, over).values(to_date=day))
    if here is not None:
        row = {"organisation_id": employee.organisation_id, "employee_id": employee.id, "unit_id": here}
        await session.execute(insert(Employment).values(from_date=day, **row))
