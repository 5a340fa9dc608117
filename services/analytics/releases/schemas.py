from uuid import UUID

from pydantic import Field

from services.analytics.releases.models import Release as Row
from services.shared.schemas import Instant, LanguageMap, Schema


class Release(Schema):
    """What of a wave can be read, since when, and under which thresholds."""

    id: UUID
    wave_id: UUID
    title: LanguageMap
    survey_id: UUID
    survey_key: str
    survey_version: int
    service_ids: list[UUID]
    minimum_group: int = Field(description="Fewer people than this have no figure")
    comment_minimum_group: int
    opens_at: Instant
    closes_at: Instant
    published_at: Instant
    created_at: Instant


def release(row: Row) -> Release:
    named = {name: getattr(row, name) for name in Release.model_fields if name != "created_at"}
    return Release.model_construct(**named, created_at=row.published_at)
