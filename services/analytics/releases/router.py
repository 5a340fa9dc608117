from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from services.analytics.facts.reach import READERS, reach_of
from services.analytics.releases import queries
from services.analytics.releases.models import Release as Row
from services.analytics.releases.schemas import Release, release
from services.shared.auth import Caller, allow
from services.shared.pages import Page, Paging, page, sorted_by
from services.shared.problems import not_found
from services.shared.routing import Router
from services.shared.sessions import Session

router = Router(tag="Releases")
SORTABLE = {"publishedAt": Row.published_at, "createdAt": Row.published_at, "opensAt": Row.opens_at}


@router.get("/releases", dependencies=[allow(*READERS)])
async def list_releases(
    session: Session,
    caller: Caller,
    paging: Annotated[Paging, sorted_by(SORTABLE)],
    wave_id: Annotated[UUID | None, Query(alias="waveId", description="Only of this wave")] = None,
) -> Page[Release]:
    """The newest first, unless sorted otherwise."""
    statement = queries.releases_within(await reach_of(session, caller))
    if wave_id is not None:
        statement = statement.where(Row.wave_id == wave_id)
    return await page(session, statement, paging, sortable=SORTABLE, default="-publishedAt", tie=[Row.id], item=release)


@router.get("/releases/{releaseId}", dependencies=[allow(*READERS)])
async def get_release(
    session: Session,
    caller: Caller,
    release_id: Annotated[UUID, Path(alias="releaseId", description="The id of a release")],
) -> Release:
    statement = queries.releases_within(await reach_of(session, caller)).where(Row.id == release_id)
    found = (await session.scalars(statement)).one_or_none()
    if found is None:
        raise not_found("release")
    return release(found)
