"""The published language: every event that a service may put into its feed, by `type`.

`SURVEY`, `ANALYTICS` and `NOTIFICATION` list what each service publishes, or did. A change that a consumer of today
could not read gets a new `type` ending in a version, as `wave.drawn.v2` has, and consumers are upgraded before whoever
publishes it; each type has a checked example in `openapi/events/`.
"""
# long: the whole language on one page, as a dictionary is

from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from services.contracts.envelope import EventData

LanguageMap = dict[str, str]


class Event(EventData):
    """`sensitive` events hold what people answered: only analytics is served them."""

    type: ClassVar[str]
    sensitive: ClassVar[bool] = False


class Attribute(EventData):
    key: str
    name: LanguageMap


class OrganisationChanged(Event):
    type = "organisation.changed"
    organisation_id: UUID
    name: str
    time_zone: str
    languages: list[str]
    minimum_group: int
    comment_minimum_group: int
    attributes: list[Attribute] = Field(default_factory=list)
    hourly_cost: Decimal | None = None
    hourly_cost_currency: str | None = None


class ApiKeyChanged(Event):
    """`hash` is the SHA-256 of the key in hexadecimal; a revoked key stays known so that it is refused."""

    type = "apiKey.changed"
    key_id: UUID
    hash: str
    role: str
    unit_ids: list[UUID]
    expires_at: AwareDatetime | None
    revoked: bool


class ApiKeyUsed(Event):
    """The first use of a day at the service whose feed says so."""

    type = "apiKey.used"
    key_id: UUID
    used_date: date


class UnitChanged(Event):
    type = "unit.changed"
    unit_id: UUID
    external_id: str | None
    name: str
    parent_id: UUID | None
    is_provider: bool
    is_consumer: bool


class UnitRemoved(Event):
    type = "unit.removed"
    unit_id: UUID


class ServiceChanged(Event):
    """Amounts are a year's, in the currency beside them."""

    type = "service.changed"
    service_id: UUID
    external_id: str | None
    provider_id: UUID
    name: LanguageMap
    category: str | None = None
    yearly_cost: Decimal | None = None
    yearly_cost_currency: str | None = None
    commercial_price_per_user: Decimal | None = None
    commercial_price_currency: str | None = None
    commercial_source: str | None = None


class ServiceRemoved(Event):
    type = "service.removed"
    service_id: UUID


class SurveyPublished(Event):
    """`definition` is the body of the survey as `/v1/surveys/{surveyId}/versions/{version}` shows it."""

    type = "survey.published"
    survey_id: UUID
    version: int
    key: str
    provider_id: UUID | None
    definition: dict[str, Any]
    published_at: AwareDatetime


class DrawnUnit(EventData):
    """Counts by own unit, without the units below it. All of its population use these services, of these providers."""

    unit_id: UUID
    parent_id: UUID | None
    population: int
    invited: int
    service_ids: list[UUID]
    provider_ids: list[UUID]


class WaveDrawn(Event):
    """The tree and its counts as they were when the wave was drawn; comes in pieces, all before `wave.opened`."""

    type = "wave.drawn.v2"
    wave_id: UUID
    units: list[DrawnUnit]


class FormerDrawnUnit(EventData):
    unit_id: UUID
    parent_id: UUID | None
    population: int
    invited: int


class FormerDrawnUsers(EventData):
    """Users by own unit: of one service, of any service of a provider, or (neither given) of any service."""

    unit_id: UUID
    service_id: UUID | None = None
    provider_id: UUID | None = None
    users: int


class FormerWaveDrawn(Event):
    """What `wave.drawn.v2` says, in an entry for each service and provider of each unit. None is published any more, but
    feeds hold those of earlier waves."""

    type = "wave.drawn"
    wave_id: UUID
    units: list[FormerDrawnUnit] = Field(default_factory=list)
    users: list[FormerDrawnUsers] = Field(default_factory=list)


class WaveOpened(Event):
    type = "wave.opened"
    wave_id: UUID
    survey_id: UUID
    version: int
    title: LanguageMap
    service_ids: list[UUID]
    minimum_group: int
    comment_minimum_group: int
    maximum_services: int
    opens_at: AwareDatetime
    closes_at: AwareDatetime


class WaveExtended(Event):
    type = "wave.extended"
    wave_id: UUID
    closes_at: AwareDatetime


class WaveClosed(Event):
    type = "wave.closed"
    wave_id: UUID
    closed_at: AwareDatetime


