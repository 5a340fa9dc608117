"""Every select of services and audiences.

Who is limited to units finds, as a provider, the services of these units; as a consumer, those that these units use.
"""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, CompoundSelect, Select, and_, exists, false, func, select, true
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.shared.auth import Principal
from services.survey.catalogue.models import AudienceUnit, Service, ServiceCost
from services.survey.organisation.models import Employee, Unit
from services.survey.organisation.queries import named, units_below, within
from services.survey.waves.models import Wave


def services(principal: Principal) -> Select[Service]:
    return select(Service).where(Service.organisation_id == principal.organisation_id, _visible(principal))


def costs(service_id: UUID) -> Select[ServiceCost]:
    return select(ServiceCost).where(ServiceCost.service_id == service_id)


def filtered(principal: Principal, provider: str | None, unit: str | None) -> Select[Service]:
    found = services(principal)
    if provider is not None:
        found = found.where(of_provider(provider))
    return found if unit is None else found.where(of_user(unit))


def _visible(principal: Principal) -> ColumnElement[bool]:
    if principal.role == "consumer-manager":
        return Service.id.in_(used_in(principal.unit_ids)) if principal.unit_ids else false()
    return within(principal, Service.provider_id)


def of_provider(reference: str) -> ColumnElement[bool]:
    same = named(Unit.id, Unit.external_id, reference)
    return Service.provider_id.in_(select(Unit.id).where(Unit.organisation_id == Service.organisation_id, same))


def of_user(reference: str) -> ColumnElement[bool]:
    """Services of which the unit itself is a user: it or a unit above it is in the audience."""
    unit = select(Unit.id).where(named(Unit.id, Unit.external_id, reference))
    return Service.id.in_(_audiences_of(_in_or_above(unit)))


def of_reference(reference: str) -> ColumnElement[bool]:
    return named(Service.id, Service.external_id, reference)


def used_in(unit_ids: Collection[UUID]) -> Select[UUID]:
    """Services that somebody in or below these units uses."""
    above = _in_or_above(select(Unit.id).where(Unit.id.in_(list(unit_ids))))
    return _audiences_of(units_below(unit_ids).union(above))


def _audiences_of(units: CompoundSelect[UUID] | Select[UUID]) -> Select[UUID]:
    return select(AudienceUnit.service_id).where(AudienceUnit.unit_id.in_(units))


def _in_or_above(units: Select[UUID]) -> Select[UUID]:
    start = select(Unit.organisation_id, Unit.id, Unit.parent_id).where(Unit.id.in_(units))
    path = start.cte("path", recursive=True)
    above = aliased(Unit)
    path = path.union(
        select(above.organisation_id, above.id, above.parent_id).join(
            path, and_(above.organisation_id == path.c.organisation_id, above.id == path.c.parent_id)
        )
    )
    return select(path.c.id)


async def service(session: AsyncSession, principal: Principal, reference: str, *, lock: bool = False) -> Service | None:
    found = services(principal).where(of_reference(reference))
    return (await session.scalars(found.with_for_update(of=Service) if lock else found)).one_or_none()


async def external_service_taken(session: AsyncSession, external_id: str, but: UUID | None) -> bool:
    same = exists().where(Service.external_id == external_id, Service.id != but if but else true())
    return bool(await session.scalar(select(same)))


async def provides(session: AsyncSession, unit_id: UUID) -> bool:
    return bool(await session.scalar(select(exists().where(Service.provider_id == unit_id))))


async def asked_about(session: AsyncSession, service_id: UUID) -> bool:
    """Is there a wave that has not ended and asks of the service?"""
    waves = exists().where(Wave.service_ids.contains([service_id]), Wave.status.in_(["draft", "open"]))
    return bool(await session.scalar(select(waves)))


async def providers(session: AsyncSession) -> set[UUID]:
    return set((await session.scalars(select(Service.provider_id).distinct())).all())


async def audience(session: AsyncSession, service_ids: Collection[UUID]) -> dict[UUID, list[UUID]]:
    """The units of each service's audience as they were given, without those below them."""
    units = func.array_agg(aggregate_order_by(AudienceUnit.unit_id, AudienceUnit.unit_id))
    rows = await session.execute(
        select(AudienceUnit.service_id, units)
        .where(AudienceUnit.service_id.in_(service_ids))
        .group_by(AudienceUnit.service_id)
    )
    return {row[0]: list(row[1]) for row in rows}


async def audiences_with(session: AsyncSession, unit_id: UUID) -> Sequence[UUID]:
    return (await session.scalars(_audiences_of(select(Unit.id).where(Unit.id == unit_id)))).all()


def _covered(service_ids: Collection[UUID]) -> Select[UUID, UUID, UUID]:
    """Organisation, service and unit: the audiences with all units below theirs."""
    top = (
        select(AudienceUnit.organisation_id, AudienceUnit.service_id, AudienceUnit.unit_id)
        .where(AudienceUnit.service_id.in_(service_ids))
        .cte("covered", recursive=True)
    )
    child = aliased(Unit)
    covered = top.union(
        select(child.organisation_id, top.c.service_id, child.id).join(
            top, and_(child.organisation_id == top.c.organisation_id, child.parent_id == top.c.unit_id)
        )
    )
    return select(covered.c.organisation_id, covered.c.service_id, covered.c.unit_id)


async def user_counts(session: AsyncSession, service_ids: Collection[UUID]) -> dict[UUID, int]:
    """How many active employees use each of these services; one that nobody uses is not there."""
    covered = _covered(service_ids).subquery()
    rows = await session.execute(
        select(covered.c.service_id, func.count())
        .join(
            Employee,
            and_(Employee.organisation_id == covered.c.organisation_id, Employee.unit_id == covered.c.unit_id),
        )
        .where(Employee.active)
        .group_by(covered.c.service_id)
    )
    return {row[0]: row[1] for row in rows}
