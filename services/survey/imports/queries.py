"""Every select of imports: their state, their queue, and what is there when a file comes in."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Select, Uuid, any_, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from services.shared.auth import Principal
from services.survey.catalogue.models import Service
from services.survey.imports.models import Import, ImportJob, ImportMapping, ImportPart, ImportRowError
from services.survey.organisation.models import Employee, Unit
from services.survey.waves.models import Wave

Ids = InstrumentedAttribute[UUID] | InstrumentedAttribute[UUID | None]


def imports(principal: Principal) -> Select[Import]:
    return select(Import).where(Import.organisation_id == principal.organisation_id)


async def import_of(session: AsyncSession, import_id: UUID, *, lock: bool = False) -> Import | None:
    found = select(Import).where(Import.id == import_id)
    return (await session.scalars(found.with_for_update() if lock else found)).one_or_none()


def errors(import_id: UUID) -> Select[ImportRowError]:
    return select(ImportRowError).where(ImportRowError.import_id == import_id)


async def uploads_before(session: AsyncSession, instant: ColumnElement[datetime]) -> list[tuple[UUID, UUID]]:
    """Organisation and import. Needs a transaction of EVERYONE."""
    found = select(ImportPart.organisation_id, ImportPart.import_id).where(
        ImportPart.number == 0, ImportPart.created_at < instant
    )
    return [(row[0], row[1]) for row in await session.execute(found)]


async def part_count(session: AsyncSession, import_id: UUID) -> int:
    return await session.scalar(select(func.count()).where(ImportPart.import_id == import_id)) or 0


async def part(session: AsyncSession, import_id: UUID, number: int) -> bytes:
    found = select(ImportPart.content).where(ImportPart.import_id == import_id, ImportPart.number == number)
    return (await session.scalars(found)).one()


def mappings(principal: Principal) -> Select[ImportMapping]:
    return select(ImportMapping).where(ImportMapping.organisation_id == principal.organisation_id)


async def mapping_of(session: AsyncSession, mapping_id: UUID, *, lock: bool = False) -> ImportMapping | None:
    found = select(ImportMapping).where(ImportMapping.id == mapping_id)
    return (await session.scalars(found.with_for_update() if lock else found)).one_or_none()


async def mapping_named(session: AsyncSession, name: str) -> ImportMapping | None:
    return (await session.scalars(select(ImportMapping).where(ImportMapping.name == name))).one_or_none()


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


def literal_ids(ids: Iterable[UUID]) -> str:
    """As SQL over `t`."""
    listed = ", ".join(f"'{found}'" for found in ids)
    return f"t.id IN ({listed})" if listed else "false"


def among(column: Ids, ids: Iterable[UUID]) -> ColumnElement[bool]:
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
