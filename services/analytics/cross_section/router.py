from typing import Annotated
from uuid import UUID

from fastapi import Header, Query, Response

from services.analytics.charts.answers import PICTURES, answer, language_of
from services.analytics.charts.media import negotiate
from services.analytics.cross_section import service
from services.analytics.cross_section.chart import specification
from services.analytics.cross_section.schemas import CrossSection
from services.analytics.cross_section.table import table
from services.analytics.facts.reach import READERS
from services.shared.auth import Caller, allow
from services.shared.routing import Router
from services.shared.schemas import Key
from services.shared.sessions import Session

router = Router(tag="Cross-section")


@router.get(
    "/cross-section",
    response_model=CrossSection,
    responses={200: {"content": PICTURES}},
    dependencies=[allow(*READERS)],
    summary="Providers against the units that use them, at a chosen level of the tree",
)
async def read_cross_section(
    session: Session,
    principal: Caller,
    wave_id: Annotated[UUID | None, Query(alias="waveId", description="The newest released wave if absent")] = None,
    question_id: Annotated[
        Key | None, Query(alias="questionId", description="The survey's overall question if absent")
    ] = None,
    level: Annotated[int, Query(ge=1, le=20, description="Of the tree: the root is at level 1")] = 2,
    accept: Annotated[str | None, Header(include_in_schema=False)] = None,
    accept_language: Annotated[str | None, Header(alias="Accept-Language")] = None,
) -> Response:
    """As figures, as a Vega-Lite specification, as a picture or as a table, by `Accept`. `unknownQuestion` (400): the
    survey of this wave has none of this key. `noScale` (400): only ratings, effort and importance can be compared
    here; the scores have the others. `pictureTooLarge` (400): of thousands of cells have the figures, or another level.
    `noOverall` (400): the survey has no overall question, so name a `questionId`. `notAboutServices` (400): that
    question is asked once, and is about no provider."""
    media = negotiate(accept)
    view = await service.cross_section(session, principal, wave_id, question_id, level)
    language = language_of(accept_language)
    return await answer(media, view, lambda: specification(view, language), lambda: table(view))
