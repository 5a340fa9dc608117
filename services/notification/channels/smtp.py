"""A persistent SMTP connection, and what became of each mail that went over it.

Addresses and the server's texts stay out of logs and results: only reply codes leave this module.
"""

import asyncio
import ssl
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import aiosmtplib
import structlog

from services.notification.channels.messages import domain, envelope_address, sender_of
from services.notification.channels.rules import Verdict, closes, judge, reply_of
from services.notification.settings import NotificationSettings

log = structlog.get_logger()
# RFC 5321, 4.5.3.2: a client that gives up on the final reply too soon makes the server's copy a double.
CONNECT_SECONDS, COMMAND_SECONDS, TEXT_SECONDS = 20.0, 120.0, 600.0
IDLE_SECONDS = 25.0

BROKEN = (aiosmtplib.SMTPServerDisconnected, aiosmtplib.SMTPTimeoutError, OSError)


class Unreachable(Exception):
    """There is no usable mail server; `reply` is its refusal if it spoke."""

    def __init__(self, reply: str) -> None:
        super().__init__(reply)
        self.reply = reply


@dataclass(frozen=True)
class Result:
    verdict: Verdict
    reply: str | None = None


async def always() -> bool:
    return True


class Connection:
    """One mail at a time. Opens itself when needed and after it broke."""

    def __init__(self, settings: NotificationSettings) -> None:
        self.settings = settings
        self.client: aiosmtplib.SMTP | None = None
        self.used_at = 0.0

    @property
    def idle(self) -> bool:
        return time.monotonic() - self.used_at > IDLE_SECONDS

    async def open(self) -> None:
        """Raises `Unreachable`. A server closes connections that idle, so an old one is not trusted."""
        if self.client is not None and self.client.is_connected and not self.idle:
            return
        await self.close()
        settings = self.settings
        client = aiosmtplib.SMTP(
            hostname=settings.smtp_host, port=settings.smtp_port, username=settings.smtp_username,
            password=settings.smtp_password.get_secret_value() if settings.smtp_password else None,
            use_tls=settings.smtp_tls == "tls", start_tls=settings.smtp_tls == "starttls",
            local_hostname=domain(settings.mail_from), timeout=CONNECT_SECONDS,
            tls_context=None if settings.smtp_tls == "none" else ssl.create_default_context(),
        )  # fmt: skip
        try:
            await client.connect()
        except aiosmtplib.SMTPResponseException as refused:
            client.close()
            raise Unreachable(reply_of(refused.code, refused.message)) from None
        except (aiosmtplib.SMTPException, OSError, ssl.SSLError) as error:
            client.close()
            raise Unreachable(type(error).__name__) from None
        self.client, self.used_at = client, time.monotonic()

    async def send(self, address: str, text: bytes, before_text: Callable[[], Awaitable[bool]] = always) -> Result:
        """Raises `Unreachable` if no connection can be opened. `before_text` is asked once the server has taken the
        recipient: only if it says yes does the text go."""
        reused = self.client is not None
        await self.open()
        result = await self._converse(address, text, before_text)
        if result.verdict is Verdict.INTERRUPTED and reused:  # it had been closed meanwhile, as servers do
            await self.open()
            result = await self._converse(address, text, before_text)
        return result

    async def _converse(self, address: str, text: bytes, before_text: Callable[[], Awaitable[bool]]) -> Result:
        client, stage = self.client, "sender"
        assert client is not None
        try:
            recipient, options = envelope_address(address), []
            if not recipient.isascii():
                if client.is_ehlo_or_helo_needed:
                    await client.ehlo(timeout=COMMAND_SECONDS)
                if not client.supports_extension("smtputf8"):
                    return Result(Verdict.RECIPIENT_REFUSED, "553 5.6.7")
                options = ["SMTPUTF8"]
            await client.mail(sender_of(self.settings.mail_from)[1], options=options, timeout=COMMAND_SECONDS)
            stage = "recipient"
            await client.rcpt(recipient, encoding="utf-8", timeout=COMMAND_SECONDS)
            if not await before_text():
                await client.rset(timeout=COMMAND_SECONDS)
                return Result(Verdict.STOPPED)
            stage = "text"
            answer = await client.data(text, timeout=TEXT_SECONDS)
            return Result(Verdict.ACCEPTED, reply_of(answer.code, answer.message))
        except aiosmtplib.SMTPResponseException as refused:
            return await self._refused(stage, reply_of(refused.code, refused.message))
        except BROKEN:
            await self.close()
            return Result(Verdict.IN_DOUBT if stage == "text" else Verdict.INTERRUPTED)
        except BaseException:
            client.close()  # in the middle of a conversation: whoever comes next must start a new one
            self.client = None
            raise
        finally:
            self.used_at = time.monotonic()

    async def _refused(self, stage: str, reply: str) -> Result:
        """Leaves the connection fit for the next mail."""
        verdict = judge(stage, reply)
        if closes(reply) or self.client is None:
            await self.close()
            return Result(verdict, reply)
        try:
            await self.client.rset(timeout=COMMAND_SECONDS)
        except (aiosmtplib.SMTPException, OSError):
            await self.close()
        return Result(verdict, reply)

    async def close(self) -> None:
        client, self.client = self.client, None
        if client is None:
            return
        try:
            if client.is_connected:
                await asyncio.wait_for(client.quit(), 2)
        except (aiosmtplib.SMTPException, OSError):
            pass
        finally:
            client.close()


class Pool:
    """The connections of this process. They live on between batches and close when there is nothing to send."""

    def __init__(self, settings: NotificationSettings) -> None:
        self.connections = [Connection(settings) for _ in range(settings.smtp_connections)]

    async def ready(self) -> None:
        """Raises `Unreachable` before any delivery is claimed for nothing."""
        await self.connections[0].open()

    async def rest(self) -> None:
        """Closes what was not used for a while."""
        await asyncio.gather(*(connection.close() for connection in self.connections if connection.idle))

    async def close(self) -> None:
        await asyncio.gather(*(connection.close() for connection in self.connections))
