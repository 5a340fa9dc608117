"""What a batch needs before its first mail: who is still to get one, at which address, and what the texts name."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import httpx
from pydantic import ValidationError

from services.notification.deliveries import marks, recipients, rules
from services.notification.deliveries.queries import wave, went_to
from services.notification.deliveries.queue_queries import Claimed, Round
from services.notification.deliveries.recipients import Recipient, WaveTexts
from services.notification.deliveries.rules import Outcome
from services.notification.organisation.models import Organisation
from services.notification.organisation.queries import organisation
from services.notification.preferences.queries import opted_out
from services.shared.database import Database


class SurveyAway(Exception):
    """Without survey there are no addresses."""


@dataclass(frozen=True)
class Prepared:
    """`over` ends, or is put off, without a mail. Of `waiting`, only those in `to` get one (see `reminding.py` for the
    others)."""

    wave: WaveTexts | None = None
    organisation: Organisation | None = None
    waiting: Sequence[Claimed] = ()
    to: dict[int, Recipient] = field(default_factory=dict)
    over: dict[Claimed, Outcome] = field(default_factory=dict)


async def prepare(
    database: Database, survey: httpx.AsyncClient, batch: Round, claimed: Sequence[Claimed], keys: Sequence[bytes]
) -> Prepared:
    """`keys` read marks. Raises `SurveyAway`."""
    numbers = [delivery.invitation_number for delivery in claimed]
    async with database.transaction(batch.organisation_id) as session:
        known = await wave(session, batch.organisation_id, batch.wave_id)
        of = await organisation(session, batch.organisation_id)
        unwanted = await opted_out(session, batch.organisation_id, numbers)
        went = await went_to(session, batch.organisation_id, numbers) if batch.kind == "reminder" else {}
    if known is not None and known.closed:
        return _all_over(claimed)
    wanted = [number for number in numbers if number not in unwanted]
    try:
        told = await recipients.ask(survey, batch, wanted)
    except (httpx.HTTPError, ValidationError, ValueError) as error:
        raise SurveyAway(type(error).__name__) from None
    if told is None:
        return _all_over(claimed)
    now = datetime.now(UTC)
    if told.wave.closes_at <= now:
        return _all_over(claimed)
    if told.wave.quiet_until is not None and told.wave.quiet_until > now:
        seconds = (told.wave.quiet_until - now).total_seconds()
        return Prepared(over={delivery: rules.quiet(delivery.attempts, seconds, delivery.mark) for delivery in claimed})
    to = {number: item for number, item in told.by_invitation().items() if number not in unwanted}
    if batch.kind == "reminder":
        same = {number: item for number, item in to.items() if marks.is_where(went.get(number), item.address, keys)}
        return Prepared(told.wave, of, claimed, same)
    over = {
        delivery: _without_mail(delivery, delivery.invitation_number in unwanted)
        for delivery in claimed
        if delivery.invitation_number not in to
    }
    return Prepared(told.wave, of, [delivery for delivery in claimed if delivery not in over], to, over)


def _all_over(claimed: Sequence[Claimed]) -> Prepared:
    return Prepared(over={delivery: rules.cancelled(delivery.attempts, "waveClosed") for delivery in claimed})


def _without_mail(delivery: Claimed, unwanted: bool) -> Outcome:
    """Who unsubscribed has the mail: only a mail holds the link to do so."""
    if unwanted and delivery.in_doubt:
        return rules.sent(delivery.attempts, None)
    if unwanted:
        return rules.cancelled(delivery.attempts, "optedOut")
    return rules.bounced(delivery.attempts, "noRecipient")
