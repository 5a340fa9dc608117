"""Survey's feed becomes deliveries, each exactly once: a row for every invitation, kind and number, in the transaction
that moves the cursor."""

from collections.abc import Mapping

from sqlalchemy import func, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.envelope import Envelope
from services.contracts.events import InvitationsIssued, ReminderDue, WaveClosed, WaveExtended, WaveOpened
from services.notification.deliveries.models import Delivery, ReminderRound, Wave
from services.notification.deliveries.queries import reminded, wave
from services.notification.deliveries.rules import State
from services.shared.consumer import Handler

# Not those that are `sending`: they go on. What a worker writes at this very moment is left to it (waiting could
# deadlock): it asks whether the wave is closed before it sends anything again.
#
# As an array they are locked once, and the join is by hash or by key. Just after a wave opened, statistics know none of
# its rows: `id IN (SELECT … FOR UPDATE)` would then lock them all again for each of them, and `id = ANY(ARRAY(…))` would
# compare each with all.
CANCEL = text(
    """
    UPDATE deliveries d
    SET state = 'cancelled', due_at = NULL, lease = NULL, version = d.version + 1,
        reason = CASE WHEN d.kind = 'invitation' THEN 'waveClosed' END,
        updated_at = CASE WHEN d.kind = 'invitation' THEN now() ELSE d.updated_at END
    FROM unnest(ARRAY(
        SELECT id FROM deliveries
        WHERE organisation_id = :organisation_id AND wave_id = :wave_id AND state = 'queued' AND due_at IS NOT NULL
        FOR UPDATE SKIP LOCKED
    )) AS waiting (id)
    WHERE d.organisation_id = :organisation_id AND d.id = waiting.id
    """
)
KEY = (Delivery.organisation_id, Delivery.invitation_number, Delivery.kind, Delivery.number)


async def on_wave_opened(session: AsyncSession, event: Envelope[WaveOpened]) -> None:
    data = event.data
    told = {"title": data.title, "closes_at": data.closes_at, "closed": False}
    row = insert(Wave).values(organisation_id=event.organisation_id, id=data.wave_id, **told)
    await session.execute(row.on_conflict_do_update(index_elements=[Wave.organisation_id, Wave.id], set_=told))


async def on_wave_extended(session: AsyncSession, event: Envelope[WaveExtended]) -> None:
    this = (Wave.organisation_id == event.organisation_id, Wave.id == event.data.wave_id)
    await session.execute(update(Wave).where(*this).values(closes_at=event.data.closes_at))


async def on_wave_closed(session: AsyncSession, event: Envelope[WaveClosed]) -> None:
    this = (Wave.organisation_id == event.organisation_id, Wave.id == event.data.wave_id)
    await session.execute(update(Wave).where(*this).values(closed=True))
    await session.execute(CANCEL, {"organisation_id": event.organisation_id, "wave_id": event.data.wave_id})


async def on_invitations_issued(session: AsyncSession, event: Envelope[InvitationsIssued]) -> None:
    found = await wave(session, event.organisation_id, event.data.wave_id)
    over = found is not None and found.closed
    rows = [
        {
            "organisation_id": event.organisation_id, "wave_id": event.data.wave_id, "kind": "invitation",
            "invitation_number": int(invitation), "number": 0,
            "state": State.CANCELLED if over else State.QUEUED, "reason": "waveClosed" if over else None,
            "due_at": None if over else func.now(),
        }
        for invitation in event.data.invitation_ids
    ]  # fmt: skip
    if rows:
        await session.execute(insert(Delivery).values(rows).on_conflict_do_nothing(index_elements=KEY))


async def on_reminder_due(session: AsyncSession, event: Envelope[ReminderDue]) -> None:
    """One for every invitation that was not refused. Survey says at the moment of sending who has no need of it."""
    found = await wave(session, event.organisation_id, event.data.wave_id)
    if found is None or found.closed:
        return
    number = event.data.number
    invited = reminded(event.organisation_id, event.data.wave_id, number, event.data.invitation_ids)
    columns = ["organisation_id", "wave_id", "kind", "invitation_number", "number", "state", "due_at"]
    made = insert(Delivery).from_select(columns, invited).on_conflict_do_nothing(index_elements=KEY)
    count = len((await session.scalars(made.returning(Delivery.id))).all())
    round_ = insert(ReminderRound).values(
        organisation_id=event.organisation_id, wave_id=event.data.wave_id, number=number, invited=count
    )
    one = [ReminderRound.organisation_id, ReminderRound.wave_id, ReminderRound.number]
    more = {"invited": ReminderRound.invited + count, "updated_at": func.now()}  # of those invited on another day
    await session.execute(round_.on_conflict_do_update(index_elements=one, set_=more))


HANDLERS: Mapping[str, Handler] = {
    WaveOpened.type: on_wave_opened,
    WaveExtended.type: on_wave_extended,
    WaveClosed.type: on_wave_closed,
    InvitationsIssued.type: on_invitations_issued,
    ReminderDue.type: on_reminder_due,
}
