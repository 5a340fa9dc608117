"""What goes in and out over interactions."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Path
from pydantic import Field, RootModel

from services.shared.problems import FieldError
from services.shared.schemas import STORABLE, WHOLE, ExternalId, Instant, Reference, Schema, ShortText, Sparse
from services.survey.interactions.rules import LONGEST, Outcome
from services.survey.organisation.schemas import Resource

MOST = 500  # of a batch
InteractionRef = Annotated[Reference, Path(alias="interactionId")]
Named = Annotated[str, Field(min_length=1, max_length=120), STORABLE]


class InteractionBody(Schema):
    external_id: ExternalId = Field(examples=["I0000001"])
    service_id: Named = Field(
        description="The id, or `external:` followed by the externalId, which need not be known yet",
        examples=["external:FAC-01"],
    )
    employee_id: Named = Field(
        description="Who used the service: the id, or `external:` followed by the externalId, which need not be known"
        " yet",
        examples=["external:E1023"],
    )
    kind: ShortText = Field(description="In the words of the system it comes from", examples=["ticket"])
    channel: ShortText = Field(description="In the words of the system it comes from", examples=["portal"])
    opened_at: Instant = Field(examples=["2026-03-02T09:12:00+01:00"])
    closed_at: Instant | None = Field(
        default=None, description="Null while it is open", examples=["2026-03-04T11:30:00+01:00"]
    )
    duration_minutes: Annotated[int, Field(strict=True, ge=0, le=LONGEST), WHOLE] | None = Field(
        default=None, description="How long was worked on it; not more than it was open", examples=[135]
    )


class InteractionBatch(Schema):
    items: list[InteractionBody] = Field(min_length=1, max_length=MOST)


class InteractionsPushed(RootModel[InteractionBody | InteractionBatch]):
    """One, or a batch of them."""


class Interaction(Resource):
    external_id: str = Field(examples=["I0000001"])
    service_id: UUID | None = Field(description="Null while the service is not known")
    employee_id: UUID | None = Field(description="Null while the employee is not known")
    service_external_id: str | None = Field(description="What was sent, while no service of that name is known")
    employee_external_id: str | None = Field(description="What was sent, while no employee of that name is known")
    kind: str = Field(examples=["ticket"])
    channel: str = Field(examples=["portal"])
    opened_at: datetime
    closed_at: datetime | None
    duration_minutes: int | None = Field(examples=[135])
    parked: bool = Field(description="Waits for its service or its employee to arrive", examples=[False])


class InteractionTaken(Sparse):
    """What became of one of a batch."""

    external_id: str | None = Field(default=None, examples=["I0000001"])
    id: UUID | None = None
    outcome: Outcome = Field(
        description="`overtaken`: a later state of the same interaction is there, or in the same batch",
        examples=["created"],
    )
    parked: bool = Field(description="Waits for its service or its employee to arrive", examples=[False])
    errors: list[FieldError] | None = Field(default=None, description="Why it was refused")


class InteractionsTaken(Schema):
    """In the order of the batch. What is not refused is in."""

    items: list[InteractionTaken]


class InteractionsAnswer(RootModel[InteractionsTaken | Interaction]):
    """Of a batch what became of each; of one that was there already, that one."""
