from typing import Annotated
from uuid import UUID

from fastapi import Query

from services.analytics.facts.queries import unit_id as unit_named
from services.analytics.facts.reach import READERS, reach_of
from services.analytics.response_rates import queries
from services.analytics.response_rates.models import ResponseRate as Row
from services.analytics.response_rates.schemas import ResponseRate
from services.shared.auth import Caller, allow
from services.shared.pages import Page, Paging, page, sorted_by
from services.shared.routing import Router
from services.shared.sessions import Session

router = Router(tag="Response rates")
SORTABLE = {"id": Row.id, "population": Row.population}


@router.get("/response-rates", dependencies=[allow(*READERS)])
async def list_response_rates(
    session: Session,
    caller: Caller,
    paging: Annotated[Paging, sorted_by(SORTABLE)],
    wave_id: Annotated[UUID | None, Query(alias="waveId", description="Only of this wave")] = None,
    unit_id: Annotated[
        str | None,
        Query(alias="unitId", min_length=1, max_length=120,
              description="An id, `external:` and an externalId, or `none` for the whole organisation"),
    ] = None,
) -> Page[ResponseRate]:  # fmt: skip
    """How many of those invited answered at all, as of the last release of each wave."""
    total = unit_id == "none"
    named = await unit_named(session, unit_id, "unitId") if unit_id is not None and not total else None
    statement = queries.rates(await reach_of(session, caller), wave_id, named, total=total)
    return await page(
        session, statement, paging, sortable=SORTABLE, default="id",
        tie=[Row.id], item=ResponseRate.model_validate,
    )  # fmt: skip
