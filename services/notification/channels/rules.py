"""What a mail server's reply means for a delivery (RFC 5321, enhanced codes of RFC 3463)."""

import re
from enum import StrEnum

ENHANCED = re.compile(r"^\s*([245]\.\d{1,3}\.\d{1,3})\b")
ADDRESS = re.compile(r"[^\s@<>\"(),:;\\\[\]\x00-\x1f\x7f]{1,64}@[^\s@<>\"(),:;\\\[\]\x00-\x1f\x7f]{1,255}")


class Verdict(StrEnum):
    """`interrupted`: the connection broke before the text went, or the server said that it will (421), so surely not sent.
    `inDoubt`: it broke between the text and the reply, so perhaps sent. `stopped`: the delivery was taken back meanwhile."""

    ACCEPTED = "accepted"
    RECIPIENT_REFUSED = "recipientRefused"
    DEFERRED = "deferred"
    REFUSED = "refused"
    INTERRUPTED = "interrupted"
    IN_DOUBT = "inDoubt"
    STOPPED = "stopped"


def reply_of(code: int, message: str) -> str:
    """`550 5.1.1`: the text after it is left out, since it often repeats the address."""
    enhanced = ENHANCED.match(message)
    return f"{code} {enhanced[1]}" if enhanced else str(code)


def closes(reply: str) -> bool:
    """The server is about to hang up: it is shut down, or has had enough of us for now."""
    return reply.startswith("421")


def judge(stage: str, reply: str) -> Verdict:
    """Only what says that the address itself is bad ends a delivery: a server that will not have our mail at all
    (5.7.x, authentication) says nothing about the recipient, and somebody may mend it before the last try.

    `stage` is `sender`, `recipient` or `text`.
    """
    code, _, enhanced = reply.partition(" ")
    if closes(reply) and stage != "text":
        return Verdict.INTERRUPTED
    if not code.startswith("5"):
        return Verdict.DEFERRED
    about_policy = enhanced.startswith("5.7.") or code in ("530", "534", "535", "538")
    if stage == "recipient" and not about_policy:
        return Verdict.RECIPIENT_REFUSED
    if stage == "text" and enhanced.startswith("5.1."):
        return Verdict.RECIPIENT_REFUSED
    return Verdict.REFUSED


def deliverable(address: str) -> bool:
    """Could this be an address at all? Whether it is one, its server knows."""
    if len(address) > 254 or ADDRESS.fullmatch(address) is None or ".." in address:
        return False
    try:
        return bool(address.rpartition("@")[2].encode("idna"))
    except UnicodeError:
        return False
