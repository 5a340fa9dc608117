"""The body of an answer, for the published document; `submission.py` decodes it."""

from pydantic import Field

from services.shared.schemas import Reference, Schema


class AnswerGiven(Schema):
    """Either a `value` or `notApplicable`. A question that was skipped or not shown is not there."""

    question: str = Field(min_length=1, max_length=64, description="The question's key", examples=["overall"])
    service_id: Reference | None = Field(
        default=None, description="For questions that are asked for each rated service"
    )
    value: int | float | bool | str | list[str] | None = Field(
        default=None,
        description="A whole number for scales and lostTime, a number for number, true or false for yesNo, the key of an "
        "option for singleChoice, keys for multipleChoice and (the best first) ranking, YYYY-MM-DD for date, text for text",
        examples=[8],
    )
    not_applicable: bool = False


class AnswersGiven(Schema):
    """`language`: the one in which the respondent answered, and wrote comments."""

    language: str = Field(pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$", examples=["nl"])
    answers: list[AnswerGiven] = Field(
        examples=[
            [
                {"question": "overall", "serviceId": "external:FAC-01", "value": 8},
                {"question": "priceQuality", "serviceId": "external:FAC-01", "notApplicable": True},
            ]
        ]
    )
