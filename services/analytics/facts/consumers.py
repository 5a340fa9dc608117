"""Where survey's events arrive. What was said last holds; counts are added once."""

from collections.abc import Iterator
from typing import Any, Final
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from services.analytics.facts import models, queries, rules
from services.analytics.facts.models import NONE
from services.analytics.facts.service import add_counts, is_new, put
from services.contracts import events
from services.contracts.envelope import Envelope
from services.shared.consumer import Handler
from services.shared.keys import ApiKey


async def on_organisation_changed(session: AsyncSession, event: Envelope[events.OrganisationChanged]) -> None:
    said = event.data.model_dump(exclude={"organisation_id"})
    await put(session, models.Organisation, [said])


async def on_api_key_changed(session: AsyncSession, event: Envelope[events.ApiKeyChanged]) -> None:
    said = event.data
    found = await session.get(ApiKey, (session.info["organisation_id"], said.key_id))
    if found is None:
        found = ApiKey(organisation_id=session.info["organisation_id"], id=said.key_id)
        session.add(found)
    found.hash, found.role, found.unit_ids = said.hash, said.role, said.unit_ids
    found.expires_at, found.revoked = said.expires_at, found.revoked or said.revoked  # for good


async def on_unit_changed(session: AsyncSession, event: Envelope[events.UnitChanged]) -> None:
    said = event.data.model_dump(exclude={"unit_id"})
    await put(session, models.Unit, [{"id": event.data.unit_id, **said, "removed": False}])


async def on_unit_removed(session: AsyncSession, event: Envelope[events.UnitRemoved]) -> None:
    await session.execute(update(models.Unit).where(models.Unit.id == event.data.unit_id).values(removed=True))


async def on_service_changed(session: AsyncSession, event: Envelope[events.ServiceChanged]) -> None:
    said = event.data.model_dump(exclude={"service_id"})
    await put(session, models.CatalogueService, [{"id": event.data.service_id, **said, "removed": False}])


async def on_service_removed(session: AsyncSession, event: Envelope[events.ServiceRemoved]) -> None:
    service = models.CatalogueService
    await session.execute(update(service).where(service.id == event.data.service_id).values(removed=True))


async def on_survey_published(session: AsyncSession, event: Envelope[events.SurveyPublished]) -> None:
    said = event.data.model_dump(exclude={"version"})
    await put(session, models.SurveyVersion, [{**said, "number": event.data.version}])


async def on_wave_drawn(session: AsyncSession, event: Envelope[events.WaveDrawn]) -> None:
    wave: dict[str, Any] = {"wave_id": event.data.wave_id}
    units = [unit.model_dump(exclude={"service_ids", "provider_ids"}) for unit in event.data.units]
    await put(session, models.WaveUnit, [{**wave, **unit} for unit in units])
    users = [
        {**wave, "unit_id": unit.unit_id, "service_id": service, "provider_id": provider, "users": unit.population}
        for unit in event.data.units
        for service, provider in _used(unit)
    ]
    await put(session, models.WaveUsers, users)


def _used(unit: events.DrawnUnit) -> Iterator[tuple[UUID, UUID]]:
    """Each of its services, each of their providers, and any of them at all: neither."""
    yield from ((service, NONE) for service in unit.service_ids)
    yield from ((NONE, provider) for provider in unit.provider_ids)
    if unit.service_ids:
        yield NONE, NONE


async def on_former_wave_drawn(session: AsyncSession, event: Envelope[events.FormerWaveDrawn]) -> None:
    wave: dict[str, Any] = {"wave_id": event.data.wave_id}
    await put(session, models.WaveUnit, [{**wave, **unit.model_dump()} for unit in event.data.units])
    users = [
        {**wave, "unit_id": row.unit_id, "service_id": row.service_id or NONE,
         "provider_id": row.provider_id or NONE, "users": row.users}
        for row in event.data.users
    ]  # fmt: skip
    await put(session, models.WaveUsers, users)


async def on_wave_opened(session: AsyncSession, event: Envelope[events.WaveOpened]) -> None:
    """Who provides each service is kept as it is now: figures must not change when a service moves."""
    said = event.data
    providers = await queries.providers(session, said.service_ids)
    row = said.model_dump(exclude={"wave_id", "version", "service_ids"}) | {
        "id": said.wave_id,
        "survey_version": said.version,
        "providers": {str(service): str(provider) for service, provider in providers.items()},
        "status": "open",
    }
    await put(session, models.Wave, [row])


async def on_wave_extended(session: AsyncSession, event: Envelope[events.WaveExtended]) -> None:
    wave = models.Wave
    await session.execute(update(wave).where(wave.id == event.data.wave_id).values(closes_at=event.data.closes_at))


async def on_wave_closed(session: AsyncSession, event: Envelope[events.WaveClosed]) -> None:
    """`closedAt` is before the planned end where somebody closed it early."""
    wave = models.Wave
    said = {"status": "closed", "closes_at": event.data.closed_at}
    await session.execute(update(wave).where(wave.id == event.data.wave_id).values(said))


async def set_status(session: AsyncSession, wave_id: UUID, status: str) -> None:
    await session.execute(update(models.Wave).where(models.Wave.id == wave_id).values(status=status))


async def on_responses_taken(session: AsyncSession, event: Envelope[events.ResponsesTaken]) -> None:
    said = event.data
    if await is_new(session, said.wave_id, event.id):
        await add_counts(session, said.wave_id, said.service_id or NONE, rules.count(said.responses))


async def on_comments_taken(session: AsyncSession, event: Envelope[events.CommentsTaken]) -> None:
    said = event.data
    of = {"wave_id": said.wave_id, "service_id": said.service_id or NONE}
    if await is_new(session, said.wave_id, event.id):
        await put(session, models.Comment, [{**of, **comment.model_dump()} for comment in said.comments])


HANDLERS: Final[dict[str, Handler]] = {
    "organisation.changed": on_organisation_changed,
    "apiKey.changed": on_api_key_changed,
    "unit.changed": on_unit_changed,
    "unit.removed": on_unit_removed,
    "service.changed": on_service_changed,
    "service.removed": on_service_removed,
    "survey.published": on_survey_published,
    "wave.drawn.v2": on_wave_drawn,
    "wave.drawn": on_former_wave_drawn,
    "wave.opened": on_wave_opened,
    "wave.extended": on_wave_extended,
    "wave.closed": on_wave_closed,
    "responses.taken": on_responses_taken,
    "comments.taken": on_comments_taken,
}
