from typing import Annotated, Final
from uuid import UUID

from fastapi import Depends, Query
from sqlalchemy.ext.asyncio import AsyncSession

from services.analytics.facts import queries as facts
from services.analytics.facts.reach import READERS, reach_of
from services.analytics.scores import queries
from services.analytics.scores.models import Score as Row
from services.analytics.scores.schemas import Score, score
from services.shared.auth import Caller, allow
from services.shared.pages import Page, Paging, page, sorted_by
from services.shared.problems import parameter_error
from services.shared.routing import Router
from services.shared.sessions import Session

router = Router(tag="Scores")

SORTABLE: Final = {"id": Row.id, "population": Row.population, "questionId": Row.question_id, "waveId": Row.wave_id}
Reference = Annotated[
    str | None,
    Query(min_length=1, max_length=120, description="An id, `external:` and an externalId, or `none` for null"),
]
Key = Annotated[str | None, Query(min_length=1, max_length=200, description="A key, or `none` for null")]


async def _filters(
    session: Session,
    wave_id: Annotated[UUID | None, Query(alias="waveId", description="Only of this wave")] = None,
    release_id: Annotated[UUID | None, Query(alias="releaseId", description="By default each wave's latest")] = None,
    provider_id: Annotated[Reference, Query(alias="providerId")] = None,
    service_id: Annotated[Reference, Query(alias="serviceId")] = None,
    consumer_id: Annotated[Reference, Query(alias="consumerId")] = None,
    topic_id: Annotated[Key, Query(alias="topicId")] = None,
    question_id: Annotated[Key, Query(alias="questionId")] = None,
    attribute: Key = None,
    value: Key = None,
) -> queries.Filters:
    """Only those that were given."""
    ids = {"waveId": wave_id, "releaseId": release_id}
    given: dict[str, UUID | str | None] = {name: given_id for name, given_id in ids.items() if given_id is not None}
    for name, text in (("providerId", provider_id), ("serviceId", service_id), ("consumerId", consumer_id)):
        if text is not None:
            given[name] = await _reference(session, name, text)
    for name, text in (("topicId", topic_id), ("questionId", question_id), ("attribute", attribute), ("value", value)):
        if text is not None:
            given[name] = _key(name, text)
    return given


async def _reference(session: AsyncSession, name: str, text: str) -> UUID | None:
    if text == "none":
        return None
    resolve = facts.service_id if name == "serviceId" else facts.unit_id
    return await resolve(session, text, name)


def _key(name: str, text: str) -> str | None:
    if "\0" in text:
        raise parameter_error(name, "unstorableText", "has a character that cannot be stored")
    return None if text == "none" else text


@router.get("/scores", dependencies=[allow(*READERS)])
async def list_scores(
    session: Session,
    caller: Caller,
    paging: Annotated[Paging, sorted_by(SORTABLE)],
    filters: Annotated[queries.Filters, Depends(_filters)],
) -> Page[Score]:
    """A cell a row, from the latest release of each wave. Hidden cells are there, with their reason.

    Pooled figures of a unit hold the services that can be read there, and name them."""
    reach = await reach_of(session, caller)
    statement = queries.cells(reach, filters)
    return await page(session, statement, paging, sortable=SORTABLE, default="id", tie=[Row.id], item=score)
