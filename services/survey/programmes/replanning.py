"""What moves plans all at once: another clock, or another contact policy. It knows the table alone, for the organisation and
the policy come before programmes."""

from typing import Any

from sqlalchemy import case, func, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.survey.programmes.models import Programme

_ITSELF: dict[str, Any] = {"updated_at": Programme.updated_at}  # nobody changed the programme


async def by_another_clock(session: AsyncSession, before: str, after: str) -> None:
    """Programmes run at the same time of day as before. `once` names an instant."""
    planned = func.timezone(after, func.timezone(before, Programme.planned_at))
    await session.execute(
        update(Programme)
        .where(Programme.schedule["kind"].astext != "once")
        .values(planned_at=planned, due_at=case((Programme.due_at.is_not(None), planned)), **_ITSELF)
    )


async def as_planned(session: AsyncSession) -> None:
    """What is held up is due when it was planned, until it is looked at again."""
    held_up = update(Programme).where(Programme.due_at > Programme.planned_at)
    await session.execute(held_up.values(due_at=Programme.planned_at, **_ITSELF))
