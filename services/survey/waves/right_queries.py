"""Who may see what is over services: whose these all are. A wave or a programme stays with its makers when its services
go or move: it mails, and they must be able to stop it. Over services that are no longer theirs it opens nothing.

Makers are units, so that colleagues count as one. What has none is of somebody who is not limited to units."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Select, Uuid, and_, false, func, not_, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from services.shared.auth import Principal
from services.survey.catalogue.models import Service
from services.survey.organisation.models import Unit
from services.survey.organisation.queries import units_below
from services.survey.organisation.rules import LIMITED_ROLES

Ids = InstrumentedAttribute[list[UUID]]


def made_by(principal: Principal, service_ids: Ids, maker_unit_ids: Ids) -> ColumnElement[bool]:
    """Are all these services of the caller's providers, or does the caller hold all makers that are there still?"""
    if principal.role not in LIMITED_ROLES or not principal.unit_ids:
        return _unlimited(principal)
    held = units_below(principal.unit_ids)
    others = select(Unit.id).where(Unit.id.not_in(held))
    theirs = and_(maker_unit_ids.overlap(_array(held)), not_(maker_unit_ids.overlap(_array(others))))
    return or_(service_ids.contained_by(_array(_provided_by(held))), theirs)


async def makers(
    session: AsyncSession, principal: Principal, service_ids: Sequence[UUID], before: Sequence[UUID] = ()
) -> list[UUID]:
    """By whose right something mails about these services: those who were its makers, if they have all of them and the
    caller stands for them; else the caller."""
    limited = principal.role in LIMITED_ROLES
    if before and await still_theirs(session, service_ids, before) == list(service_ids):
        there = select(Unit.id).where(Unit.id.in_(before))
        held = set(
            await session.scalars(there.where(Unit.id.in_(units_below(principal.unit_ids))) if limited else there)
        )
        if held == set(await session.scalars(there)):
            return list(before)
    return sorted(principal.unit_ids) if limited else []


async def hold(session: AsyncSession, service_ids: Sequence[UUID]) -> None:
    """None of them moves or goes until the transaction ends, so that who is told of that is told after what is done with
    them. The tree above them may change still; what is asked after this waits for nothing more."""
    found = select(Service.id).where(Service.id.in_(service_ids)).order_by(Service.id)
    await session.execute(found.with_for_update(read=True))


async def still_theirs(
    session: AsyncSession, service_ids: Sequence[UUID], maker_unit_ids: Sequence[UUID]
) -> list[UUID]:
    """Those of these services that are there and of these makers' providers."""
    found = select(Service.id).where(Service.id.in_(service_ids))
    if maker_unit_ids:
        found = found.where(Service.provider_id.in_(units_below(maker_unit_ids)))
    left = set(await session.scalars(found))
    return [service for service in service_ids if service in left]


def _unlimited(principal: Principal) -> ColumnElement[bool]:
    return false() if principal.role in LIMITED_ROLES else true()


def _provided_by(units: Select[UUID]) -> Select[UUID]:
    return select(Service.id).where(Service.provider_id.in_(units))


def _array(found: Select[UUID]) -> ColumnElement[list[UUID]]:
    """Once for all rows."""
    array: ColumnElement[list[UUID]] = func.array(found.scalar_subquery(), type_=ARRAY(Uuid()))
    return array
