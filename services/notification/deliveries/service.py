"""What an administrator may do with a delivery."""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.deliveries import queries
from services.notification.deliveries.models import Delivery
from services.notification.deliveries.rules import RESENDABLE, State
from services.shared.problems import conflict, not_found


async def find(session: AsyncSession, organisation_id: UUID, delivery_id: UUID, *, lock: bool = False) -> Delivery:
    """Reminders are not found, as if they did not exist."""
    found = await queries.invitation(session, organisation_id, delivery_id, lock=lock)
    if found is None:
        raise not_found("delivery")
    return found


async def resend(session: AsyncSession, organisation_id: UUID, delivery_id: UUID) -> Delivery:
    """Puts it back into the queue with all its tries, for instance after the address was mended in the HR system."""
    delivery = await find(session, organisation_id, delivery_id, lock=True)
    if delivery.state not in RESENDABLE:
        raise conflict(
            "notResendable", f"Only bounced and parked deliveries can be sent again; this is {delivery.state}."
        )
    wave = await queries.wave(session, organisation_id, delivery.wave_id)
    now = datetime.now(UTC)
    if wave is None or wave.closed or wave.closes_at <= now:
        raise conflict("waveClosed", "The wave is over; nobody can answer any more.")
    delivery.state, delivery.attempts, delivery.due_at = State.QUEUED, 0, now
    delivery.reason = delivery.reply = None
    delivery.updated_at, delivery.version = now, delivery.version + 1
    await session.flush()
    return delivery
