"""CloudEvents 1.0 in JSON: how an event travels between services."""

from typing import Generic, Literal, TypeVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

Data = TypeVar("Data", bound="EventData")


class EventData(BaseModel):
    """What an event says. A consumer ignores properties that it does not know, so that a producer can be newer."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, validate_by_name=True, validate_by_alias=True)


class Envelope(BaseModel, Generic[Data]):
    """`id` is unique per `source`; `organisationid` and `position` are extension attributes.

    `position` is the cursor just after this event: what a consumer stores once the event took effect.
    """

    model_config = ConfigDict(frozen=True)

    specversion: Literal["1.0"] = "1.0"
    id: UUID
    source: str
    type: str
    subject: str | None = None
    time: AwareDatetime
    datacontenttype: Literal["application/json"] = "application/json"
    dataschema: str | None = None
    organisationid: UUID
    position: str
    data: Data

    @property
    def organisation_id(self) -> UUID:
        return self.organisationid
