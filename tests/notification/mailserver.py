"""A real SMTP server that keeps what it takes and misbehaves as told."""

import asyncio
import email
import email.policy
import math
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Taken:
    address: str
    raw: bytes

    @property
    def mail(self) -> EmailMessage:
        return email.message_from_bytes(self.raw, policy=email.policy.default)

    @property
    def text(self) -> str:
        part = self.mail.get_body(("plain",))
        assert part is not None
        return str(part.get_content())

    @property
    def html(self) -> str:
        part = self.mail.get_body(("html",))
        assert part is not None
        return str(part.get_content())


@dataclass
class MailServer:
    """`at_recipient` and `at_text` answer a reply; `DROP` hangs up instead, `TAKE_AND_DROP` after taking the mail."""

    taken: list[Taken] = field(default_factory=list)
    at_recipient: Callable[[str], str] = lambda _address: "250 OK"
    at_text: Callable[[str], str] = lambda _address: "250 2.0.0 OK"
    port: int = 0
    connections: int = 0
    open: int = 0
    pause: float = 0.0
    most_open: float = math.inf

    def addresses(self) -> Counter[str]:
        return Counter(mail.address for mail in self.taken)

    async def handle_RCPT(
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        reply = self.at_recipient(address)
        if reply == DROP:
            hang_up(server)
            return "421 bye"
        if reply.startswith("2"):
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        address = envelope.rcpt_tos[0]
        if self.pause:
            await asyncio.sleep(self.pause * random.uniform(0, 2))
        reply = self.at_text(address)
        if reply.startswith("2") or reply == TAKE_AND_DROP:
            assert isinstance(envelope.content, bytes)
            self.taken.append(Taken(address, envelope.content))
        if reply in (DROP, TAKE_AND_DROP):
            hang_up(server)
            return "421 bye"
        return reply


DROP, TAKE_AND_DROP = "drop", "takeAndDrop"


def hang_up(server: SMTP) -> None:
    assert isinstance(server.transport, asyncio.Transport)
    server.transport.abort()


class _Counting(SMTP):
    def connection_made(self, transport: Any) -> None:
        self.event_handler.connections += 1
        self.event_handler.open += 1
        if self.event_handler.open > self.event_handler.most_open:
            transport.write(b"421 4.7.0 too many connections\r\n")
            transport.close()
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self.event_handler.open -= 1
        super().connection_lost(error)


@contextmanager
def mail_server(port: int = 0) -> Iterator[MailServer]:
    """In a thread of its own, so that it answers while a test waits for a process."""
    sink, loop = MailServer(), asyncio.new_event_loop()

    def connected() -> SMTP:
        return _Counting(sink, enable_SMTPUTF8=True, loop=loop, ident="test")

    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    starting = asyncio.run_coroutine_threadsafe(_start(connected, port), loop)
    server = starting.result(10)
    sink.port = server.sockets[0].getsockname()[1]
    try:
        yield sink
    finally:
        asyncio.run_coroutine_threadsafe(_stop(server), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _start(connected: Callable[[], SMTP], port: int) -> asyncio.Server:
    return await asyncio.get_running_loop().create_server(connected, "127.0.0.1", port)


async def _stop(server: asyncio.Server) -> None:
    server.close()
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
