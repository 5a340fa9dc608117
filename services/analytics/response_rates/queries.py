from uuid import UUID

from sqlalchemy import Select, select

from services.analytics.facts.reach import Reach
from services.analytics.releases.models import Release
from services.analytics.releases.queries import among, releases_within
from services.analytics.response_rates.models import ResponseRate


def rates(reach: Reach, wave_id: UUID | None, of_unit: UUID | None, *, total: bool) -> Select[ResponseRate]:
    """Of the latest release of each wave. A provider reads those of the waves about its services."""
    within = releases_within(reach).where(~Release.superseded).with_only_columns(Release.id)
    statement = select(ResponseRate).where(ResponseRate.release_id.in_(within))
    if wave_id is not None:
        statement = statement.where(ResponseRate.wave_id == wave_id)
    if total:
        statement = statement.where(ResponseRate.unit_id.is_(None))
    elif of_unit is not None:
        statement = statement.where(ResponseRate.unit_id == of_unit)
    if reach.consumers is not None:
        statement = statement.where(among(ResponseRate.unit_id, reach.consumers))
    return statement
