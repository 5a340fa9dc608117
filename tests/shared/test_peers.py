"""Calls to peers carry a trace that our own log names; while a peer is away its feed is said to lag."""

import asyncio
import time
from uuid import UUID

import httpx
import structlog

from services.contracts.events import UnitRemoved
from services.shared import outbox, peers
from services.shared.consumer import Consumer
from services.shared.ids import new_id
from services.shared.metrics import FEED_LAG
from tests.fixtures.services import Running, settled
from tests.shared.test_feed import consumer_of


def lag() -> float:
    return float(FEED_LAG.labels("survey")._value.get())


async def test_a_call_to_a_peer_carries_the_trace_that_our_lines_name(analytics: Running) -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.headers["traceparent"])
        return httpx.Response(200, json=[])

    consumer = Consumer(analytics.settings, analytics.database, "analytics", "survey", {})
    consumer.client._transport = httpx.MockTransport(answer)
    named = []
    for _ in range(2):
        await consumer.step()
        named.append(structlog.contextvars.get_contextvars()["trace"])
    await consumer.client.aclose()
    assert [trace.split("-")[1] for trace in asked] == [trace.split("-")[1] for trace in named]
    assert len(set(named)) == 2
    assert not set(asked) & set(named)


async def test_a_peer_takes_the_trace_over(survey: Running, analytics: Running) -> None:
    calling = peers.client(analytics.settings, "analytics", "survey", timeout=5)
    calling._transport = httpx.ASGITransport(survey.app)
    async with calling:
        peers.begin_trace()
        answer = await calling.get("/v1/events")
    ours = structlog.contextvars.get_contextvars()["trace"]
    assert answer.status_code == 200
    assert answer.headers["traceparent"].split("-")[1] == ours.split("-")[1]


async def test_the_lag_grows_while_a_peer_is_away(survey: Running, analytics: Running, organisation_id: UUID) -> None:
    async def handle(_session: object, _event: object) -> None:
        """Nothing."""

    async with survey.database.transaction(organisation_id) as session:
        await outbox.append(session, UnitRemoved(unit_id=new_id()))
    await settled(survey)
    consumer, there = consumer_of(survey, analytics, handle), True

    def answer(_request: httpx.Request) -> httpx.Response:
        if not there:
            raise httpx.ConnectError("away")
        time.sleep(0.01)
        return httpx.Response(200, json=[])

    consumer.client = httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url="http://survey.test")
    running = asyncio.create_task(consumer.run())
    try:
        await asyncio.sleep(0.3)
        assert lag() == 0
        there = False
        await asyncio.sleep(0.4)
        once = lag()
        assert once > 0
        await asyncio.sleep(1)
        assert lag() > once + 0.3
        there = True
        while lag():  # noqa: ASYNC110  # the metric is all there is to see
            await asyncio.sleep(0.05)
    finally:
        running.cancel()
        await consumer.client.aclose()
