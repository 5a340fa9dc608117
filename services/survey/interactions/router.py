"""`/v1/interactions`. Pushing is described in `described.py`."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, FastAPI, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.auth import Caller, allow, organisation_of
from services.shared.etags import IfMatch, set_etag
from services.shared.pages import Page, Paging, page, sorted_by
from services.shared.routing import Router, refuse_other_media
from services.shared.schemas import Instant, ReferenceFilter, ShortText
from services.shared.sessions import Session, transaction_of_key
from services.shared.tasks import Task, every
from services.survey.interactions import arrivals, queries, schemas, service
from services.survey.interactions.models import Interaction
from services.survey.interactions.pushed import Pushed, read
from services.survey.interactions.pushing import PUSHES, push, push_at_once
from services.survey.organisation.schemas import Flag

router = Router(tag="interactions")
READERS = [allow("admin", "integrator", "provider-manager")]
WRITERS = [allow("admin", "integrator")]


def tasks(app: FastAPI) -> list[Task]:
    return [every(arrivals.EVERY, lambda: arrivals.match_everywhere(app.state.database), "parked interactions")]


async def _pushed(request: Request) -> Pushed:
    refuse_other_media(request)
    return read(await request.body())


async def _at_once(request: Request, pushed: Annotated[Pushed, Depends(_pushed)]) -> Response | None:
    return await push_at_once(request, pushed)


async def _otherwise(
    request: Request, done: Annotated[Response | None, Depends(_at_once)]
) -> AsyncIterator[AsyncSession | None]:
    if done is not None:
        yield None
        return
    async with PUSHES.of(organisation_of(request)), transaction_of_key(request, "admin", "integrator") as session:
        yield session


@router.post("/interactions", include_in_schema=False)
async def push_interactions(
    pushed: Annotated[Pushed, Depends(_pushed)],
    done: Annotated[Response | None, Depends(_at_once)],
    session: Annotated[AsyncSession | None, Depends(_otherwise, scope="function")],
) -> Response:
    if done is not None:
        return done
    assert session is not None
    return await push(session, pushed)


def _filters(
    service_id: Annotated[ReferenceFilter | None, Query(alias="serviceId")] = None,
    employee_id: Annotated[ReferenceFilter | None, Query(alias="employeeId")] = None,
    kind: ShortText | None = None,
    channel: ShortText | None = None,
    opened_from: Annotated[Instant | None, Query(alias="openedFrom", description="Opened then or later")] = None,
    opened_until: Annotated[Instant | None, Query(alias="openedUntil", description="Opened before")] = None,
    parked: Annotated[
        Flag | None, Query(description="Only those that wait for their service or their employee to arrive")
    ] = None,
) -> queries.Filters:
    return queries.Filters(service_id, employee_id, kind, channel, opened_from, opened_until, parked)


@router.get("/interactions", dependencies=READERS)
async def list_interactions(
    session: Session,
    principal: Caller,
    paging: Annotated[Paging, sorted_by(queries.SORTABLE)],
    filters: Annotated[queries.Filters, Depends(_filters)],
) -> Page[schemas.Interaction]:
    """A provider's manager finds those with the services of their units."""
    return await page(
        session, queries.filtered(principal, filters), paging, sortable=queries.SORTABLE, default="createdAt",
        tie=[Interaction.id], item=service.shown,
    )  # fmt: skip


@router.get("/interactions/{interactionId}", dependencies=READERS)
async def get_interaction(
    session: Session, principal: Caller, interaction_id: schemas.InteractionRef, response: Response
) -> schemas.Interaction:
    found = await service.found(session, principal, interaction_id)
    set_etag(response, found.version)
    return service.shown(found)


@router.delete("/interactions/{interactionId}", status_code=204, dependencies=WRITERS)
async def remove_interaction(
    session: Session, principal: Caller, interaction_id: schemas.InteractionRef, if_match: IfMatch = None
) -> None:
    """Sent again, it is a new one."""
    await service.remove(session, principal, interaction_id, if_match)
