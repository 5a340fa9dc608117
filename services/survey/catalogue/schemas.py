"""What goes in and out over services and their audiences."""

from typing import Annotated
from uuid import UUID

from fastapi import Path
from pydantic import Field

from services.shared.schemas import ExternalId, LanguageMap, Money, Reference, Schema, ShortText
from services.survey.catalogue import models
from services.survey.organisation.schemas import Resource

ServiceRef = Annotated[Reference, Path(alias="serviceId")]


_COST = [{"amount": "1250.00", "currency": "EUR"}]


class ServiceBody(Schema):
    external_id: ExternalId | None = Field(default=None, examples=["FAC-01"])
    provider_id: Reference = Field(description="A unit that is a provider", examples=["external:OE-9-1"])
    name: LanguageMap
    category: ShortText | None = Field(default=None, examples=["facilities"])
    yearly_cost: Money | None = Field(default=None, examples=_COST)
    commercial_price_per_user: Money | None = Field(default=None, description="What a supplier outside asks, a year")
    commercial_source: ShortText | None = Field(
        default=None, description="Where that price comes from", examples=["Offer of 12 January 2026"]
    )


class Service(Resource):
    external_id: str | None = Field(examples=["FAC-01"])
    provider_id: UUID
    name: dict[str, str] = Field(examples=[{"nl": "Schoonmaak", "en": "Cleaning"}])
    category: str | None = Field(examples=["facilities"])
    yearly_cost: Money | None = Field(examples=_COST)
    commercial_price_per_user: Money | None
    commercial_source: str | None


class ServiceCost(Schema):
    year: int = Field(examples=[2026])
    cost: Money = Field(examples=_COST)

    @classmethod
    def of(cls, row: models.ServiceCost) -> "ServiceCost":
        return cls(year=row.year, cost=Money(amount=row.amount, currency=row.currency))


class AudienceBody(Schema):
    unit_ids: list[Reference] = Field(
        max_length=5000, description="These units and all below them use the service", examples=[["external:OE-2"]]
    )


class Audience(Schema):
    unit_ids: list[UUID] = Field(description="These units and all below them use the service")
    users: int = Field(ge=0, description="Active employees in or below these units", examples=[412])


class MatrixRow(Schema):
    """One service of the product / target-group matrix."""

    service_id: UUID
    provider_id: UUID
    unit_ids: list[UUID] = Field(description="These units and all below them use the service")
    users: int = Field(ge=0, description="Active employees in or below these units", examples=[412])
