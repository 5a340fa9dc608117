"""Who may see what is over services: whose these all are. They stay with whoever made a plan or opened a wave over them,
whose services go or move: it mails, and they must be able to stop it."""

from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Select, Uuid, and_, cast, false, func, or_, select, true
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


def opened_by(
    principal: Principal, service_ids: Ids, providers: InstrumentedAttribute[dict[str, Any]]
) -> ColumnElement[bool]:
    """Are all these services of the caller's providers, or were they when the wave was scheduled or drawn? `providers` is
    empty before that."""
    if principal.role not in LIMITED_ROLES or not principal.unit_ids:
        return _unlimited(principal)
    held = units_below(principal.unit_ids)
    then = func.jsonb_each_text(providers).table_valued("key", "value")
    others = select(then.c.key).where(cast(then.c.value, Uuid()).not_in(held))
    return or_(_among(service_ids, _provided_by(held)), and_(providers != {}, ~others.exists()))


def _unlimited(principal: Principal) -> ColumnElement[bool]:
    return false() if principal.role in LIMITED_ROLES else true()


def _provided_by(units: Select[UUID]) -> Select[UUID]:
    return select(Service.id).where(Service.provider_id.in_(units))


def _among(ids: Ids, found: Select[UUID]) -> ColumnElement[bool]:
    among: ColumnElement[bool] = ids.contained_by(func.array(found.scalar_subquery(), type_=ARRAY(Uuid())))
    return among
