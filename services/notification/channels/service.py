"""Trying a channel out."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID, uuid5

from services.notification.channels.messages import Mail, as_bytes, message_id
from services.notification.channels.rules import Verdict, deliverable
from services.notification.channels.schemas import Channel, TestMessage
from services.notification.channels.smtp import Connection, Unreachable
from services.notification.settings import NotificationSettings
from services.shared.ids import NIL, random_id

PATIENCE_SECONDS = 15.0
SMTP_ID: UUID = uuid5(NIL, "smtp")
TEXT = "This is a test message of Klankbord. The mail server works.\n\nDit is een testbericht van Klankbord. De mailserver werkt.\n"


def channels(settings: NotificationSettings) -> list[Channel]:
    return [Channel(id=SMTP_ID, kind="smtp", sender=settings.mail_from)]


async def send_test(settings: NotificationSettings, address: str) -> TestMessage:
    """At once and over a connection of its own: what happens is the answer."""
    if not deliverable(address):
        return TestMessage(accepted=False, verdict=Verdict.RECIPIENT_REFUSED, reply=None)
    mail = Mail(
        message_id=message_id(str(random_id()), settings.mail_from), sender=settings.mail_from, name="",
        address=address, subject="Klankbord: test", language="en", text=TEXT,
        html="<p>" + TEXT.strip().replace("\n\n", "</p>\n<p>") + "</p>\n", unsubscribe_link=None, at=datetime.now(UTC),
    )  # fmt: skip
    connection = Connection(settings)
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            result = await connection.send(address, as_bytes(mail))
    except Unreachable as error:
        return TestMessage(accepted=False, verdict="unreachable", reply=error.reply)
    except TimeoutError:
        return TestMessage(accepted=False, verdict="unreachable", reply="TimeoutError")
    finally:
        await connection.close()
    return TestMessage(accepted=result.verdict is Verdict.ACCEPTED, verdict=result.verdict, reply=result.reply)
