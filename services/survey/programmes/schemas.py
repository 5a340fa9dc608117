"""Bodies of `/v1/programmes`."""

from datetime import date, datetime, time
from typing import Annotated, Literal
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    Field,
    ValidationInfo,
    field_validator,
)
from pydantic_core import PydanticCustomError

from services.shared.schemas import WHOLE, Instant, LanguageMap, PlannedDate, Reference, Schema, ShortText
from services.survey.contact_policy.schemas import DaysApart, Skipped
from services.survey.waves.schemas import (
    AllSample,
    Days,
    Minimum,
    Sample,
    ServiceChoice,
    ascending,
    distinct,
)

LocalTime = Annotated[
    str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", description="Where the organisation is", examples=["09:00"])
]
Minutes = Annotated[int, Field(strict=True, ge=0, le=10_000_000), WHOLE]
Texts = Annotated[list[ShortText], Field(max_length=100)]
Period = Literal["month", "quarter"]
Holidays = Annotated[
    Literal["NL"] | None,
    Field(description="The country whose public holidays are none of the days on which it runs", examples=["NL"]),
]
NINE = "09:00"
ASKED_ABOUT = 14  # days


def start_of(day: date, at: str) -> datetime:
    """Local."""
    return datetime.combine(day, time.fromisoformat(at))


class OnceSchedule(Schema):
    """One wave. While too few people are left to it, it tries again on the next six working days."""

    kind: Literal["once"]
    starts_at: Instant = Field(examples=["2999-03-09T09:00:00+01:00"])


class PeriodicSchedule(Schema):
    """A wave each time that the rule says, where the organisation is. What falls on a public holiday runs on the next
    working day. While too few people are left to it, it tries again on the next six working days, unless the next wave
    follows within a fortnight."""

    kind: Literal["periodic"]
    start_date: PlannedDate = Field(description="DTSTART, with startTime", examples=["2026-03-09"])
    start_time: LocalTime = NINE
    public_holidays: Holidays = None
    rrule: Annotated[str, Field(min_length=9, max_length=500)] = Field(
        description="A recurrence rule of RFC 5545, of days: at least seven apart. Looked at for ten years",
        examples=["FREQ=MONTHLY;INTERVAL=3;BYDAY=2MO"],
    )


class DailySchedule(Schema):
    """On working days. A month's or quarter's invitations are one wave, whose answers come out together after its end."""

    start_date: PlannedDate = Field(examples=["2026-03-09"])
    start_time: LocalTime = NINE
    period: Period = Field(default="quarter", description="Of the calendar")
    public_holidays: Holidays = None


class ContinuousSchedule(DailySchedule):
    """A random share of the audience each working day, so that everybody is asked about once in a cycle, and nobody twice
    in one or in a wave. What is missed, in a quiet period say, is made up for at twice the usual number a day at the
    most, until a fortnight after the cycle; who is left then has a turn in the next."""

    kind: Literal["continuous"]
    cycle_days: Annotated[int, Field(strict=True, ge=28, le=366), WHOLE] = Field(
        default=91,
        description="In which everybody is asked about once; at least two thirds of it lie between two invitations of"
        " one person. Not below 28 with months and 90 with quarters, and then taken for 31 and 92; taken for a quarter"
        " longer than the contact policy and contactRules let lie between two invitations, if that is longer. What the"
        " policy lets somebody be asked is divided alike among the makers of continuous programmes that ask the same"
        " people; one by which the waves of another of these makers would have too few for a figure is refused (409"
        " tooFewInvited). It may leave a month's wave of few people too few: then choose a quarter."
        " Another length holds from the next run on, at its own pace: what is left of the cycle is stretched or shrunk"
        " alike",
        examples=[91],
    )


class InteractionCondition(Schema):
    """What holds of an interaction about which somebody is asked. What is left out does not matter."""

    service_ids: Annotated[list[Reference], Field(max_length=500), AfterValidator(distinct)] = Field(
        default=[], description="Of the programme's services; none: all of these"
    )
    kinds: Texts = Field(default=[], examples=[["incident"]])
    channels: Texts = Field(default=[], examples=[["portal"]])
    minimum_minutes: Minutes | None = Field(default=None, description="The shortest duration", examples=[30])
    maximum_minutes: Minutes | None = Field(default=None, description="The longest duration", examples=[2_880])

    @field_validator("maximum_minutes")
    @classmethod
    def _can_be_met(cls, most: int | None, said: ValidationInfo) -> int | None:
        least = said.data.get("minimum_minutes")
        if most is not None and least is not None and most < least:
            raise PydanticCustomError("neverMet", "must not be below minimumMinutes")
        return most


