"""The body of a survey. What one part says of another is for `rules.py`."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from services.shared.schemas import WHOLE, Instant, Key, LanguageMap, Reference, Schema, ShortText, Sparse
from services.survey.surveys.examples import SURVEY, VERSION, VIEW
from services.survey.surveys.question_schemas import AnyQuestion, Shown, Topic

Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$", examples=["nl"])]
Services = Annotated[int, Field(strict=True, ge=1, le=20), WHOLE]


class Section(Shown):
    """With `repeatFor` its questions are asked about each service that the respondent rates: at least
    `minimumServices` (1) and at most `maximumServices` (3) of those they use. Services about which their conditions let
    nothing be asked need not be rated. All such sections are asked together, service by service, at the place of the
    first: the ready-made page has one page for each service. Without, questions are asked once."""

    key: Key
    title: LanguageMap | None = None
    repeat_for: Literal["ratedService"] | None = None
    minimum_services: Services | None = None
    maximum_services: Services | None = None
    random_order: Literal["topics", "questions"] | None = Field(
        default=None,
        description="In an order that differs by respondent. `topics`: the topics among each other, each with its "
        "questions as written; `questions`: all questions. What others depend on stays before them",
    )
    questions: Annotated[list[AnyQuestion], Field(min_length=1, max_length=100)]


class Questionnaire(Sparse):
    key: Key = Field(description="Unique in the organisation. Trends join on it, so it is fixed once published")
    title: LanguageMap
    languages: Annotated[list[Language], Field(min_length=1, max_length=20)]
    topics: Annotated[list[Topic], Field(max_length=50)] = Field(default_factory=list)
    labels: Annotated[
        dict[Key, Annotated[list[LanguageMap], Field(min_length=2, max_length=20)]],
        Field(max_length=50, json_schema_extra={"additionalProperties": False}),
    ] = Field(default_factory=dict, description="Named wordings of scale points, from the lowest to the highest")
    sections: Annotated[list[Section], Field(min_length=1, max_length=20)]


class SurveyBody(Questionnaire):
    """Every text must be there in every language of `languages`; question keys are unique in the survey.

    Texts may name the organisation as `{organisation}`, in sections that are asked for each service also the service
    (`{service}`) and its provider (`{provider}`); `{{` and `}}` are braces.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [SURVEY]})

    provider_id: Reference | None = Field(default=None, description="Null: about services of several providers")


class SurveyView(Questionnaire):
    """A survey with its draft. `latestVersion` is what was published last; null if nothing was."""

    model_config = ConfigDict(json_schema_extra={"examples": [VIEW]})

    id: UUID
    provider_id: UUID | None = Field(description="Null: about services of several providers")
    latest_version: int | None
    created_at: Instant
    updated_at: Instant


class SurveySummary(Schema):
    """Without the questions, which a single survey shows."""

    id: UUID
    key: str = Field(examples=["cleaning"])
    provider_id: UUID | None
    title: LanguageMap
    languages: list[str] = Field(examples=[["nl", "en"]])
    latest_version: int | None = Field(examples=[1])
    created_at: Instant
    updated_at: Instant


class VersionView(Questionnaire):
    """A published questionnaire; never changes."""

    model_config = ConfigDict(json_schema_extra={"examples": [VERSION]})

    survey_id: UUID
    provider_id: UUID | None = Field(description="Null: about services of several providers")
    version: int
    published_at: Instant


class VersionSummary(Schema):
    survey_id: UUID
    version: int = Field(examples=[1])
    published_at: Instant
    title: LanguageMap
    languages: list[str] = Field(examples=[["nl", "en"]])


class PreviewOf(Schema):
    """What to show: the draft as saved, or a `survey` that is not saved yet."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"language": "en"}]})

    language: Language | None = None
    survey: SurveyBody | None = None
    attributes: (
        Annotated[dict[Key, ShortText], Field(max_length=100, json_schema_extra={"additionalProperties": False})] | None
    ) = Field(
        default=None,
        description="As somebody with these attributes sees it, and no others",
        examples=[{"location": "Depot"}],
    )
