"""Reading released rows for scorecards and the cross-section. Only rows of the release that counts are read."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import any_, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.analytics.facts.models import CatalogueService, Unit
from services.analytics.releases.models import Release
from services.analytics.response_rates.models import ResponseRate
from services.analytics.scores.models import Score


async def release(session: AsyncSession, provider_id: UUID | None, wave_id: UUID | None) -> Release | None:
    """Of this wave, else the newest; one that measures the provider, if one is given."""
    statement = select(Release).where(Release.superseded.is_(False))
    if provider_id is not None:
        statement = statement.where(literal(provider_id) == any_(Release.provider_ids))
    if wave_id is not None:
        statement = statement.where(Release.wave_id == wave_id)
    newest = statement.order_by(Release.opens_at.desc(), Release.id.desc()).limit(1)
    return (await session.scalars(newest)).one_or_none()


async def earlier(session: AsyncSession, now: Release) -> Sequence[Release]:
    """Releases of the same survey, in the order in which their waves opened, up to and with this one."""
    statement = select(Release).where(
        Release.superseded.is_(False), Release.survey_key == now.survey_key, Release.opens_at <= now.opens_at
    )
    return (await session.scalars(statement.order_by(Release.opens_at, Release.id))).all()


async def whole(session: AsyncSession, release_ids: Collection[UUID], provider_id: UUID) -> Sequence[Score]:
    """A provider's cells over the whole organisation: its services', and those of all of them pooled."""
    statement = select(Score).where(
        Score.release_id.in_(release_ids), Score.provider_id == provider_id, Score.consumer_id.is_(None)
    )
    return (await session.scalars(statement.order_by(Score.id))).all()


async def crossing(session: AsyncSession, now: Release, question_id: str, units: Collection[UUID]) -> Sequence[Score]:
    """Providers' pooled cells of one question, of the whole organisation and of these units."""
    statement = select(Score).where(
        Score.release_id == now.id,
        Score.wave_id == now.wave_id,
        Score.question_id == question_id,
        Score.service_id.is_(None),
        Score.provider_id.is_not(None),
        Score.consumer_id.is_(None) | Score.consumer_id.in_(units),
    )
    return (await session.scalars(statement.order_by(Score.id))).all()


async def total_rate(session: AsyncSession, now: Release) -> ResponseRate | None:
    statement = select(ResponseRate).where(ResponseRate.release_id == now.id, ResponseRate.unit_id.is_(None))
    return (await session.scalars(statement)).one_or_none()


async def services(session: AsyncSession, service_ids: Collection[UUID]) -> Sequence[CatalogueService]:
    statement = select(CatalogueService).where(CatalogueService.id.in_(service_ids))
    return (await session.scalars(statement)).all()


async def units(session: AsyncSession, unit_ids: Collection[UUID]) -> Sequence[Unit]:
    statement = select(Unit).where(Unit.id.in_(unit_ids)).order_by(Unit.external_id, Unit.name)
    return (await session.scalars(statement)).all()
