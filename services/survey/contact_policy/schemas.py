"""Bodies of `/v1/contact-policy`."""

from typing import Annotated, Literal, get_args

from pydantic import BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from services.shared.schemas import WHOLE, Instant, PlannedDate, Schema, ShortText

Skip = Literal["contactPolicy", "tooLate"]
DaysApart = Annotated[int, Field(strict=True, ge=1, le=3_650), WHOLE]


def _only_what_is_told(counts: dict[str, int]) -> dict[str, int]:
    return {name: number for name, number in counts.items() if name in get_args(Skip)}


Skipped = Annotated[
    dict[Skip, int],
    BeforeValidator(_only_what_is_told),
    Field(
        description="`contactPolicy`: about how many people the organisation's contact policy leaves out since they"
        " opted out, are on leave, or were invited too short ago or too often before this day; a programme's own"
        " `contactRules` do not count. To the nearest tenth of each part of the tree that has ten times the"
        " organisation's `minimumGroup`; of smaller parts nothing is told, nor which of these it is. Of a wave after"
        " interactions it is told when that closes, of all whose use matched. `tooLate`: uses of"
        " a service that nobody is asked about any more. What is nobody, or may not be told, is not there",
        examples=[{"contactPolicy": 40}],
    ),
]


class QuietPeriod(Schema):
    """Days on which nothing goes out; what is due waits for the first day after them, a programme's for the
    first of its schedule."""

    # One form goes in and comes out: what may be left out there is not required here.
    model_config = ConfigDict(json_schema_serialization_defaults_required=False)

    name: ShortText | None = Field(default=None, examples=["Zomerreces"])
    start_date: PlannedDate = Field(examples=["2026-07-20"])
    end_date: PlannedDate = Field(description="The last quiet day", examples=["2026-08-14"])

    @field_validator("end_date")
    @classmethod
    def _ends_after_it_starts(cls, end_date: PlannedDate, said: ValidationInfo) -> PlannedDate:
        start_date = said.data.get("start_date")
        if start_date is not None and end_date < start_date:
            raise PydanticCustomError("endsBeforeItStarts", "must not be before startDate")
        return end_date


class ContactPolicyBody(Schema):
    """Of all surveys together, whoever makes them. Reminders are no invitations: they count for nothing here."""

    maximum_invitations: Annotated[int, Field(strict=True, ge=1, le=1_000), WHOLE] | None = Field(
        default=None, description="The most for one employee in `withinDays`; null: any number", examples=[4]
    )
    within_days: DaysApart | None = Field(default=None, validate_default=True, examples=[90])
    minimum_days_between: DaysApart | None = Field(
        default=None, description="Days from one invitation of an employee to the next; null: none", examples=[14]
    )
    quiet_periods: list[QuietPeriod] = Field(
        default=[], max_length=200,
        examples=[[{"name": "Zomerreces", "startDate": "2026-07-20", "endDate": "2026-08-14"}]],
    )  # fmt: skip

    @field_validator("within_days")
    @classmethod
    def _both_or_neither(cls, within_days: int | None, said: ValidationInfo) -> int | None:
        if (said.data.get("maximum_invitations") is None) != (within_days is None):
            raise PydanticCustomError("incompleteLimit", "maximumInvitations and withinDays are given together")
        return within_days


class ContactPolicy(ContactPolicyBody):
    updated_at: Instant | None = Field(description="Null while it was never changed", examples=["2026-03-09T08:00:00Z"])
