"""A wave of which an event was parked is not released until that event took effect."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import select

from services.analytics.facts.models import Comment
from services.analytics.releases.models import Release, ReleaseRequest
from services.analytics.releases.service import release_due
from services.analytics.scores.models import Score
from services.contracts import events
from services.shared import outbox
from services.shared.consumer import Consumer
from services.shared.database import Database
from services.shared.metrics import QUEUE_DEPTH
from tests.analytics.feeding import HANDLERS, feed, released
from tests.analytics.municipality import municipality
from tests.analytics.small import small
from tests.analytics.worlds import World, catalogue, fielding
from tests.fixtures.services import Running, settled

PIECES = (events.ResponsesTaken, events.CommentsTaken)


async def scores(database: Database, organisation_id: UUID) -> list[tuple[Any, ...]]:
    own = ("organisation_id", "id", "release_id")
    columns = [column for column in Score.__table__.columns if column.name not in own]
    async with database.transaction(organisation_id) as session:
        return sorted((tuple(row) for row in await session.execute(select(*columns))), key=str)


@pytest.mark.parametrize("kind", PIECES)
async def test_without_a_piece_of_any_kind_a_wave_waits(
    analytics: Running, organisation_id: UUID, kind: type[events.Event]
) -> None:
    world = municipality("2025")
    said = [*catalogue(world), *fielding(world)]
    missing = next(event for event in said if isinstance(event, kind))
    await feed(analytics.database, organisation_id, [event for event in said if event is not missing])
    assert await release_due(analytics.database) == 0
    assert await release_due(analytics.database) == 0
    async with analytics.database.transaction(organisation_id) as session:
        assert (await session.scalars(select(ReleaseRequest.wave_id))).all() == [world.wave_id]
        assert (await session.scalars(select(Release))).all() == []
    assert QUEUE_DEPTH.labels("releases")._value.get() == 1
    await feed(analytics.database, organisation_id, [missing])
    assert await release_due(analytics.database) == 1
    async with analytics.database.transaction(organisation_id) as session:
        assert (await session.scalars(select(Comment).limit(1))).one()


def from_survey(survey: Running, analytics: Running, handlers: dict[str, Any]) -> Consumer:
    made = Consumer(analytics.settings, analytics.database, "analytics", "survey", handlers)
    made.client = httpx.AsyncClient(
        transport=httpx.ASGITransport(survey.app), base_url="http://survey.test",
        headers={"Authorization": "Bearer peer-key-of-analytics"},
    )  # fmt: skip
    return made


async def told(survey: Running, organisation_id: UUID, world: World) -> None:
    async with survey.database.transaction(organisation_id) as session:
        await outbox.append_many(session, [*catalogue(world), *fielding(world)])
    await settled(survey)


async def test_a_parked_piece_that_is_tried_again_releases_the_wave_with_the_right_figures(
    survey: Running, analytics: Running, organisation_id: UUID
) -> None:
    async def broken(_session: object, _event: object) -> None:
        raise ValueError

    await told(survey, organisation_id, small())
    faulty = from_survey(survey, analytics, {**HANDLERS, "responses.taken": broken})
    await faulty.step()
    assert await release_due(analytics.database) == 0
    mended = from_survey(survey, analytics, HANDLERS)
    parked = len([event for event in fielding(small()) if isinstance(event, events.ResponsesTaken)])
    assert await mended.retry() == (parked, 0)
    assert await mended.retry() == (0, 0)
    assert await release_due(analytics.database) == 1
    whole = uuid4()
    await released(analytics.database, whole, small())
    found = await scores(analytics.database, organisation_id)
    assert len(found) > 10
    assert found == await scores(analytics.database, whole)
