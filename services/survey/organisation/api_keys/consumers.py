"""Keys are used at every service; their owner sees it here."""

from collections.abc import Mapping

from sqlalchemy import func, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.envelope import Envelope
from services.contracts.events import ApiKeyUsed
from services.shared.consumer import Handler
from services.shared.keys import ApiKey


async def on_api_key_used(session: AsyncSession, event: Envelope[ApiKeyUsed]) -> None:
    """The last of all services' dates. It is no change of the key: `updatedAt` stays."""
    latest = func.greatest(ApiKey.last_used_date, event.data.used_date)
    await session.execute(
        update(ApiKey)
        .where(ApiKey.organisation_id == event.organisation_id, ApiKey.id == event.data.key_id)
        .values(last_used_date=latest, updated_at=ApiKey.updated_at)
    )


HANDLERS: Mapping[str, Handler] = {ApiKeyUsed.type: on_api_key_used}
