"""The mail folder, read as its owners would read their mail: which invitation came for which address."""

import re
from collections import defaultdict
from email import message_from_bytes
from email.message import Message
from email.utils import parseaddr
from os import scandir
from pathlib import Path

TOKEN = re.compile(rb"/r/([A-Za-z0-9_-]{16,64})")


class Mailbox:
    """What is there when it is opened is old; `look` reads what has come since. A mail may be another organisation's:
    its token is then refused, and the next for that address is tried."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.seen = self._names()
        self.tokens: defaultdict[str, list[str]] = defaultdict(list)

    def _names(self) -> set[str]:
        with scandir(self.folder) as entries:
            return {entry.name for entry in entries if entry.name.endswith(".eml")}

    def look(self) -> list[tuple[str, str]]:
        """New invitations as address and token, in the order of arrival."""
        fresh = sorted(self._names() - self.seen)
        self.seen.update(fresh)
        found = [invitation for name in fresh if (invitation := read(self.folder / name)) is not None]
        for address, token in found:
            self.tokens[address].append(token)
        return found


def read(path: Path) -> tuple[str, str] | None:
    mail = message_from_bytes(path.read_bytes())
    token = TOKEN.search(_text(mail))
    return (parseaddr(str(mail["To"]))[1].lower(), token[1].decode()) if token else None


def _text(mail: Message) -> bytes:
    for part in mail.walk():
        if part.get_content_type() == "text/plain":
            content = part.get_payload(decode=True)
            return content if isinstance(content, bytes) else b""
    return b""
