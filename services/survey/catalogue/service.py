"""Changing what providers deliver."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.events import ServiceChanged, ServiceRemoved
from services.shared import outbox
from services.shared.auth import Principal
from services.shared.etags import require_match
from services.shared.patch import patched
from services.shared.problems import body_error, conflict, not_found
from services.shared.schemas import Money
from services.survey.catalogue import queries, schemas
from services.survey.catalogue.models import Service
from services.survey.interactions import arrivals
from services.survey.organisation import queries as organisation

PLAIN = ("external_id", "name", "category", "commercial_source")


async def found(session: AsyncSession, principal: Principal, reference: str, *, lock: bool = False) -> Service:
    service = await queries.service(session, principal, reference, lock=lock)
    if service is None:
        raise not_found("service")
    return service


async def make(session: AsyncSession, body: schemas.ServiceBody) -> Service:
    await organisation.wait_for_files(session)
    service = Service(organisation_id=session.info["organisation_id"], **await _columns(session, body, None))
    session.add(service)
    await session.flush()
    await arrivals.service_came(session, service)
    await outbox.append(session, changed(service), str(service.id))
    return service


async def change(
    session: AsyncSession, principal: Principal, reference: str, if_match: str | None, patch: Mapping[str, Any]
) -> Service:
    await organisation.wait_for_files(session)
    service = await found(session, principal, reference, lock=True)
    require_match(if_match, service.version)
    columns = await _columns(session, patched(_body_of(service), patch), service.id)
    for name, value in columns.items():
        setattr(service, name, value)
    service.version += 1
    await session.flush()
    if "externalId" in patch:
        await arrivals.service_came(session, service)
    await outbox.append(session, changed(service), str(service.id))
    return service


async def remove(session: AsyncSession, principal: Principal, reference: str, if_match: str | None) -> None:
    """Its audience goes with it; what was measured stays."""
    await organisation.wait_for_files(session)
    service = await found(session, principal, reference, lock=True)
    require_match(if_match, service.version)
    if await queries.asked_about(session, service.id):
        raise conflict("serviceInUse", "A wave that has not ended asks about this service.")
    await arrivals.services_go(session, [service.id])
    await session.execute(delete(Service).where(Service.id == service.id))
    await outbox.append(session, ServiceRemoved(service_id=service.id), str(service.id))


def changed(service: Service) -> ServiceChanged:
    return ServiceChanged(
        service_id=service.id,
        external_id=service.external_id,
        provider_id=service.provider_id,
        name=service.name,
        category=service.category,
        yearly_cost=service.yearly_cost,
        yearly_cost_currency=service.yearly_cost_currency,
        commercial_price_per_user=service.commercial_price_per_user,
        commercial_price_currency=service.commercial_price_currency,
        commercial_source=service.commercial_source,
    )


async def _columns(session: AsyncSession, body: schemas.ServiceBody, service_id: UUID | None) -> dict[str, Any]:
    provider = await organisation.unit_named(session, body.provider_id)
    if provider is None:
        raise body_error("/providerId", "unknownReference", "is no unit here")
    if not provider.is_provider:
        raise body_error("/providerId", "notAProvider", "is a unit that is not a provider")
    if body.external_id is not None and await queries.external_service_taken(session, body.external_id, service_id):
        raise conflict("externalIdTaken", "Another service has this externalId.")
    cost, price = body.yearly_cost, body.commercial_price_per_user
    return {
        **{name: getattr(body, name) for name in PLAIN},
        "provider_id": provider.id,
        "yearly_cost": cost.amount if cost else None,
        "yearly_cost_currency": cost.currency if cost else None,
        "commercial_price_per_user": price.amount if price else None,
        "commercial_price_currency": price.currency if price else None,
    }


def _money(service: Service) -> dict[str, Money | None]:
    cost, currency = service.yearly_cost, service.yearly_cost_currency
    price, price_currency = service.commercial_price_per_user, service.commercial_price_currency
    return {
        "yearly_cost": None if cost is None or currency is None else Money(amount=cost, currency=currency),
        "commercial_price_per_user": (
            None if price is None or price_currency is None else Money(amount=price, currency=price_currency)
        ),
    }


def _body_of(service: Service) -> schemas.ServiceBody:
    values = {name: getattr(service, name) for name in PLAIN}
    return schemas.ServiceBody.model_validate({**values, **_money(service), "provider_id": str(service.provider_id)})


def shown(service: Service) -> schemas.Service:
    names = (*PLAIN, "id", "provider_id", "created_at", "updated_at")
    return schemas.Service.model_validate({**{name: getattr(service, name) for name in names}, **_money(service)})
