"""What survey tells about organisations and their API keys."""

from collections.abc import Mapping

from sqlalchemy import or_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.envelope import Envelope
from services.contracts.events import ApiKeyChanged, OrganisationChanged
from services.notification.organisation.models import Organisation
from services.shared.consumer import Handler
from services.shared.keys import ApiKey


async def on_organisation_changed(session: AsyncSession, event: Envelope[OrganisationChanged]) -> None:
    told = {"name": event.data.name, "time_zone": event.data.time_zone, "languages": event.data.languages}
    row = insert(Organisation).values(organisation_id=event.organisation_id, **told)
    await session.execute(row.on_conflict_do_update(index_elements=[Organisation.organisation_id], set_=told))


async def on_api_key_changed(session: AsyncSession, event: Envelope[ApiKeyChanged]) -> None:
    data = event.data
    told = {
        "hash": data.hash, "role": data.role, "unit_ids": data.unit_ids, "expires_at": data.expires_at,
        "revoked": data.revoked,
    }  # fmt: skip
    row = insert(ApiKey).values(organisation_id=event.organisation_id, id=data.key_id, name="", **told)
    changed = told | {"revoked": or_(ApiKey.revoked, row.excluded.revoked)}  # for good, whatever is told late
    await session.execute(row.on_conflict_do_update(index_elements=[ApiKey.organisation_id, ApiKey.id], set_=changed))


HANDLERS: Mapping[str, Handler] = {
    OrganisationChanged.type: on_organisation_changed,
    ApiKeyChanged.type: on_api_key_changed,
}
