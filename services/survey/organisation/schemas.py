"""What goes in and out over organisations, units, employees and keys."""

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Path, Query
from pydantic import AfterValidator, BeforeValidator, Field, StrictBool, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from services.shared.auth import Role
from services.shared.schemas import (
    NOT_BLANK,
    STORABLE,
    WHOLE,
    Date,
    ExternalId,
    Instant,
    LanguageMap,
    Money,
    Reference,
    Schema,
    ShortText,
)
from services.survey.organisation.rules import LONGEST_MAIL, RESERVED_ATTRIBUTES, is_mail, is_time_zone


def _zone(name: str) -> str:
    if not is_time_zone(name):
        raise PydanticCustomError("unknownTimeZone", "is not a time zone such as Europe/Amsterdam")
    return name


def _mail(text: str) -> str:
    if not is_mail(text):
        raise PydanticCustomError("notAMailAddress", "is not a mail address")
    return text


def _not_reserved(key: str) -> str:
    if key.lower() in RESERVED_ATTRIBUTES:
        raise PydanticCustomError("reservedKey", "is what employees have already")
    return key


def _plain_bool(value: Any) -> Any:
    """`yes` and `1` are taken for booleans otherwise."""
    if value not in ("true", "false", True, False):
        raise PydanticCustomError("notABoolean", "is neither true nor false")
    return value


def _distinct_keys(attributes: list["DeclaredAttribute"]) -> list["DeclaredAttribute"]:
    if len({attribute.key.lower() for attribute in attributes}) < len(attributes):
        raise PydanticCustomError("doubledKey", "has two attributes of the same key")
    return attributes


def _distinct(values: list[str]) -> list[str]:
    if len(set(values)) < len(values):
        raise PydanticCustomError("doubledValue", "has a value twice")
    return values


Flag = Annotated[bool, BeforeValidator(_plain_bool)]
LanguageTag = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$", examples=["nl"])]
AttributeKey = Annotated[
    str,
    Field(pattern=r"^[A-Za-z]([A-Za-z0-9 _.-]{0,62}[A-Za-z0-9])?$", examples=["location"]),
    AfterValidator(_not_reserved),
]
Mail = Annotated[
    str,
    Field(
        max_length=LONGEST_MAIL,
        examples=["paula.geerts@rivierenmark.example"],
        json_schema_extra={"format": "email"},
    ),
    AfterValidator(_mail),
]
UnitRef = Annotated[Reference, Path(alias="unitId")]
EmployeeRef = Annotated[Reference, Path(alias="employeeId")]
OnDate = Annotated[
    Date | None,
    Query(alias="onDate", description="Who was there on this day", json_schema_extra={"format": "date"}),
]
KeyRef = Annotated[UUID, Path(alias="apiKeyId")]


class Resource(Schema):
    id: UUID
    created_at: Instant
    updated_at: Instant


class DeclaredAttribute(Schema):
    """A property that employees have here, and by which figures can be cut."""

    key: AttributeKey
    name: LanguageMap


class OrganisationBody(Schema):
    external_id: Annotated[str, Field(min_length=1, max_length=100), STORABLE, NOT_BLANK] | None = Field(
        default=None,
        description="What the organisation is called elsewhere; need not be unique",
        examples=["rivierenmark"],
    )
    name: ShortText = Field(examples=["Gemeente Rivierenmark"])
    time_zone: Annotated[str, Field(max_length=60), AfterValidator(_zone)] = Field(
        default="Europe/Amsterdam", examples=["Europe/Amsterdam"]
    )
    languages: Annotated[list[LanguageTag], Field(min_length=1, max_length=20), AfterValidator(_distinct)] = Field(
        default=["nl", "en"], description="The first is the default", examples=[["nl", "en"]]
    )
    minimum_group: Annotated[int, Field(strict=True, ge=5, le=1000), WHOLE] = Field(
        default=5, description="Fewer people than this have no figures"
    )
    comment_minimum_group: Annotated[int, Field(strict=True, ge=10, le=1000), WHOLE] = Field(
        default=10, description="Fewer people than this have no readable comments"
    )
    attributes: Annotated[list[DeclaredAttribute], Field(max_length=50), AfterValidator(_distinct_keys)] = Field(
        default=[],
        description="What employees have here. One that is taken away is taken from all employees too",
        examples=[[{"key": "location", "name": {"nl": "Locatie", "en": "Location"}}]],
    )
    hourly_cost: Money | None = Field(
        default=None,
        description="What an hour of lost time costs",
        examples=[{"amount": "52.50", "currency": "EUR"}],
    )
    scim_groups: Literal["units", "roles"] = Field(
        default="units",
        description="What the groups of SCIM are: `units` (who is a member works in that unit) or `roles` (kept with"
        " their members, while the units come from elsewhere)",
    )
    import_removal_share: Annotated[float, Field(strict=True, ge=0, le=1)] | None = Field(
        default=None,
        description="A snapshot that would remove a larger share waits for approval. Null: what the installation says, a"
        " tenth unless it was changed",
        examples=[0.1],
    )


