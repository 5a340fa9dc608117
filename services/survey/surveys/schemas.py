"""The body of a survey. What one part says of another is for `rules.py`."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BeforeValidator, ConfigDict, Field, StrictBool, StrictFloat, StrictInt, ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from services.shared.schemas import WHOLE, Instant, Key, LanguageMap, Reference, Schema, ShortText, Sparse
from services.survey.surveys.conditions import Operator
from services.survey.surveys.examples import SURVEY, VERSION, VIEW
from services.survey.surveys.values import LONGEST_MONTH, MAXIMUM_LENGTH

Points = Literal[5, 7, 10]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$", examples=["nl"])]
Whole = Annotated[StrictInt, WHOLE]
Expected = Annotated[list[Whole | ShortText], Field(min_length=1, max_length=50)]
LATER = ("ranking", "number", "date")


class Topic(Sparse):
    key: Key
    name: LanguageMap


class Option(Sparse):
    key: Key
    topic: Key | None = Field(default=None, description="The topic that this option is about")
    text: LanguageMap


class Condition(Sparse):
    """Looks at an earlier question of the same section; in a repeated section at the answer about the same service.

    `equals` fits scales, lostTime, yesNo and singleChoice; `notEquals` and `in` (with a list) all of these but yesNo;
    `lessThan`, `lessOrEqual`, `greaterThan` and `greaterOrEqual` scales and lostTime; `contains` multipleChoice. No
    answer meets no condition, "not applicable" neither.
    """

    question: Key
    operator: Operator = Field(examples=["lessThan"])
    value: StrictBool | Whole | StrictFloat | ShortText | Expected = Field(examples=[6])


class Question(Sparse):
    key: Key
    text: LanguageMap
    topic: Key | None = None
    required: StrictBool = False
    not_applicable: StrictBool = Field(default=False, description="May it be answered with notApplicable")
    show_if: Condition | None = Field(default=None, description="Absent: always shown")


class Scale(Question):
    labels: Key | None = Field(default=None, description="A name in the survey's labels, with a wording for each point")
    minimum_label: LanguageMap | None = None
    maximum_label: LanguageMap | None = None


class Rating(Scale):
    type: Literal["rating"]
    points: Points
    role: Literal["overall"] | None = Field(
        default=None, description="By default the first rating without topic in the first section is the overall one"
    )


class Effort(Scale):
    """Customer effort: the higher, the easier."""

    type: Literal["effort"]
    points: Points = 7


class Importance(Scale):
    type: Literal["importance"]
    points: Points = 5


class Nps(Scale):
    """Likelihood to recommend, 0 to 10."""

    type: Literal["nps"]


class LostTime(Question):
    type: Literal["lostTime"]
    unit: Literal["minutesPerMonth"] = Field(
        default="minutesPerMonth", description=f"Whole minutes a month, 0 to {LONGEST_MONTH:,}"
    )


class YesNo(Question):
    type: Literal["yesNo"]


class SingleChoice(Question):
    type: Literal["singleChoice"]
    options: Annotated[list[Option], Field(min_length=2, max_length=50)]


class MultipleChoice(Question):
    type: Literal["multipleChoice"]
    options: Annotated[list[Option], Field(min_length=2, max_length=50)]


class TextQuestion(Question):
    type: Literal["text"]
    maximum_length: Annotated[int, Field(strict=True, ge=1, le=4_000), WHOLE] = Field(
        default=MAXIMUM_LENGTH, description="In characters"
    )


KINDS: dict[str, type[Question]] = {
    "rating": Rating, "effort": Effort, "importance": Importance, "nps": Nps, "lostTime": LostTime, "yesNo": YesNo,
    "singleChoice": SingleChoice, "multipleChoice": MultipleChoice, "text": TextQuestion,
}  # fmt: skip


def _of_its_type(value: Any) -> Any:
    """Picks the schema by `type` before pydantic does, whose pointers into a union name the member passed through."""
    if not isinstance(value, dict):
        return value
    kind = value.get("type")
    if isinstance(kind, str) and kind in KINDS:
        return KINDS[kind].model_validate(value)
    if "type" not in value:
        error = InitErrorDetails(type="missing", loc=("type",), input=value)
    elif kind in LATER:
        later = PydanticCustomError("questionTypeNotYet", "is a question type that cannot be asked yet")
        error = InitErrorDetails(type=later, loc=("type",), input=kind)
    else:
        unknown = PydanticCustomError("unknownQuestionType", "is no question type; there are: " + ", ".join(KINDS))
        error = InitErrorDetails(type=unknown, loc=("type",), input=kind)
    raise ValidationError.from_exception_data("Question", [error])


AnyQuestion = Annotated[
    Annotated[
        Rating | Effort | Importance | Nps | LostTime | YesNo | SingleChoice | MultipleChoice | TextQuestion,
        Field(discriminator="type"),
    ],
    BeforeValidator(_of_its_type),
]
Services = Annotated[int, Field(strict=True, ge=1, le=20), WHOLE]


class Section(Sparse):
    """With `repeatFor` its questions are asked about each service that the respondent rates: at least
    `minimumServices` (1) and at most `maximumServices` (3) of those they use. Without, they are asked once."""

    key: Key
    title: LanguageMap | None = None
    repeat_for: Literal["ratedService"] | None = None
    minimum_services: Services | None = None
    maximum_services: Services | None = None
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
    """Every text must be there in every language of `languages`; question keys are unique in the survey."""

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
