"""Bodies of `/v1/waves`."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from services.shared.schemas import WHOLE, Date, Instant, LanguageMap, Reference, Schema
from services.survey.contact_policy.schemas import Skipped

Status = Literal["draft", "open", "closed", "released"]
ServiceChoice = Literal["respondent", "random"]
WaveServiceChoice = Literal["respondent", "random", "used"]
DeliveryState = Literal["pending", "sent", "bounced"]
_BIG = 1_000_000


def distinct(values: list[str]) -> list[str]:
    if len(set(values)) != len(values):
        raise PydanticCustomError("duplicate", "names something twice")
    return values


def ascending(days: list[int]) -> list[int]:
    if len(set(days)) != len(days):
        raise PydanticCustomError("duplicate", "has two reminders on one day")
    return sorted(days)


Seed = Annotated[
    Annotated[int, Field(strict=True, ge=0, le=2**31 - 1), WHOLE] | None,
    Field(description="The same seed and people give the same sample; drawn at random if absent", examples=[7]),
]  # fmt: skip
Days = Annotated[int, Field(strict=True, ge=1, le=365), WHOLE]
Minimum = Annotated[int, Field(strict=True, ge=2, le=10_000), WHOLE] | None


class AllSample(Schema):
    """Everyone who uses at least one of the services."""

    kind: Literal["all"]
    seed: Seed = None


class NumberSample(Schema):
    """So many people, shared out over the units in proportion."""

    kind: Literal["number"]
    number: Annotated[int, Field(strict=True, ge=1, le=10_000_000), WHOLE] = Field(examples=[400])
    seed: Seed = None


class ShareSample(Schema):
    """So large a part of the people, in each unit alike."""

    kind: Literal["share"]
    share: float = Field(strict=True, gt=0, le=1, examples=[0.25])
    seed: Seed = None


class MarginSample(Schema):
    """So many people that a share of one half is known to within the margin, shared out over the units in proportion
    (Cochran, Sampling Techniques, 1977, 4.4, with finite population correction)."""

    kind: Literal["marginOfError"]
    margin_of_error: float = Field(strict=True, ge=0.005, le=0.5, examples=[0.05])
    confidence: float = Field(default=0.95, strict=True, ge=0.5, le=0.999)
    expected_response: float = Field(
        default=1.0, strict=True, gt=0.01, le=1, description="The part of the invited that will answer", examples=[0.6]
    )
    seed: Seed = None


Sample = Annotated[AllSample | NumberSample | ShareSample | MarginSample, Field(discriminator="kind")]


class WaveBody(Schema):
    """What a draft says; frozen when the wave opens, but for a later `closesAt`."""

    survey_id: UUID
    version: Annotated[int, Field(strict=True, ge=1, le=_BIG), WHOLE] | None = Field(
        default=None, description="Of the survey; the latest that is published if absent", examples=[1]
    )
    title: LanguageMap | None = Field(default=None, description="The survey's title if absent")
    service_ids: Annotated[list[Reference], AfterValidator(distinct)] = Field(
        min_length=1,
        max_length=500,
        description="What is measured; who uses none of these is not invited",
        examples=[["external:FAC-01", "external:ICT-02"]],
    )
    service_choice: ServiceChoice = Field(
        default="respondent",
        description="Who chooses which services somebody rates, of those they use: they, or chance when invited",
    )
    sample: Sample = Field(default_factory=lambda: AllSample(kind="all"))
    opens_at: Instant | None = Field(
        default=None,
        description="`POST …/open` then schedules it for this time; absent or past: it opens at once",
        examples=["2026-03-09T09:00:00+01:00"],
    )
    closes_at: Instant = Field(examples=["2026-03-27T17:00:00+01:00"])
    reminders: Annotated[list[Days], AfterValidator(ascending)] = Field(
        default=[], max_length=5, description="Days after the invitation", examples=[[7, 14]]
    )
    minimum_group: Minimum = Field(
        default=None, description="The fewest answers a figure may be about; not below the organisation's", examples=[5]
    )
    comment_minimum_group: Minimum = Field(
        default=None, description="The same for comments; not below the organisation's", examples=[10]
    )

    @field_validator("closes_at")
    @classmethod
    def _closes_after_it_opens(cls, closes_at: datetime, said: ValidationInfo) -> datetime:
        opens_at = said.data.get("opens_at")  # not there if it was refused
        if opens_at is not None and closes_at <= opens_at:
            raise PydanticCustomError("closesBeforeItOpens", "must be after opensAt")
        return closes_at


class Wave(Schema):
    id: UUID
    survey_id: UUID
    version: int | None = Field(description="Null in a draft whose survey has never been published", examples=[1])
    title: LanguageMap
    service_ids: list[UUID]
    service_choice: WaveServiceChoice = Field(
        description="`used`: each is asked about the one service that they used, after an interaction"
    )
    sample: Sample
    opens_at: AwareDatetime | None = Field(examples=["2026-03-09T08:00:00Z"])
    closes_at: AwareDatetime = Field(examples=["2026-03-27T16:00:00Z"])
    reminders: list[int] = Field(examples=[[7, 14]])
    minimum_group: int = Field(examples=[5])
    comment_minimum_group: int = Field(examples=[10])
    maximum_services: int | None = Field(
        description="The most services one person rates; null in a draft", examples=[3]
    )
    status: Status
    scheduled: bool = Field(description="A draft that will be opened at opensAt")
    code: str | None = Field(
        description="Why a draft that was scheduled did not open, as `POST …/open` would refuse it; null otherwise"
    )
    programme_id: UUID | None = Field(description="The programme that made it; null: made by hand")
    skipped: Skipped
    created_at: AwareDatetime
    updated_at: AwareDatetime


class UnitSample(Schema):
    """In or below the unit."""

    unit_id: UUID
    audience: int = Field(examples=[412])
    invited: int = Field(examples=[103])
    margin_of_error: float | None = Field(
        description="Of a share of one half, at the sample's confidence, if as many answer as it expects (all, unless it"
        " says so)",
        examples=[0.084],
    )


class SamplePreview(Schema):
    """How many, never who, nor who is left out: `invited` and the margins are those of the plan, as if the contact policy
    left nobody out. Units with fewer invited people than the minimum are not listed."""

    population: int = Field(description="All active employees", examples=[1_600])
    audience: int = Field(description="Those who use at least one of the services", examples=[1_200])
    invited: int | None = Field(
        description="After interactions: those whose use would be asked about, or null for fewer than the minimum",
        examples=[300],
    )
    margin_of_error: float | None = Field(
        description="Of all together; after interactions null, for who used something is no sample", examples=[0.049]
    )
    skipped: Skipped
    units: list[UnitSample]


class UnitProgress(Schema):
    """In or below the unit."""

    unit_id: UUID
    invited: int = Field(examples=[103])
    bounced: int = Field(examples=[1])
    answered: int = Field(examples=[58])


class Progress(Schema):
    """Counted once a day and once after the end. A unit is missing while its figure, or what is left of a larger one
    without it, would be about fewer answers than the minimum, or could be set against the figures of a service that
    fewer people there do not use."""

    wave_id: UUID
    as_of_date: Date | None = Field(description="Null before the wave opens", examples=["2026-03-16"])
    invited: int = Field(examples=[300])
    bounced: int = Field(examples=[4])
    answered: int | None = Field(
        description="Null while it would be about fewer than the minimum, or tell of those who cannot have rated a service",
        examples=[171],
    )
    units: list[UnitProgress]


class Invitation(Schema):
    """`deliveryState` is of the invitation, not of reminders. Notification's deliveries name it by its `id`."""

    id: UUID
    employee_id: UUID
    unit_id: UUID = Field(description="Where they worked when the wave opened")
    delivery_state: DeliveryState


class RecipientsAsked(Schema):
    organisation_id: UUID
    wave_id: UUID
    kind: Literal["invitation", "reminder"]
    invitation_ids: list[Annotated[str, Field(pattern=r"^-?[0-9]{1,19}$")]] = Field(max_length=500)


class Recipient(Schema):
    invitation_id: str
    address: str
    name: str
    language: str
    link: str


class WaveTold(Schema):
    title: LanguageMap
    closes_at: AwareDatetime
    organisation_name: str
    minimum_group: int
    quiet_until: AwareDatetime | None = None


class Recipients(Schema):
    """Who is missing gets nothing."""

    items: list[Recipient]
    wave: WaveTold
