"""`/v1/deliveries` and `/v1/reminders`."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query, Response

from services.notification.deliveries import models, queries, service
from services.notification.deliveries.schemas import Delivery, DeliveryState, ReminderRound
from services.shared.auth import Caller, allow
from services.shared.etags import set_etag
from services.shared.ids import of_number
from services.shared.pages import Page, Paging, page, sorted_by
from services.shared.routing import Router
from services.shared.sessions import Session

router = Router(tag="deliveries")
READERS = [allow("admin", "director")]
DeliveryId = Annotated[UUID, Path(alias="deliveryId")]
SORTABLE = {"createdAt": models.Delivery.created_at, "updatedAt": models.Delivery.updated_at}
SORTABLE_ROUNDS = {"createdAt": models.ReminderRound.created_at}


@router.get("/deliveries", dependencies=READERS)
async def list_deliveries(
    session: Session,
    caller: Caller,
    paging: Annotated[Paging, sorted_by(SORTABLE)],
    wave_id: Annotated[UUID | None, Query(alias="waveId")] = None,
    state: Annotated[DeliveryState | None, Query()] = None,
    invitation_id: Annotated[UUID | None, Query(alias="invitationId")] = None,
) -> Page[Delivery]:
    """The mails of invitations. Those of reminders are told as counts only: who gets none has answered."""
    found = queries.invitations(caller.organisation_id, wave_id=wave_id, state=state, invitation=invitation_id)
    return await page(
        session, found, paging, sortable=SORTABLE, default="-createdAt", tie=[models.Delivery.id], item=_delivery
    )


@router.get("/deliveries/{deliveryId}", dependencies=READERS)
async def get_delivery(session: Session, caller: Caller, delivery_id: DeliveryId, response: Response) -> Delivery:
    found = await service.find(session, caller.organisation_id, delivery_id)
    set_etag(response, found.version)
    return _delivery(found)


@router.post("/deliveries/{deliveryId}/resend", status_code=202, dependencies=[allow("admin")])
async def resend_delivery(session: Session, caller: Caller, delivery_id: DeliveryId, response: Response) -> Delivery:
    """Tries it again from the start. 409 `notResendable` unless it bounced or was parked, `waveClosed` after the end."""
    found = await service.resend(session, caller.organisation_id, delivery_id)
    set_etag(response, found.version)
    return _delivery(found)


@router.get("/reminders", dependencies=READERS)
async def list_reminders(
    session: Session,
    caller: Caller,
    paging: Annotated[Paging, sorted_by(SORTABLE_ROUNDS)],
    wave_id: Annotated[UUID | None, Query(alias="waveId")] = None,
) -> Page[ReminderRound]:
    """Which reminders went, and how many had been invited. How many had answered is in the wave's progress."""
    found = queries.reminder_rounds(caller.organisation_id, wave_id)
    return await page(
        session, found, paging, sortable=SORTABLE_ROUNDS, default="-createdAt",
        tie=[models.ReminderRound.wave_id, models.ReminderRound.number], item=_round,
    )  # fmt: skip


def _delivery(row: models.Delivery) -> Delivery:
    return Delivery(
        id=row.id, kind="invitation", channel="email", wave_id=row.wave_id,
        invitation_id=of_number(row.invitation_number), state=row.state, attempts=row.attempts,
        reason=row.reason, reply=row.reply, maybe_doubled=row.maybe_doubled, sent_at=row.sent_at,
        next_attempt_at=row.due_at, created_at=row.created_at, updated_at=row.updated_at,
    )  # fmt: skip


def _round(row: models.ReminderRound) -> ReminderRound:
    return ReminderRound(
        id=row.id, wave_id=row.wave_id, number=row.number, invited=row.invited,
        created_at=row.created_at, updated_at=row.updated_at,
    )  # fmt: skip
