from typing import Literal
from uuid import UUID

from pydantic import Field

from services.shared.schemas import Instant, Schema

DeliveryState = Literal["queued", "sending", "sent", "bounced", "parked", "cancelled"]


class Delivery(Schema):
    """The mail of one invitation. Who is invited, survey knows; reminders are told as counts only, at `/reminders`."""

    id: UUID
    kind: Literal["invitation"]
    channel: Literal["email"]
    wave_id: UUID
    invitation_id: UUID = Field(description="The id under the wave's invitations, in survey")
    state: DeliveryState = Field(
        description="`queued`: waits for its turn or its next try. `sending`: on its way to the mail server. "
        "`sent`: the mail server took it. `bounced`: the address is not accepted. `parked`: given up after the last "
        "try. `cancelled`: there was nothing to send any more. Bounced and parked ones can be sent again."
    )
    attempts: int = Field(ge=0, description="Tries so far; losing the connection costs none")
    reason: str | None = Field(
        description="Why it is not sent (yet): `recipientRefused`, `invalidAddress`, `deferred`, `refused`, "
        "`connectionLost`, `inDoubt`, `quietPeriod`, `waveClosed`, `noRecipient` (somebody without a mail address, or who left), `optedOut`",
        examples=["recipientRefused"],
    )
    reply: str | None = Field(description="The mail server's last reply code", examples=["550 5.1.1"])
    maybe_doubled: bool = Field(
        description="A try was cut off after the text went and before the reply came: the mail was sent again, with the "
        "same Message-ID, and may have arrived twice"
    )
    sent_at: Instant | None = Field(description="When the mail server took it")
    next_attempt_at: Instant | None = Field(description="When it is tried (again); null when it is over")
    created_at: Instant
    updated_at: Instant


class ReminderRound(Schema):
    """One reminder of a wave. It goes to those who have not answered when their mail is made, so how many mails went, or
    failed, is told to nobody: whoever makes one address fail would see whether that person had answered."""

    id: UUID
    wave_id: UUID
    number: int = Field(ge=1, description="1 for the wave's first reminder")
    invited: int = Field(ge=0, description="Whose turn it was: all whose invitation did not bounce")
    created_at: Instant
    updated_at: Instant
