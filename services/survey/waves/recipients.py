"""Whom notification may write to, asked for at the moment it sends: addresses and links are kept nowhere else."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.problems import not_found
from services.survey.contact_policy.service import when_allowed
from services.survey.settings import SurveySettings
from services.survey.waves import queries, tokens
from services.survey.waves.schemas import Recipient, Recipients, RecipientsAsked, WaveTold

_SMALLEST, _LARGEST = -(2**63), 2**63 - 1


async def recipients(session: AsyncSession, settings: SurveySettings, asked: RecipientsAsked) -> Recipients:
    """An invitation goes to everyone asked for, even when sent again, so that nobody who answered is told apart by it;
    a reminder leaves out who answered, opted out or is on leave, and its deliveries are kept as counts. Nobody hears of
    a wave that is over; in a quiet period the mails that wait, since a server was away, say, are told to wait until it
    ends."""
    wave = await queries.wave_by_id(session, asked.wave_id)
    if wave is None:
        raise not_found("wave")
    organisation = await queries.organisation(session)
    now = datetime.now(UTC)
    loud = await when_allowed(session, now)
    told = WaveTold(
        title=wave.title, closes_at=wave.closes_at, organisation_name=organisation.name,
        minimum_group=wave.minimum_group, quiet_until=loud if loud > now else None,
    )  # fmt: skip
    if wave.status != "open" or wave.closes_at <= now:
        return Recipients(items=[], wave=told)
    numbers = [number for given in asked.invitation_ids if _SMALLEST <= (number := int(given)) <= _LARGEST]
    today = now.astimezone(ZoneInfo(organisation.time_zone)).date()
    reminded_on = today if asked.kind == "reminder" else None
    found = await queries.addressed(session, wave.id, numbers, reminded_on=reminded_on)
    keys, base = tokens.keys_of(settings.token_keys), settings.public_url.rstrip("/")
    items = [
        Recipient(
            invitation_id=str(number),
            address=employee.email,
            name=f"{employee.given_name} {employee.family_name}".strip(),
            language=employee.language or organisation.languages[0],
            link=f"{base}/r/{tokens.sign(organisation.token_number, number, keys)}",
        )
        for number, employee in found
    ]
    return Recipients(items=items, wave=told)
