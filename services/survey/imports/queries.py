"""Every select of imports: their state, their queue, and what is there when a file comes in."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Select, Uuid, any_, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from services.shared.auth import Principal
from services.survey.catalogue.models import AudienceUnit, Service
from services.survey.imports.models import Import, ImportJob, ImportPart, ImportRowError
from services.survey.imports.rules import Somebody
from services.survey.organisation.models import Employee, Unit
from services.survey.waves.models import Wave


def imports(principal: Principal) -> Select[Import]:
    return select(Import).where(Import.organisation_id == principal.organisation_id)


async def import_of(session: AsyncSession, import_id: UUID, *, lock: bool = False) -> Import | None:
    found = select(Import).where(Import.id == import_id)
    return (await session.scalars(found.with_for_update() if lock else found)).one_or_none()


def errors(import_id: UUID) -> Select[ImportRowError]:
    return select(ImportRowError).where(ImportRowError.import_id == import_id)


async def content(session: AsyncSession, import_id: UUID) -> bytes:
    parts = select(ImportPart.content).where(ImportPart.import_id == import_id).order_by(ImportPart.number)
    return b"".join((await session.scalars(parts)).all())


async def organisations_waiting(session: AsyncSession) -> list[UUID]:
    """Needs a transaction of EVERYONE. Longest waiting first."""
    found = (
        select(ImportJob.organisation_id)
        .where(_free())
        .group_by(ImportJob.organisation_id)
        .order_by(func.min(ImportJob.queued_at))
    )
    return list((await session.scalars(found)).all())


async def oldest_job(session: AsyncSession) -> ImportJob | None:
    """The organisation's oldest, locked, unless a worker has it: files take effect in the order they came."""
    oldest = select(ImportJob.import_id).order_by(ImportJob.queued_at, ImportJob.import_id).limit(1)
    found = select(ImportJob).where(ImportJob.import_id == oldest.scalar_subquery(), _free())
    return (await session.scalars(found.with_for_update(skip_locked=True))).one_or_none()


def claimed_by(token: UUID) -> Select[UUID]:
    """Skips the row while the effect's transaction has it."""
    return select(ImportJob.import_id).where(ImportJob.claim == token).with_for_update(skip_locked=True)


def _free() -> ColumnElement[bool]:
    return or_(ImportJob.claimed_until.is_(None), ImportJob.claimed_until < func.now())


async def units_there(session: AsyncSession) -> list[Unit]:
    return list((await session.scalars(select(Unit))).all())


async def unit_ids(session: AsyncSession) -> dict[str, UUID]:
    """Of those with an externalId, by it."""
    found = await session.execute(select(Unit.external_id, Unit.id).where(Unit.external_id.is_not(None)))
    return {row[0]: row[1] for row in found if row[0] is not None}


async def provider_ids(session: AsyncSession) -> set[UUID]:
    return set((await session.scalars(select(Unit.id).where(Unit.is_provider))).all())


async def employees_there(session: AsyncSession) -> dict[str, Somebody]:
    """Those with an externalId by it, the others by their id."""
    found = await session.execute(
        select(Employee.external_id, Employee.id, func.lower(Employee.email), Employee.manager_id, Employee.active)
    )
    return {row[0] or str(row[1]): Somebody(row[1], row[2], row[3], row[4]) for row in found}


async def services_there(session: AsyncSession) -> dict[str, UUID]:
    found = await session.execute(select(Service.external_id, Service.id).where(Service.external_id.is_not(None)))
    return {row[0]: row[1] for row in found if row[0] is not None}


def among(column: InstrumentedAttribute[UUID], ids: Iterable[UUID]) -> ColumnElement[bool]:
    """As one parameter: `IN` has one for each, of which a statement may have 32,767."""
    return column == any_(literal(list(ids), ARRAY(Uuid)))


async def services_with(session: AsyncSession, ids: list[UUID]) -> list[Service]:
    found = select(Service).where(among(Service.id, ids)).order_by(Service.id)
    return list((await session.scalars(found.execution_options(populate_existing=True))).all())


async def units_with(session: AsyncSession, ids: list[UUID]) -> list[Unit]:
    found = select(Unit).where(among(Unit.id, ids)).order_by(Unit.id)
    return list((await session.scalars(found.execution_options(populate_existing=True))).all())


async def services_asked_about(session: AsyncSession) -> set[UUID]:
    """In waves that have not ended."""
    found = select(func.unnest(Wave.service_ids)).where(Wave.status.in_(["draft", "open"]))
    return set((await session.scalars(found)).all())


async def occupied_units(session: AsyncSession) -> dict[UUID, str]:
    """Why a unit cannot go, those with units below it apart."""
    people = select(Employee.unit_id).where(Employee.active).distinct()
    found = dict.fromkeys((await session.scalars(people)).all(), "unitHasEmployees")
    services = await session.scalars(select(Service.provider_id).distinct())
    return found | dict.fromkeys(services.all(), "unitHasServices")


async def audience_pairs(session: AsyncSession) -> set[tuple[UUID, UUID]]:
    """Service and unit."""
    found = await session.execute(select(AudienceUnit.service_id, AudienceUnit.unit_id))
    return {(row[0], row[1]) for row in found}
