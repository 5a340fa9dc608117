"""The body of a question of each type."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StrictBool, StrictFloat, StrictInt, ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from services.shared.schemas import WHOLE, Date, Key, LanguageMap, Sparse
from services.survey.surveys.condition_schemas import Condition
from services.survey.surveys.values import LARGEST, LONGEST_MONTH, MAXIMUM_LENGTH

Points = Literal[5, 7, 10]
WITHIN = Field(ge=-LARGEST, le=LARGEST)
Number = Annotated[StrictInt, WITHIN, WHOLE] | Annotated[StrictFloat, WITHIN]


class Topic(Sparse):
    key: Key
    name: LanguageMap


class Shown(Sparse):
    """What may be there for some only. With neither it is always shown."""

    show_if: Condition | None = Field(default=None, description="Shown to those who meet this")
    skip_if: Condition | None = Field(default=None, description="Shown to those who do not meet this; not with showIf")


class Option(Shown):
    key: Key
    topic: Key | None = Field(default=None, description="The topic that this option is about")
    text: LanguageMap


class Question(Shown):
    key: Key
    text: LanguageMap
    topic: Key | None = None
    required: StrictBool = False
    require_if: Condition | None = Field(default=None, description="Required of those who meet this")
    not_applicable: StrictBool = Field(default=False, description="May it be answered with notApplicable")
    matrix: Key | None = Field(
        default=None, description="Neighbours with the same name are rows of one table: of one type, with one scale"
    )


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


Options = Annotated[list[Option], Field(min_length=2, max_length=50)]
Choices = Annotated[StrictInt, Field(ge=1, le=50), WHOLE]


class SingleChoice(Question):
    type: Literal["singleChoice"]
    options: Options
    random_options: StrictBool | None = Field(default=None, description="In an order that differs by respondent")


class MultipleChoice(Question):
    """Where fewer options are shown than `minimumChoices`, all of these are enough."""

    type: Literal["multipleChoice"]
    options: Options
    random_options: StrictBool | None = None
    minimum_choices: Choices | None = None
    maximum_choices: Choices | None = None


class Ranking(Question):
    """The answer is a list of options, the best first. Figures count who put which option first."""

    type: Literal["ranking"]
    options: Options
    random_options: StrictBool | None = None
    maximum_choices: Choices | None = Field(default=None, description="How many may be ranked; absent: all")


class NumberQuestion(Question):
    type: Literal["number"]
    minimum: Number | None = None
    maximum: Number | None = None
    decimals: Annotated[StrictInt, Field(ge=0, le=6), WHOLE] = Field(default=0, description="0: a whole number")
    unit: LanguageMap | None = Field(default=None, description="What is counted, as said behind the number")


class DateQuestion(Question):
    type: Literal["date"]
    earliest_date: Date | None = None
    latest_date: Date | None = None


class TextQuestion(Question):
    type: Literal["text"]
    maximum_length: Annotated[int, Field(strict=True, ge=1, le=4_000), WHOLE] = Field(
        default=MAXIMUM_LENGTH, description="In characters"
    )


KINDS: dict[str, type[Question]] = {
    "rating": Rating, "effort": Effort, "importance": Importance, "nps": Nps, "lostTime": LostTime, "yesNo": YesNo,
    "singleChoice": SingleChoice, "multipleChoice": MultipleChoice, "ranking": Ranking, "text": TextQuestion,
    "number": NumberQuestion, "date": DateQuestion,
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
    else:
        unknown = PydanticCustomError("unknownQuestionType", "is no question type; there are: " + ", ".join(KINDS))
        error = InitErrorDetails(type=unknown, loc=("type",), input=kind)
    raise ValidationError.from_exception_data("Question", [error])


AnyQuestion = Annotated[
    Annotated[
        Rating
        | Effort
        | Importance
        | Nps
        | LostTime
        | YesNo
        | SingleChoice
        | MultipleChoice
        | Ranking
        | TextQuestion
        | NumberQuestion
        | DateQuestion,
        Field(discriminator="type"),
    ],
    BeforeValidator(_of_its_type),
]
