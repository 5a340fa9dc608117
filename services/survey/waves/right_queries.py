"""Who may see what is over services: whose these all are. A wave or a programme stays with its makers when its services
go or move: it mails, and they must be able to stop it. Over services that are no longer theirs it opens nothing."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Select, Uuid, and_, false, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from services.shared.auth import Principal
from services.survey.catalogue.models import Service
from services.survey.organisation.queries import units_below
from services.survey.organisation.rules import LIMITED_ROLES

Ids = InstrumentedAttribute[list[UUID]]


def made_by(principal: Principal, service_ids: Ids, maker_unit_ids: Ids) -> ColumnElement[bool]:
    """Are all these services of the caller's providers, or does the caller hold all units of who named them?"""
    if principal.role not in LIMITED_ROLES or not principal.unit_ids:
        return _unlimited(principal)
    held = units_below(principal.unit_ids)
    theirs = and_(func.cardinality(maker_unit_ids) > 0, _among(maker_unit_ids, held))
    return or_(_among(service_ids, _provided_by(held)), theirs)


async def still_theirs(
    session: AsyncSession, service_ids: Sequence[UUID], maker_unit_ids: Sequence[UUID]
) -> list[UUID]:
    """Those of these services that are there and of these makers' providers. They stay so until the transaction ends, so
    that who is told of a change is told after what is done with them."""
    found = select(Service.id).where(Service.id.in_(service_ids))
    if maker_unit_ids:
        found = found.where(Service.provider_id.in_(units_below(maker_unit_ids)))
    left = set(await session.scalars(found.order_by(Service.id).with_for_update(of=Service, read=True)))
    return [service for service in service_ids if service in left]


def _unlimited(principal: Principal) -> ColumnElement[bool]:
    return false() if principal.role in LIMITED_ROLES else true()


def _provided_by(units: Select[UUID]) -> Select[UUID]:
    return select(Service.id).where(Service.provider_id.in_(units))


def _among(ids: Ids, found: Select[UUID]) -> ColumnElement[bool]:
    among: ColumnElement[bool] = ids.contained_by(func.array(found.scalar_subquery(), type_=ARRAY(Uuid())))
    return among
