"""The director's view: providers against the units that use them."""

from uuid import UUID

from pydantic import Field

from services.analytics.scorecards.schemas import Figure
from services.shared.schemas import LanguageMap, Schema


class UnitName(Schema):
    unit_id: UUID
    external_id: str | None
    name: str


class Crossing(Schema):
    """A provider's figure in one unit pools its services that are readable there, which `serviceIds` names."""

    provider_id: UUID
    consumer_id: UUID | None = Field(description="Null: the whole organisation")
    service_ids: list[UUID]
    figure: Figure


class CrossSection(Schema):
    wave_id: UUID
    wave_title: LanguageMap
    release_id: UUID
    question_id: str
    points: int
    level: int
    providers: list[UnitName]
    consumers: list[UnitName]
    cells: list[Crossing]
