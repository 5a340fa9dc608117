"""The mail of one recipient. What is the same for the whole wave and language is made once a batch."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from services.notification.channels.messages import Mail, as_bytes, message_id
from services.notification.deliveries.queue_queries import Claimed, Round
from services.notification.deliveries.recipients import Recipient, WaveTexts
from services.notification.organisation.models import Organisation
from services.notification.preferences import tokens
from services.notification.settings import NotificationSettings
from services.notification.templates.library import Values, render
from services.notification.templates.rules import language_of, moment, one_line, text_in

LONGEST_TITLE = 150


class Composer:
    def __init__(
        self, settings: NotificationSettings, keys: Sequence[bytes], batch: Round, wave: WaveTexts,
        organisation: Organisation | None,
    ) -> None:  # fmt: skip
        self.settings, self.keys, self.batch, self.wave = settings, keys, batch, wave
        self.languages = organisation.languages if organisation else []
        self.time_zone = organisation.time_zone if organisation else "UTC"
        self.shared: dict[str, tuple[str, str]] = {}

    def compose(self, delivery: Claimed, recipient: Recipient) -> bytes:
        language = language_of(recipient.language, self.languages)
        title, closing = self._of_wave(language)
        link = unsubscribe_link(self.settings, self.keys, self.batch.organisation_id, delivery.invitation_number)
        values = Values(
            organisation=self.wave.organisation_name, title=title, name=recipient.name or "", link=recipient.link,
            closing=closing, minimum=self.wave.minimum_group, unsubscribe_link=link,
        )  # fmt: skip
        made = render(self.batch.kind, language, values)
        return as_bytes(
            Mail(
                message_id=message_id(str(delivery.id), self.settings.mail_from), sender=self.settings.mail_from,
                name=one_line(recipient.name or ""), address=recipient.address, subject=made.subject,
                language=language, text=made.text, html=made.html, unsubscribe_link=link, at=datetime.now(UTC),
            )
        )  # fmt: skip

    def _of_wave(self, language: str) -> tuple[str, str]:
        if language not in self.shared:
            title = one_line(text_in(self.wave.title, language, self.languages))
            shown = title if len(title) <= LONGEST_TITLE else title[: LONGEST_TITLE - 1] + "…"
            self.shared[language] = (shown, moment(self.wave.closes_at, self.time_zone, language))
        return self.shared[language]


def unsubscribe_link(
    settings: NotificationSettings, keys: Sequence[bytes], organisation_id: UUID, invitation: int
) -> str:
    return f"{settings.public_url.rstrip('/')}/v1/unsubscribe/{tokens.sign(organisation_id, invitation, keys)}"
