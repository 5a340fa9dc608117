"""What `view.py` makes, for the published document."""

from uuid import UUID

from pydantic import Field

from services.shared.schemas import Instant, Schema
from services.survey.surveys.schemas import Condition


class OfferedServiceView(Schema):
    id: UUID
    external_id: str | None
    name: str
    provider_id: UUID
    provider_name: str


class TopicText(Schema):
    key: str
    name: str


class OptionText(Schema):
    key: str
    topic: str | None = None
    text: str


class QuestionText(Schema):
    """What a type has no use for is not there."""

    key: str
    type: str = Field(examples=["rating"])
    text: str
    topic: str | None = None
    required: bool
    not_applicable: bool
    show_if: Condition | None = None
    points: int | None = None
    labels: str | None = Field(default=None, description="A name in `labels`")
    minimum_label: str | None = None
    maximum_label: str | None = None
    options: list[OptionText] | None = None
    maximum_length: int | None = None
    unit: str | None = None


class SectionText(Schema):
    key: str
    title: str | None = None
    repeat_for: str | None = Field(default=None, description="`ratedService`: asked about each service that is rated")
    minimum_services: int | None = None
    maximum_services: int | None = None
    questions: list[QuestionText]


class RespondentView(Schema):
    """The questionnaire in one language. Show `introduction` (a paragraph a line) before the first question."""

    organisation: str
    languages: list[str]
    language: str
    title: str
    introduction: str
    closes_at: Instant | None
    services: list[OfferedServiceView] = Field(description="Those that the respondent may rate")
    topics: list[TopicText]
    labels: dict[str, list[str]]
    sections: list[SectionText]
