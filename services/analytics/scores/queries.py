"""Selects of released cells: what every reader builds on, with what the caller reaches as a filter."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from sqlalchemy import Select, or_, select

from services.analytics.facts.reach import Reach
from services.analytics.releases.models import Release
from services.analytics.releases.queries import among, whole_for
from services.analytics.scores.models import Score

KEYS: Final = {
    "waveId": Score.wave_id,
    "releaseId": Score.release_id,
    "providerId": Score.provider_id,
    "serviceId": Score.service_id,
    "consumerId": Score.consumer_id,
    "topicId": Score.topic_id,
    "questionId": Score.question_id,
    "attribute": Score.attribute,
    "value": Score.value,
}
Filters = Mapping[str, UUID | str | None]  # by KEYS; None selects null


def cells(reach: Reach, filters: Filters) -> Select[Score]:
    """Of the latest release of each wave, unless `releaseId` is among the filters."""
    statement = select(Score)
    for name, value in filters.items():
        column = KEYS[name]
        statement = statement.where(column.is_(None) if value is None else column == value)
    if "releaseId" not in filters:
        statement = statement.where(Score.release_id.in_(select(Release.id).where(~Release.superseded)))
    if reach.providers is not None:
        whole = select(Release.id).where(whole_for(reach.providers))
        statement = statement.where(or_(among(Score.provider_id, reach.providers), Score.release_id.in_(whole)))
    if reach.consumers is not None:
        statement = statement.where(among(Score.consumer_id, reach.consumers))
    return statement
