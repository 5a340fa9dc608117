"""What `view.py` makes, for the published document."""

from uuid import UUID

from pydantic import Field

from services.shared.schemas import Instant, Sparse
from services.survey.surveys.condition_schemas import Condition


class OfferedServiceView(Sparse):
    id: UUID
    external_id: str | None = Field(examples=["FAC-01"])
    name: str = Field(examples=["Cleaning"])
    provider_id: UUID
    provider_name: str = Field(examples=["Facilitair Bedrijf"])


class TopicText(Sparse):
    key: str = Field(examples=["reliability"])
    name: str = Field(examples=["Reliability"])


class OptionText(Sparse):
    key: str = Field(examples=["late"])
    topic: str | None = None
    text: str = Field(examples=["It came too late"])
    show_if: Condition | None = None
    skip_if: Condition | None = None


class QuestionText(Sparse):
    """What a type has no use for is not there."""

    key: str = Field(examples=["overall"])
    type: str = Field(examples=["rating"])
    text: str = Field(examples=["What mark out of 10 do you give this service?"])
    topic: str | None = None
    required: bool
    not_applicable: bool
    show_if: Condition | None = None
    skip_if: Condition | None = None
    require_if: Condition | None = None
    matrix: str | None = Field(default=None, description="Neighbours with the same name are rows of one table")
    points: int | None = Field(default=None, examples=[10])
    labels: str | None = Field(default=None, description="A name in `labels`")
    minimum_label: str | None = None
    maximum_label: str | None = None
    options: list[OptionText] | None = None
    minimum_choices: int | None = None
    maximum_choices: int | None = None
    maximum_length: int | None = None
    minimum: float | None = None
    maximum: float | None = None
    decimals: int | None = None
    unit: str | None = None
    earliest_date: str | None = Field(default=None, json_schema_extra={"format": "date"})
    latest_date: str | None = Field(default=None, json_schema_extra={"format": "date"})


class SectionText(Sparse):
    key: str = Field(examples=["service"])
    title: str | None = None
    repeat_for: str | None = Field(
        default=None, description="`ratedService`: asked about each service that is rated", examples=["ratedService"]
    )
    show_if: Condition | None = None
    skip_if: Condition | None = None
    minimum_services: int | None = Field(default=None, examples=[1])
    maximum_services: int | None = Field(default=None, examples=[3])
    questions: list[QuestionText]


class RespondentView(Sparse):
    """The questionnaire in one language. Show `introduction` (a paragraph a line) before the first question.

    It holds what this respondent can be asked, in the order in which it is shown to them; the conditions that are left
    look at answers and at the services that they choose to rate. In sections with `repeatFor` put the `name` and
    `providerName` of the service being rated in place of `{service}` and `{provider}` in texts, and read `{{` and `}}` as
    single braces.
    """

    organisation: str = Field(examples=["Gemeente Rivierenmark"])
    languages: list[str] = Field(examples=[["nl", "en"]])
    language: str = Field(examples=["en"])
    title: str = Field(examples=["How clean is it?"])
    introduction: str = Field(examples=["Nobody can find out what you answer. …"])
    closes_at: Instant | None = Field(examples=["2026-03-27T16:00:00Z"])
    services: list[OfferedServiceView] = Field(description="Those that the respondent may rate")
    topics: list[TopicText]
    labels: dict[str, list[str]]
    sections: list[SectionText]
