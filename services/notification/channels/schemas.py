from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from services.shared.schemas import Schema


class Channel(Schema):
    """A way to reach people. The mail server is set where the system runs, for all its organisations."""

    id: UUID
    kind: Literal["smtp"]
    sender: str = Field(description="Whom mails are from", examples=["Klankbord <klankbord@klankbord.example>"])


class TestMessageBody(Schema):
    address: Annotated[str, Field(
        min_length=3, max_length=254, pattern=r"^[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})*$",
        description="Who gets the test message", examples=["beheer@rivierenmark.example"],
    )]  # fmt: skip


class TestMessage(Schema):
    """`verdict` is the mail server's: `accepted`, `recipientRefused`, `deferred`, `refused`, `interrupted`, `inDoubt`
    or `unreachable`."""

    accepted: bool
    verdict: str
    reply: str | None = Field(description="The mail server's reply code, or what went wrong before it replied")
