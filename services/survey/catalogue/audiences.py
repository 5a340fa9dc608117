"""The product / target-group matrix: changing who uses what, and showing it."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import delete, insert, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.auth import Principal
from services.shared.etags import require_match
from services.shared.problems import FieldError, invalid
from services.survey.catalogue import queries, schemas
from services.survey.catalogue.models import AudienceUnit, Service
from services.survey.catalogue.service import found
from services.survey.organisation import queries as organisation


async def put(
    session: AsyncSession, principal: Principal, reference: str, if_match: str | None, body: schemas.AudienceBody
) -> Service:
    await organisation.wait_for_files(session)
    service = await found(session, principal, reference, lock=True)
    require_match(if_match, service.audience_version)
    known = await organisation.unit_ids_named(session, body.unit_ids)
    errors = [
        FieldError(pointer=f"/unitIds/{place}", code="unknownReference", detail="is no unit here")
        for place, unit in enumerate(body.unit_ids)
        if unit not in known
    ]
    if errors:
        raise invalid(errors)
    await session.execute(delete(AudienceUnit).where(AudienceUnit.service_id == service.id))
    rows = [
        {"organisation_id": service.organisation_id, "service_id": service.id, "unit_id": unit_id}
        for unit_id in {known[unit] for unit in body.unit_ids}
    ]
    if rows:
        await session.execute(insert(AudienceUnit), rows)
    service.audience_version += 1
    await session.flush()
    return service


async def leave(session: AsyncSession, unit_id: UUID) -> None:
    """For a unit that is going."""
    await touched(session, await queries.audiences_with(session, unit_id))
    await session.execute(delete(AudienceUnit).where(AudienceUnit.unit_id == unit_id))


async def touched(session: AsyncSession, service_ids: Collection[UUID]) -> None:
    if service_ids:
        await session.execute(
            update(Service)
            .where(Service.id.in_(service_ids))
            .values(audience_version=Service.audience_version + 1, updated_at=Service.updated_at)
        )


async def shown(session: AsyncSession, service: Service) -> schemas.Audience:
    units = await queries.audience(session, [service.id])
    users = await queries.user_counts(session, [service.id])
    return schemas.Audience(unit_ids=units.get(service.id, []), users=users.get(service.id, 0))


async def matrix(session: AsyncSession, services: Sequence[Service]) -> list[schemas.MatrixRow]:
    ids = [service.id for service in services]
    units, users = await queries.audience(session, ids), await queries.user_counts(session, ids)
    return [
        schemas.MatrixRow(
            service_id=service.id,
            provider_id=service.provider_id,
            unit_ids=units.get(service.id, []),
            users=users.get(service.id, 0),
        )
        for service in services
    ]