class AfterInteractionSchedule(DailySchedule):
    """Some of those who used a service are asked about it, each working day, and nobody twice in a month or quarter.
    Whoever another programme asks on that day is left to it. A use may be asked about for fourteen days after
    `delayDays`, not counting those of quiet periods; after that, or if the wave could not ask about it, as of a newer
    unit, it is counted as `tooLate`. A wave begins once as many as its minimum wait; on each of its days nobody is
    asked unless as many wait, and may be asked, as the organisation's minimum. Nothing that is kept with an answer
    says which interaction it is about."""

    kind: Literal["afterInteraction"]
    condition: InteractionCondition = InteractionCondition()
    delay_days: Annotated[int, Field(strict=True, ge=0, le=30), WHOLE] = Field(
        default=1, description="Days from the end of an interaction to the invitation", examples=[1]
    )
    share: float = Field(default=1.0, strict=True, gt=0, le=1, description="Of the interactions", examples=[0.25])


Schedule = Annotated[
    OnceSchedule | PeriodicSchedule | ContinuousSchedule | AfterInteractionSchedule, Field(discriminator="kind")
]


class AudienceAsked(Schema):
    unit_ids: Annotated[list[Reference], AfterValidator(distinct)] = Field(
        min_length=1, max_length=500, description="These units and all below them", examples=[["external:OE-2"]]
    )


class ContactRules(Schema):
    """Of this programme, beside the organisation's contact policy; the stricter holds."""

    minimum_days_between: DaysApart | None = Field(
        default=None, description="Days from an invitation to any survey to one of this programme", examples=[30]
    )


class ProgrammeBody(Schema):
    """What is measured, of whom, how often. Each wave is of the version of the survey that is published last when it
    opens."""

    survey_id: UUID
    title: LanguageMap | None = Field(default=None, description="The survey's title if absent")
    service_ids: Annotated[list[Reference], AfterValidator(distinct)] = Field(
        default=[],
        max_length=500,
        description="What is measured, as long as it is there and its maker's. Absent: all services of the caller's (and"
        " of the survey's provider) that the audience uses now",
        examples=[["external:FAC-01", "external:ICT-02"]],
    )
    audience: AudienceAsked | None = Field(default=None, description="Who is asked; absent: all who use the services")
    schedule: Schedule = Field(
        examples=[
            {
                "kind": "periodic",
                "startDate": "2026-03-09",
                "startTime": "09:00",
                "publicHolidays": "NL",
                "rrule": "FREQ=MONTHLY;INTERVAL=3;BYDAY=2MO",
            }
        ]
    )
    sample: Sample = Field(
        default_factory=lambda: AllSample(kind="all"),
        description="Of once and periodic. Daily schedules say themselves how many; of these only the seed counts",
    )
    service_choice: ServiceChoice = Field(
        default="respondent",
        description="Who chooses which services somebody rates; after an interaction it is the one that was used",
    )
    closes_after_days: Days = Field(
        default=21, description="After it opened; of a daily schedule after the period's end", examples=[21]
    )
    reminders: Annotated[list[Days], AfterValidator(ascending)] = Field(
        default=[], max_length=5, description="Days after the invitation", examples=[[7, 14]]
    )
    minimum_group: Minimum = Field(default=None, description="Not below the organisation's", examples=[5])
    comment_minimum_group: Minimum = Field(default=None, description="Not below the organisation's", examples=[10])
    contact_rules: ContactRules = ContactRules()
    active: Annotated[bool, Field(strict=True)] = Field(default=True, description="False: it waits until resumed")


class Programme(ProgrammeBody):
    id: UUID
    title: LanguageMap
    next_run_at: AwareDatetime | None = Field(
        description="Null while it is paused, and when it has run for the last time", examples=["2026-06-08T07:00:00Z"]
    )
    created_at: AwareDatetime
    updated_at: AwareDatetime


class Run(Schema):
    """What came of one time at which the programme was to run."""

    id: UUID
    planned_at: AwareDatetime = Field(examples=["2026-03-09T08:00:00Z"])
    ran_at: AwareDatetime = Field(examples=["2026-03-09T08:00:03Z"])
    wave_id: UUID | None
    invited: int = Field(examples=[300])
    skipped: Skipped
    code: str | None = Field(description="Why nobody was invited", examples=["tooFewInvited"])
