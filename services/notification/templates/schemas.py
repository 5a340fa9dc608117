from typing import Annotated, Literal

from pydantic import Field

from services.shared.schemas import Instant, Schema, ShortText

Kind = Literal["invitation", "reminder"]
Language = Literal["nl", "en"]


class Template(Schema):
    """Texts name values in double braces: `organisation`, `title`, `name`, `link`, `closing`, `minimum`,
    `unsubscribe_link`; the MJML also `subject` and `preview`."""

    kind: Kind
    language: Language
    origin: Literal["builtIn"]
    subject: str
    preview: str = Field(description="What mail programs show beside the subject")
    text: str
    mjml: str


class PreviewBody(Schema):
    """Values to try the texts with; what is left out is made up."""

    organisation: ShortText | None = None
    title: ShortText | None = None
    name: Annotated[str, Field(max_length=200)] | None = None
    closes_at: Instant | None = None
    minimum_group: Annotated[int, Field(ge=1, le=10_000)] | None = None


class Preview(Schema):
    kind: Kind
    language: Language
    subject: str
    text: str
    html: str
