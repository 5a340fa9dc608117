"""A mail as bytes, put together here: the standard library's generator walks every line of every mail in Python, breaks
addresses in headers that are longer than a line, and loses spaces between encoded words."""

import secrets
from binascii import b2a_qp
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.utils import format_datetime, parseaddr, quote
from functools import lru_cache


@dataclass(frozen=True)
class Mail:
    """`unsubscribe_link` takes a POST of one click (RFC 8058)."""

    message_id: str
    sender: str
    name: str
    address: str
    subject: str
    language: str
    text: str
    html: str
    unsubscribe_link: str | None
    at: datetime


def message_id(delivery: str, sender: str) -> str:
    """The same for every try, so that a server or reader that gets a mail twice can tell."""
    return f"<{delivery}@{domain(sender)}>"


def domain(sender: str) -> str:
    return sender_of(sender)[1].rpartition("@")[2] or "localhost"


@lru_cache
def sender_of(setting: str) -> tuple[str, str]:
    """Its name and address."""
    return parseaddr(setting)


def envelope_address(address: str) -> str:
    """The domain in the form that every server takes; a local part beyond ASCII needs SMTPUTF8 and stays."""
    local, _, host = address.rpartition("@")
    return f"{local}@{host if host.isascii() else host.encode('idna').decode()}"


def as_bytes(mail: Mail) -> bytes:
    boundary = f"={secrets.token_hex(12)}"
    return b"".join(
        (
            _head(mail),
            f'MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary="{boundary}"\r\n'.encode(),
            _part(boundary, "plain", mail.text),
            _part(boundary, "html", mail.html),
            f"\r\n--{boundary}--\r\n".encode(),
        )
    )


def _head(mail: Mail) -> bytes:
    lines = [
        f"From: {_mailbox(*sender_of(mail.sender))}",
        f"To: {_mailbox(mail.name, mail.address)}",
        f"Subject: {_encoded(mail.subject)}",
        f"Date: {format_datetime(mail.at)}",
        f"Message-ID: {mail.message_id}",
        f"Content-Language: {mail.language}",
        "Auto-Submitted: auto-generated",
        "X-Auto-Response-Suppress: All",
    ]
    if mail.unsubscribe_link is not None:
        lines += [f"List-Unsubscribe: <{mail.unsubscribe_link}>", "List-Unsubscribe-Post: List-Unsubscribe=One-Click"]
    return "".join(f"{line}\r\n" for line in lines).encode()


def _mailbox(name: str, address: str) -> str:
    shown = f'"{quote(name)}"' if name.isascii() else _encoded(name)
    return f"{shown}\r\n <{envelope_address(address)}>" if name else envelope_address(address)


def _encoded(text: str) -> str:
    """RFC 2047 in words of at most 75 characters."""
    return text if text.isascii() else Header(text, "utf-8", header_name="Subject").encode(linesep="\r\n")


def _part(boundary: str, subtype: str, content: str) -> bytes:
    """Quoted-printable: lines of any length in any language get through every server."""
    encoded = b2a_qp(content.encode(), istext=True).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    head = (
        f"\r\n--{boundary}\r\nContent-Type: text/{subtype}; charset=utf-8\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    )
    return head.encode() + encoded