class Organisation(Resource, OrganisationBody):
    pass


class NewOrganisation(Organisation):
    admin_key: str = Field(description="The first key. Shown here and never again", examples=["kb_…"])


class UnitBody(Schema):
    external_id: ExternalId | None = Field(default=None, examples=["OE-9-1"])
    name: ShortText = Field(examples=["Facilitair Bedrijf"])
    parent_id: Reference | None = Field(
        default=None, description="Null for the one unit at the top", examples=["external:OE-9"]
    )
    is_provider: StrictBool = Field(default=False, description="Delivers services", examples=[True])
    is_consumer: StrictBool = Field(default=True, description="Uses services")


class Unit(Resource):
    external_id: str | None = Field(examples=["OE-9-1"])
    name: str = Field(examples=["Facilitair Bedrijf"])
    parent_id: UUID | None
    is_provider: bool = Field(examples=[True])
    is_consumer: bool = Field(examples=[True])


class EmployeeBody(Schema):
    external_id: ExternalId | None = Field(default=None, examples=["E1023"])
    given_name: ShortText = Field(examples=["Paula"])
    family_name: ShortText = Field(examples=["Geerts"])
    email: Mail | None = Field(default=None, description="No two who are active have the same, whatever the case")
    unit_id: Reference = Field(examples=["external:OE-9-1"])
    manager_id: Reference | None = Field(default=None, examples=["external:E1001"])
    language: LanguageTag | None = Field(default=None, description="Null: the organisation's first")
    hired_on: Date | None = Field(default=None, examples=["2019-09-01"])
    attributes: dict[str, ShortText] = Field(
        default={}, examples=[{"location": "Stadhuis"}], description="Of those that the organisation declares"
    )
    active: StrictBool = Field(default=True, description="False for who has left")
    leave_start_date: Date | None = Field(
        default=None, description="Not invited from this day on", examples=["2026-04-01"]
    )
    leave_end_date: Date | None = Field(
        default=None, description="The last day of the leave; null: until further notice", examples=["2026-07-31"]
    )
    opted_out: StrictBool = Field(default=False, description="Wants no invitations to any survey")

    @field_validator("leave_end_date")
    @classmethod
    def _leave_ends_after_it_starts(cls, end_date: date | None, said: ValidationInfo) -> date | None:
        start_date = said.data.get("leave_start_date")
        if start_date is not None and end_date is not None and end_date < start_date:
            raise PydanticCustomError("endsBeforeItStarts", "must not be before leaveStartDate")
        return end_date


class Employee(Resource):
    external_id: str | None = Field(examples=["E1023"])
    given_name: str = Field(examples=["Paula"])
    family_name: str = Field(examples=["Geerts"])
    email: str | None = Field(examples=["paula.geerts@rivierenmark.example"])
    unit_id: UUID
    manager_id: UUID | None
    language: str | None = Field(examples=["nl"])
    hired_on: date | None = Field(examples=["2019-09-01"])
    attributes: dict[str, str] = Field(examples=[{"location": "Stadhuis"}])
    active: bool = Field(examples=[True])
    leave_start_date: date | None = Field(examples=["2026-04-01"])
    leave_end_date: date | None = Field(examples=["2026-07-31"])
    opted_out: bool = Field(examples=[False])


class Employment(Schema):
    """`toDate` is the first day on which it was no longer so; null: it still is. The unit may be gone by now."""

    employee_id: UUID
    unit_id: UUID
    from_date: date = Field(examples=["2024-02-01"])
    to_date: date | None = Field(examples=["2026-03-01"])


class ApiKeyBody(Schema):
    name: ShortText = Field(examples=["HR system"])
    role: Role = Field(examples=["integrator"])
    unit_ids: list[Reference] = Field(
        default=[],
        max_length=500,
        description="The units of provider-manager, provider-staff and consumer-manager, with all below them. The other"
        " roles have none: they are not limited to units",
    )
    expires_at: Instant | None = Field(
        default=None, description="Null: never. In the future", examples=["2999-12-31T23:00:00Z"]
    )


class ApiKey(Resource):
    name: str = Field(examples=["HR system"])
    role: Role = Field(examples=["integrator"])
    unit_ids: list[UUID] = Field(examples=[[]])
    expires_at: Instant | None = Field(examples=["2999-12-31T23:00:00Z"])
    last_used_date: date | None


class NewApiKey(ApiKey):
    key: str = Field(description="Shown here and never again", examples=["kb_…"])