class InvitationsIssued(Event):
    """Invitation ids are decimal strings: eight random bytes, which a JSON number cannot hold."""

    type = "invitations.issued"
    wave_id: UUID
    invitation_ids: list[str]


class ReminderDue(Event):
    """Names the wave only, or in a wave that is added to daily all who were invited on one day: who gets none has
    answered."""

    type = "reminder.due"
    wave_id: UUID
    number: int
    invitation_ids: list[str] | None = None


class Answer(EventData):
    """`ranked`: the list has the best first. A question that begins with `asked:` is none of the survey's: how one that
    some only are asked was asked, of somebody of whom that hangs on answers."""

    question: str
    value: int | float | bool | str | list[str] | None = None
    not_applicable: bool = False
    ranked: bool = False


class Response(EventData):
    id: UUID
    group_id: UUID
    answers: list[Answer]


class ResponsesTaken(Event):
    """Without `serviceId`: the questions asked once. In random order, within and across events."""

    type = "responses.taken"
    sensitive = True
    wave_id: UUID
    service_id: UUID | None
    responses: list[Response]


class Comment(EventData):
    """Scrubbed; tied to no response."""

    id: UUID
    group_id: UUID
    question: str
    language: str
    text: str


class CommentsTaken(Event):
    type = "comments.taken"
    sensitive = True
    wave_id: UUID
    service_id: UUID | None
    comments: list[Comment]


class GroupSize(EventData):
    unit_id: UUID
    people: int


class TakenService(EventData):
    """`closedUnits` have figures: all who answered in or below them have their group there. In `protectedUnits` at
    least the minimum answered, yet they have none, to protect others; everywhere else fewer answered."""

    service_id: UUID | None
    groups: list[GroupSize]
    closed_units: list[UUID]
    protected_units: list[UUID]


class TakenAlone(TakenService):
    """Of a question that goes on its own, since who is asked it says who somebody is: in responses without any other
    answer, with groups of their own, over those who were asked or of whom it hung on answers."""

    question: str


class UnitTurnout(EventData):
    """In or below the unit."""

    unit_id: UUID
    answered: int


class Participation(EventData):
    """How many answered at all, of units and of the whole wave (`answered`) where it gives nobody away."""

    answered: int | None = None
    units: list[UnitTurnout] = Field(default_factory=list)


class WaveTaken(Event):
    """The last event of a taking out: what went before is complete. `pieces` counts the events that it consists of, this
    one apart: without one of them the figures would be wrong. Earlier ones do not say it. Without `enough` fewer than
    the minimum answered, and nothing was opened."""

    type = "wave.taken"
    sensitive = True
    wave_id: UUID
    pieces: int | None = None
    enough: bool
    participation: Participation
    services: list[TakenService]
    alone: list[TakenAlone] = Field(default_factory=list)


class ReleasePublished(Event):
    type = "release.published"
    release_id: UUID
    wave_id: UUID
    published_at: AwareDatetime


class DeliverySent(Event):
    """Of invitations only: who gets no reminder has answered."""

    type = "delivery.sent"
    delivery_id: UUID
    invitation_id: str
    wave_id: UUID
    kind: Literal["invitation"]


class DeliveryBounced(Event):
    type = "delivery.bounced"
    delivery_id: UUID
    invitation_id: str
    wave_id: UUID
    kind: Literal["invitation"]
    reason: str


SURVEY: tuple[type[Event], ...] = (
    OrganisationChanged,
    ApiKeyChanged,
    UnitChanged,
    UnitRemoved,
    ServiceChanged,
    ServiceRemoved,
    SurveyPublished,
    WaveDrawn,
    FormerWaveDrawn,
    WaveOpened,
    WaveExtended,
    WaveClosed,
    InvitationsIssued,
    ReminderDue,
    ResponsesTaken,
    CommentsTaken,
    WaveTaken,
)
ANALYTICS: tuple[type[Event], ...] = (ReleasePublished, ApiKeyUsed)
NOTIFICATION: tuple[type[Event], ...] = (DeliverySent, DeliveryBounced, ApiKeyUsed)
BY_TYPE: dict[str, type[Event]] = {event.type: event for event in (*SURVEY, *ANALYTICS, *NOTIFICATION)}
RETIRED = frozenset({"pooled.taken", "tallies.taken"})  # which feeds may still hold, and nobody reads
