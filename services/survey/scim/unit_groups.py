"""Groups that are units: who is a member works there, and nowhere else. Who leaves one, and who is new, is in the top
unit until a group says more. Changes are those of `/v1/units`, with their events."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.auth import Principal
from services.shared.patch import validated
from services.survey.organisation import queries as organisation
from services.survey.organisation import service as organisations
from services.survey.organisation.employees import service as employees
from services.survey.organisation.models import Unit
from services.survey.organisation.schemas import UnitBody
from services.survey.organisation.units import service as units
from services.survey.scim import group_queries

ID: ColumnElement[Any] = Unit.id  # type: ignore[assignment]  # a mapped column is one
rows = group_queries.units
of = group_queries.units_of
terms = group_queries.unit_terms
membership_terms = group_queries.unit_membership_terms


async def top(session: AsyncSession) -> UUID:
    """Made where there is no unit yet, and named after the organisation: users come before groups."""
    found = await organisation.root_but(session, None)
    if found is None:
        own = await organisations.own(session, lock=True)
        found = await organisation.root_but(session, None)
        if found is None:
            return (await units.make(session, UnitBody(name=own.name))).id
    return found


async def make(session: AsyncSession, name: str, external_id: str | None) -> UUID:
    body = {"name": name, "externalId": external_id, "parentId": str(await top(session))}
    unit = await units.make(session, validated(UnitBody, body))
    unit.scim_only = True
    await session.flush()
    return unit.id


async def rename(
    session: AsyncSession, principal: Principal, group_id: UUID, name: str, external_id: str | None
) -> None:
    await units.change(session, principal, str(group_id), "*", {"name": name, "externalId": external_id})


async def remove(session: AsyncSession, principal: Principal, group_id: UUID) -> None:
    """Members are no obstacle; units below it and services of it are."""
    found = await rows(session, [group_id], members=None)
    await leave(session, group_id, [member for row in found for member in row.members])
    await units.remove(session, principal, str(group_id), "*")


async def join(session: AsyncSession, group_id: UUID, employee_ids: Collection[UUID]) -> None:
    await employees.move(session, employee_ids, group_id)


async def leave(session: AsyncSession, group_id: UUID, employee_ids: Collection[UUID]) -> None:
    """Whoever leaves the top unit stays there: everybody works somewhere."""
    unit_id = await top(session)
    if unit_id != group_id:
        await employees.move(session, employee_ids, unit_id)
