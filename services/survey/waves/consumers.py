"""What survey learns from its peers about waves."""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.envelope import Envelope
from services.contracts.events import DeliveryBounced, DeliverySent, ReleasePublished
from services.shared.consumer import Consumer, Handler
from services.survey.organisation.api_keys import consumers as keys
from services.survey.waves.models import Invitation, Wave


async def on_release_published(session: AsyncSession, event: Envelope[ReleasePublished]) -> None:
    await session.execute(
        update(Wave)
        .where(Wave.organisation_id == event.organisation_id, Wave.id == event.data.wave_id, Wave.status == "closed")
        .values(status="released", revision=Wave.revision + 1)
    )


async def on_delivery_sent(session: AsyncSession, event: Envelope[DeliverySent]) -> None:
    """What comes last holds: a mail that bounced may have been sent again since."""
    await _mark(session, event, "sent")


async def on_delivery_bounced(session: AsyncSession, event: Envelope[DeliveryBounced]) -> None:
    await _mark(session, event, "bounced")


async def _mark(session: AsyncSession, event: Envelope[DeliverySent] | Envelope[DeliveryBounced], state: str) -> None:
    await session.execute(
        update(Invitation)
        .where(
            Invitation.organisation_id == event.organisation_id,
            Invitation.number == int(event.data.invitation_id),
            Invitation.wave_id == event.data.wave_id,
        )
        .values(delivery_state=state)
    )


def by_invitation(event: Mapping[str, Any]) -> tuple[str, int]:
    """The order in which answering locks invitations (`responses/ddl.py`): in another, the two could wait for each other
    in a circle."""
    return event["organisationid"], int(event["data"].get("invitationId", 0))


ANALYTICS_HANDLERS: Mapping[str, Handler] = {"release.published": on_release_published}
NOTIFICATION_HANDLERS: Mapping[str, Handler] = {
    "delivery.sent": on_delivery_sent,
    "delivery.bounced": on_delivery_bounced,
}


def feeds(app: FastAPI) -> list[Consumer]:
    settings, database = app.state.settings, app.state.database
    return [
        Consumer(settings, database, "survey", "analytics", {**ANALYTICS_HANDLERS, **keys.HANDLERS}),
        Consumer(
            settings,
            database,
            "survey",
            "notification",
            {**NOTIFICATION_HANDLERS, **keys.HANDLERS},
            order=by_invitation,
        ),
    ]
