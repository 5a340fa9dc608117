"""What readers of deliveries ask."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, false, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.deliveries.models import Delivery, ReminderRound, Wave
from services.notification.deliveries.rules import State
from services.shared.ids import number_of


def invitations(
    organisation_id: UUID, *, wave_id: UUID | None, state: str | None, invitation: UUID | None
) -> Select[Delivery]:
    found = select(Delivery).where(Delivery.organisation_id == organisation_id, Delivery.kind == "invitation")
    if wave_id is not None:
        found = found.where(Delivery.wave_id == wave_id)
    if state is not None:
        found = found.where(Delivery.state == state)
    if invitation is not None:
        number = number_of(invitation)
        found = found.where(false() if number is None else Delivery.invitation_number == number)
    return found


async def invitation(
    session: AsyncSession, organisation_id: UUID, delivery_id: UUID, *, lock: bool = False
) -> Delivery | None:
    found = invitations(organisation_id, wave_id=None, state=None, invitation=None).where(Delivery.id == delivery_id)
    return (await session.scalars(found.with_for_update() if lock else found)).one_or_none()


def reminder_rounds(organisation_id: UUID, wave_id: UUID | None) -> Select[ReminderRound]:
    found = select(ReminderRound).where(ReminderRound.organisation_id == organisation_id)
    return found if wave_id is None else found.where(ReminderRound.wave_id == wave_id)


async def wave(session: AsyncSession, organisation_id: UUID, wave_id: UUID) -> Wave | None:
    found = select(Wave).where(Wave.organisation_id == organisation_id, Wave.id == wave_id)
    return (await session.scalars(found)).one_or_none()


async def went_to(
    session: AsyncSession, organisation_id: UUID, invitations: Collection[int]
) -> dict[int, bytes | None]:
    """The marks of these invitations."""
    found = select(Delivery.invitation_number, Delivery.mark).where(
        Delivery.organisation_id == organisation_id, Delivery.kind == "invitation",
        Delivery.invitation_number.in_(invitations),
    )  # fmt: skip
    return dict((await session.execute(found)).all())


def reminded(
    organisation_id: UUID, wave_id: UUID, number: int, invitations: Collection[str] | None = None
) -> Select[UUID, UUID, str, int, int, str, datetime]:
    """The rows of a reminder: for every invitation of the wave, or of these, that was not refused."""
    rows = select(
        Delivery.organisation_id,
        Delivery.wave_id,
        literal("reminder"),
        Delivery.invitation_number,
        literal(number),
        literal(State.QUEUED.value),
        func.now(),
    ).where(
        Delivery.organisation_id == organisation_id,
        Delivery.wave_id == wave_id,
        Delivery.kind == "invitation",
        Delivery.state.not_in((State.BOUNCED, State.CANCELLED)),
    )
    if invitations is None:
        return rows
    return rows.where(Delivery.invitation_number.in_([int(invitation) for invitation in invitations]))
