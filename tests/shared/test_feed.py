"""The promises of outbox and consumer: nothing lost, nothing twice, poison parked, the rest goes on."""

import asyncio
import random
from collections import Counter
from uuid import UUID

import httpx
import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.envelope import Envelope
from services.contracts.events import UnitChanged, UnitRemoved
from services.shared import feed, outbox
from services.shared.consumer import Consumer, Cursor, Overtaken, ParkedEvent, reset
from services.shared.database import EVERYONE
from services.shared.ids import new_id
from tests.fixtures.services import Running, settled

WRITERS, EVENTS = 8, 400


def consumer_of(survey: Running, reader: Running, handle: object) -> Consumer:
    """A consumer in the reader's database that calls survey's app."""
    made = Consumer(reader.settings, reader.database, "analytics", "survey", {"unit.removed": handle})  # type: ignore[dict-item]
    made.client = httpx.AsyncClient(
        transport=httpx.ASGITransport(survey.app), base_url="http://survey.test",
        headers={"Authorization": "Bearer peer-key-of-analytics"},
    )  # fmt: skip
    return made


async def test_no_event_is_lost_or_read_twice_under_eight_writers(survey: Running) -> None:
    """Writers hold their transactions open for random times, so that positions commit out of order."""
    seen: list[UUID] = []
    chance = random.Random(11)

    async def write(events: int) -> None:
        organisation_id = new_id()
        for _ in range(events):
            async with survey.database.transaction(organisation_id) as session:
                await outbox.append(session, UnitRemoved(unit_id=new_id()))
                await session.flush()
                await asyncio.sleep(chance.random() * 0.004)

    async def read(done: asyncio.Event) -> None:
        after = feed.START
        while True:
            last = done.is_set()
            async with survey.database.transaction(EVERYONE) as session:
                events = await feed.read(session, after, 50, sensitive=True)
            seen.extend(event.id for event in events)
            if events:
                after = (events[-1].transaction_id, events[-1].position)
            elif last:
                return

    done = asyncio.Event()
    reader = asyncio.create_task(read(done))
    await asyncio.gather(*(write(EVENTS // WRITERS) for _ in range(WRITERS)))
    await settled(survey)
    done.set()
    await reader
    assert len(seen) == EVENTS
    assert len(set(seen)) == EVENTS


async def test_a_reader_does_not_pass_an_open_transaction(survey: Running, organisation_id: UUID) -> None:
    async with survey.database.transaction(organisation_id) as early:
        await outbox.append(early, UnitRemoved(unit_id=new_id()))
        await early.flush()
        async with survey.database.transaction(organisation_id) as late:
            await outbox.append(late, UnitRemoved(unit_id=new_id()))
        async with survey.database.transaction(EVERYONE) as session:
            assert not await feed.read(session, feed.START, 10, sensitive=True)
    await settled(survey)
    async with survey.database.transaction(EVERYONE) as session:
        assert len(await feed.read(session, feed.START, 10, sensitive=True)) == 2


async def test_answers_are_not_for_notification(survey: Running, organisation_id: UUID) -> None:
    from services.contracts.events import CommentsTaken

    async with survey.database.transaction(organisation_id) as session:
        await outbox.append(session, CommentsTaken(wave_id=new_id(), service_id=None, comments=[]))
    await settled(survey)
    for service, events in (("analytics", 1), ("notification", 0)):
        answer = await survey.with_key(f"peer-key-of-{service}").get("/v1/events")
        assert len(answer.json()) == events


async def test_each_event_takes_effect_once_though_two_consumers_run(
    survey: Running, analytics: Running, organisation_id: UUID
) -> None:
    effects: Counter[UUID] = Counter()

    async def handle(session: AsyncSession, event: Envelope[UnitRemoved]) -> None:
        await session.execute(select(func.pg_sleep(0.001)))
        effects[event.data.unit_id] += 1

    units = [new_id() for _ in range(20)]
    async with survey.database.transaction(organisation_id) as session:
        await outbox.append_many(session, [UnitRemoved(unit_id=unit) for unit in units])
    await settled(survey)
    first, second = (consumer_of(survey, analytics, handle) for _ in range(2))
    results = await asyncio.gather(first.step(), second.step(), return_exceptions=True)
    assert [type(result) for result in results].count(Overtaken) <= 1
    assert await first.step() == 0
    assert effects == Counter(units)


async def test_poison_is_parked_and_the_rest_go_on(survey: Running, analytics: Running, organisation_id: UUID) -> None:
    good, bad = [new_id() for _ in range(3)], new_id()
    handled: list[UUID] = []

    async def handle(session: AsyncSession, event: Envelope[UnitRemoved]) -> None:
        if event.data.unit_id == bad:
            raise ValueError
        handled.append(event.data.unit_id)

    async with survey.database.transaction(organisation_id) as session:
        for unit in (good[0], bad, *good[1:]):
            await outbox.append(session, UnitRemoved(unit_id=unit))
    await settled(survey)
    consumer = consumer_of(survey, analytics, handle)
    await consumer.step()
    async with analytics.database.transaction(organisation_id) as session:
        parked = (await session.scalars(select(ParkedEvent))).all()
    assert [event.event["data"]["unitId"] for event in parked] == [str(bad)]
    assert handled[-3:] == good
    assert await consumer.step() == 0


async def test_a_consumer_can_start_again_from_zero(survey: Running, analytics: Running, organisation_id: UUID) -> None:
    handled: list[UUID] = []

    async def handle(session: AsyncSession, event: Envelope[UnitRemoved]) -> None:
        handled.append(event.data.unit_id)

    unit = new_id()
    async with survey.database.transaction(organisation_id) as session:
        await outbox.append(session, UnitRemoved(unit_id=unit))
    await settled(survey)
    consumer = consumer_of(survey, analytics, handle)
    await consumer.step()
    async with analytics.database.transaction(organisation_id) as session:
        await reset(session, "survey")
    await consumer.step()
    assert handled == [unit, unit]


async def test_an_effect_and_its_cursor_commit_together(
    survey: Running, analytics: Running, organisation_id: UUID
) -> None:
    """A handler that fails leaves the cursor where it was until the event is parked: here the database refuses."""

    async def handle(session: AsyncSession, event: Envelope[UnitRemoved]) -> None:
        session.add(Cursor(source="effect", position="1"))

    async with survey.database.transaction(organisation_id) as session:
        await outbox.append(session, UnitChanged(unit_id=new_id(), external_id=None, name="a", parent_id=None,
                                                 is_provider=False, is_consumer=True))  # fmt: skip
        await outbox.append(session, UnitRemoved(unit_id=new_id()))
    await settled(survey)
    consumer = consumer_of(survey, analytics, handle)
    assert await consumer.step() == 2
    async with analytics.database.sessions() as session:
        rows = dict((await session.execute(select(Cursor.source, Cursor.position))).all())
    assert rows["effect"] == "1"
    assert rows["survey"] != "0-0"


@pytest.mark.parametrize("after", ["", "1", "a-b", "1-", "-1-1", "9" * 50 + "-1"])
async def test_a_position_that_is_none_is_refused(survey: Running, after: str) -> None:
    answer = await survey.with_key("peer-key-of-analytics").get("/v1/events", params={"after": after})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["parameter"] == "after"
