"""A page of the feed ends where it would grow large, and the next goes on from there."""

import secrets
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.envelope import Envelope
from services.contracts.events import UnitChanged, UnitRemoved
from services.shared import feed, outbox
from services.shared.database import EVERYONE
from services.shared.ids import new_id
from tests.fixtures.postgres import sql
from tests.fixtures.services import Running, settled
from tests.shared.test_feed import consumer_of

LARGE, HUGE = 500_000, 3_000_000
FILL = text(
    'INSERT INTO outbox (organisation_id, "partition", id, type, data, transaction_id) SELECT :organisation_id, 0, '
    "gen_random_uuid(), 'unit.removed', '{}', number / 10 FROM generate_series(1, 5000) AS number"
)


def unit(size: int) -> UnitChanged:
    """Hardly to be compressed."""
    return UnitChanged(
        unit_id=new_id(), external_id=None, name=secrets.token_urlsafe(size * 3 // 4), parent_id=None,
        is_provider=False, is_consumer=True,
    )  # fmt: skip


async def told(survey: Running, organisation_id: UUID, sizes: Sequence[int]) -> list[str]:
    units = [unit(size) for size in sizes]
    async with survey.database.transaction(organisation_id) as session:
        await outbox.append_many(session, units)
    await settled(survey)
    return [str(told.unit_id) for told in units]


async def pages(survey: Running) -> list[list[dict[str, Any]]]:
    """As a reader gets them who starts from zero."""
    client, after, read = survey.with_key("peer-key-of-analytics"), "0-0", []
    while page := (await client.get("/v1/events", params={"after": after})).json():
        after = page[-1]["position"]
        read.append(page)
    return read


@pytest.mark.parametrize(
    ("sizes", "lengths"),
    [
        ([10, LARGE] * 10, [7, 6, 6, 1]),
        ([10, 10, HUGE, 10, 10], [2, 1, 2]),
        ([HUGE, HUGE], [1, 1]),
        ([LARGE, LARGE, LARGE, LARGE], [3, 1]),
        ([10] * 510, [500, 10]),
    ],
    ids=["large amid small", "larger than a page", "only such", "just too much", "only small"],
)
async def test_pages_are_bounded_and_nothing_is_lost(
    survey: Running, organisation_id: UUID, sizes: list[int], lengths: list[int]
) -> None:
    units = await told(survey, organisation_id, sizes)
    read = await pages(survey)
    assert [event["data"]["unitId"] for page in read for event in page] == units
    assert [len(page) for page in read] == lengths
    for page in read:
        assert len(page) == 1 or sum(len(event["data"]["name"]) for event in page) < feed.PAGE_BYTES


async def test_a_consumer_gets_all_of_them_once(survey: Running, analytics: Running, organisation_id: UUID) -> None:
    handled: list[UUID] = []

    async def handle(_session: AsyncSession, event: Envelope[UnitRemoved]) -> None:
        handled.append(event.data.unit_id)

    units = await told(survey, organisation_id, [LARGE, 10, HUGE, LARGE, LARGE, LARGE, LARGE, 10])
    consumer = consumer_of(survey, analytics, handle)
    consumer.handlers = {"unit.changed": handle}
    steps = []
    while (handled_now := await consumer.step()) > 0:
        steps.append(handled_now)
    assert steps == [2, 1, 3, 2]
    assert [str(unit_id) for unit_id in handled] == units


def nodes(plan: dict[str, Any]) -> Iterator[str]:
    yield plan["Node Type"]
    for part in plan.get("Plans", ()):
        yield from nodes(part)


async def test_a_page_is_read_along_the_index(survey: Running, organisation_id: UUID) -> None:
    """And not sorted out of all that is left of the feed."""
    async with survey.database.transaction(organisation_id) as session:
        await session.execute(FILL, {"organisation_id": organisation_id})
    owner = survey.settings.migration_database_url
    assert owner is not None
    await sql(owner.get_secret_value(), "ANALYZE outbox")
    sent: list[tuple[str, Any]] = []
    event.listen(
        survey.database.engine.sync_engine, "before_cursor_execute",
        lambda _connection, _cursor, statement, parameters, *_: sent.append((statement, parameters)),
    )  # fmt: skip
    async with survey.database.transaction(EVERYONE) as session:
        assert len(await feed.read(session, feed.START, 500, sensitive=False)) == 500
        reading = [(statement, parameters) for statement, parameters in sent if "FROM outbox" in statement]
        connection = await session.connection()
        for statement, parameters in reading:
            explained = await connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters)
            assert set(nodes(explained.scalar_one()[0]["Plan"])) <= {"Limit", "Result", "Index Scan"}
    assert len(reading) == 2
