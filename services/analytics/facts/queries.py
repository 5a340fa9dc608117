"""Reading facts. Only releases and the names of things read from here; figures are read from released rows."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from services.analytics.facts import models
from services.shared.problems import parameter_error

EXTERNAL = "external:"


async def providers(session: AsyncSession, service_ids: Collection[UUID]) -> Mapping[UUID, UUID]:
    service = models.CatalogueService
    found = await session.execute(select(service.id, service.provider_id).where(service.id.in_(service_ids)))
    return dict(found.all())


async def units_below(session: AsyncSession, unit_ids: Iterable[UUID]) -> frozenset[UUID]:
    """These units and all that are below them now."""
    unit = models.Unit
    reached = select(unit.id).where(unit.id.in_(list(unit_ids))).cte("reached", recursive=True)
    reached = reached.union(select(unit.id).join(reached, unit.parent_id == reached.c.id))
    return frozenset((await session.scalars(select(reached.c.id))).all())


async def unit_id(session: AsyncSession, reference: str, parameter: str) -> UUID:
    """The id that a reference names. Whatever no unit has is answered by an id that no row has."""
    return await _resolve(session, models.Unit, reference, parameter)


async def service_id(session: AsyncSession, reference: str, parameter: str) -> UUID:
    return await _resolve(session, models.CatalogueService, reference, parameter)


async def _resolve(
    session: AsyncSession, table: type[models.Unit | models.CatalogueService], reference: str, parameter: str
) -> UUID:
    """What was removed keeps its external id, which may have been given again: then the last one is meant."""
    if not reference.startswith(EXTERNAL):
        try:
            return UUID(reference)
        except ValueError:
            raise parameter_error(parameter, "notAReference", "is neither an id nor external:… nor none") from None
    if "\0" in reference:
        raise parameter_error(parameter, "unstorableText", "has a character that cannot be stored")
    named = select(table.id).where(table.external_id == reference.removeprefix(EXTERNAL))
    found: UUID | None = await session.scalar(named.order_by(table.removed, table.id.desc()).limit(1))
    return found or models.NONE


async def wave(session: AsyncSession, wave_id: UUID) -> models.Wave | None:
    return (await session.scalars(select(models.Wave).where(models.Wave.id == wave_id))).one_or_none()


async def pieces_missing(session: AsyncSession, wave_id: UUID) -> bool:
    """Whether an event of its taking out did not take effect; NoResultFound if it was not taken out."""
    learned = select(func.count()).select_from(models.Piece).where(models.Piece.wave_id == wave_id).scalar_subquery()
    missing = select(models.Taking.pieces - learned).where(models.Taking.wave_id == wave_id)
    return ((await session.scalars(missing)).one() or 0) > 0  # an earlier taking out does not say


async def survey_versions(
    session: AsyncSession, those: Collection[tuple[UUID, int]]
) -> dict[tuple[UUID, int], dict[str, Any]]:
    """Their definitions."""
    version = models.SurveyVersion
    found = await session.scalars(select(version).where(tuple_(version.survey_id, version.number).in_(those)))
    return {(each.survey_id, each.number): each.definition for each in found}


async def survey_version(session: AsyncSession, survey_id: UUID, number: int) -> models.SurveyVersion:
    version = models.SurveyVersion
    found = await session.scalars(select(version).where(version.survey_id == survey_id, version.number == number))
    return found.one()
