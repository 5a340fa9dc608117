from typing import Annotated
from uuid import UUID

from fastapi import Header, Path, Query, Response

from services.analytics.charts.answers import PICTURES, answer, language_of
from services.analytics.charts.media import negotiate
from services.analytics.facts.reach import READERS
from services.analytics.scorecards import service
from services.analytics.scorecards.chart import specification
from services.analytics.scorecards.schemas import Scorecard
from services.analytics.scorecards.table import table
from services.shared.auth import Caller, allow
from services.shared.routing import Router
from services.shared.schemas import Reference
from services.shared.sessions import Session

router = Router(tag="Scorecards")


@router.get(
    "/scorecards/{unitId}",
    response_model=Scorecard,
    responses={200: {"content": PICTURES}},
    dependencies=[allow(*READERS)],
    summary="One provider: its services and topics, trend and response",
)
async def read_scorecard(
    session: Session,
    principal: Caller,
    unit: Annotated[Reference, Path(alias="unitId")],
    wave_id: Annotated[UUID | None, Query(alias="waveId", description="The newest released wave if absent")] = None,
    accept: Annotated[str | None, Header(include_in_schema=False)] = None,
    accept_language: Annotated[str | None, Header(alias="Accept-Language")] = None,
) -> Response:
    """As figures, as a Vega-Lite specification, as a picture or as a table, by `Accept`. `pictureTooLarge` (400)."""
    media = negotiate(accept)
    card = await service.scorecard(session, principal, unit, wave_id)
    language = language_of(accept_language)
    return await answer(
        media, card, lambda: specification(card, language), lambda: table(card, language)
    )  # fmt: skip
