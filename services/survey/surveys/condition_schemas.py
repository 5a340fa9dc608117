"""The body of a condition. What its names and values must be is for `references.py`."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, StrictBool, StrictFloat, StrictInt, ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from services.shared.schemas import WHOLE, Key, Reference, ShortText, Sparse
from services.survey.surveys.conditions import DEEPEST, Operator

Whole = Annotated[StrictInt, WHOLE]
Expected = Annotated[list[Whole | StrictFloat | ShortText], Field(min_length=1, max_length=50)]
EXAMPLE: dict[str, Any] = {"question": "overall", "operator": "lessThan", "value": 6}


class AnswerCondition(Sparse):
    """Looks at an earlier question: in a repeated section at the answer about the same service, or to a question that
    was asked once, in a section before the first repeated one.

    `equals` fits all types but multipleChoice, ranking and text; `notEquals` too; `in` (with a list) all of these but
    yesNo; `lessThan`, `lessOrEqual` or `atMost`, `greaterThan`, `greaterOrEqual` or `atLeast` scales, lostTime, number and
    date; `contains` and `notContains` multipleChoice and ranking; `answered` and `notAnswered` (without a value) all. No
    answer meets `notAnswered` and nothing else, and so does "not applicable".
    """

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    question: Key
    operator: Operator = Field(examples=["lessThan"])
    value: StrictBool | Whole | StrictFloat | ShortText | Expected | None = Field(default=None, examples=[6])


class ServiceCondition(Sparse):
    """`uses`: the respondent uses this service, as the wave was drawn; `rates`: they answered something about it, for what
    is asked once, in a section after the last that is repeated; `is`: it is the one being rated, in a section that is
    repeated. A service that is not in the wave is used by nobody in it."""

    service: Reference
    operator: Literal["uses", "rates", "is"]


class AttributeCondition(Sparse):
    """Looks at a declared attribute of the respondent when they answer. Who has no value meets `notAnswered` alone."""

    attribute: Key
    operator: Literal["equals", "notEquals", "in", "answered", "notAnswered"]
    value: ShortText | Annotated[list[ShortText], Field(min_length=1, max_length=50)] | None = None


class AllConditions(Sparse):
    all: Annotated[list["Condition"], Field(min_length=1, max_length=20)]


class AnyCondition(Sparse):
    any: Annotated[list["Condition"], Field(min_length=1, max_length=20)]


class NotCondition(Sparse):
    not_: "Condition" = Field(alias="not")


KINDS: dict[str, type[Sparse]] = {
    "question": AnswerCondition, "service": ServiceCondition, "attribute": AttributeCondition, "all": AllConditions,
    "any": AnyCondition, "not": NotCondition,
}  # fmt: skip


def _of_its_kind(value: Any) -> Any:
    """Picks the schema before pydantic does, whose pointers into a union name the member passed through."""
    if isinstance(value, Sparse):
        return value
    if not isinstance(value, dict):
        raise _refused("notACondition", "must have one of: " + ", ".join(KINDS), value)
    named = [kind for name, kind in KINDS.items() if name in value]
    if _depth(value) > DEEPEST:
        raise _refused("tooDeep", f"is more than {DEEPEST} conditions deep", value)
    if len(named) == 1:
        return named[0].model_validate(value)
    raise _refused("notACondition", "must have one of: " + ", ".join(KINDS), value)


def _refused(code: Any, detail: Any, value: Any) -> ValidationError:
    error = InitErrorDetails(type=PydanticCustomError(code, detail), loc=(), input=value)
    return ValidationError.from_exception_data("Condition", [error])


def _depth(value: Any) -> int:
    """How many `all`, `any` and `not` are in each other; without recursion, for a body may be as deep as it likes."""
    depth, level = 0, [value]
    while depth <= DEEPEST:
        inner: list[Any] = []
        for each in level:
            for name in ("all", "any", "not"):
                part = each.get(name)
                inner += [one for one in (part if isinstance(part, list) else [part]) if isinstance(one, dict)]
        if not inner:
            return depth
        depth, level = depth + 1, inner
    return depth


Condition = Annotated[
    AnswerCondition | ServiceCondition | AttributeCondition | AllConditions | AnyCondition | NotCondition,
    BeforeValidator(_of_its_kind),
]
for model in (AllConditions, AnyCondition, NotCondition):
    model.model_rebuild()
