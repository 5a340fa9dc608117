"""What a service could not handle shows in its metrics, and is handled once somebody asks for it again."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.contracts.envelope import Envelope
from services.contracts.events import BY_TYPE, UnitRemoved
from services.shared import main, outbox
from services.shared.consumer import ParkedEvent, Unknown
from services.shared.ids import new_id
from services.shared.metrics import EVENTS_PARKED
from tests.fixtures.services import Running, settled
from tests.shared.test_feed import consumer_of


async def broken(_session: AsyncSession, _event: Envelope[UnitRemoved]) -> None:
    raise ValueError


async def removed(survey: Running, organisation_ids: Sequence[UUID]) -> list[UUID]:
    """One unit of each organisation, in this order."""
    units = [new_id() for _ in organisation_ids]
    for organisation_id, unit in zip(organisation_ids, units, strict=True):
        async with survey.database.transaction(organisation_id) as session:
            await outbox.append(session, UnitRemoved(unit_id=unit))
    await settled(survey)
    return units


async def parked_of(analytics: Running, organisation_id: UUID) -> list[str]:
    async with analytics.database.transaction(organisation_id) as session:
        rows = (await session.scalars(select(ParkedEvent))).all()
    return [row.event["data"]["unitId"] for row in rows]


def shown() -> float:
    return float(EVENTS_PARKED.labels("survey")._value.get())


async def test_parked_events_are_counted_and_tried_again_in_their_order(survey: Running, analytics: Running) -> None:
    first, second = new_id(), new_id()
    units = await removed(survey, [second, first, second])
    consumer = consumer_of(survey, analytics, broken)
    await consumer.step()
    await consumer.count_parked()
    assert shown() == 3

    handled: list[UUID] = []

    async def mended(session: AsyncSession, event: Envelope[UnitRemoved]) -> None:
        assert session.info["organisation_id"] == event.organisation_id
        handled.append(event.data.unit_id)
        if event.data.unit_id == units[1] and handled.count(units[1]) == 1:
            raise ValueError

    consumer = consumer_of(survey, analytics, mended)
    assert await consumer.retry() == (2, 1)
    assert handled == units
    assert await parked_of(analytics, first) == [str(units[1])]
    assert await parked_of(analytics, second) == []
    await consumer.count_parked()
    assert shown() == 1
    assert await consumer.retry() == (1, 0)
    await consumer.count_parked()
    assert shown() == 0


async def test_what_fails_again_has_no_effect_and_stays(survey: Running, analytics: Running) -> None:
    organisation_id = new_id()
    await removed(survey, [organisation_id])

    async def half(session: AsyncSession, event: Envelope[UnitRemoved]) -> None:
        await session.execute(ParkedEvent.__table__.delete())  # type: ignore[attr-defined]  # a table, for mypy any clause
        raise ValueError

    consumer = consumer_of(survey, analytics, broken)
    await consumer.step()
    assert await consumer_of(survey, analytics, half).retry() == (0, 1)
    assert len(await parked_of(analytics, organisation_id)) == 1


async def test_the_command_line_says_how_many_succeeded(
    survey: Running, analytics: Running, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the handlers of the service itself, for which the event is no trouble."""
    await removed(survey, [new_id(), new_id()])
    await consumer_of(survey, analytics, broken).step()
    capsys.readouterr()
    await main.retry(started(analytics))
    assert capsys.readouterr().out == "Of survey's parked events 2 succeeded and 0 stay parked.\n"


def started(analytics: Running) -> Any:
    from services.analytics.service import service
    from services.shared.app import create_app

    return create_app(service(), analytics.settings, background=False)


async def test_what_is_newer_than_the_service_waits_until_it_is_upgraded(
    survey: Running, analytics: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    organisation_id, handled = new_id(), list[UUID]()

    async def handle(_session: AsyncSession, event: Envelope[UnitRemoved]) -> None:
        handled.append(event.data.unit_id)

    first, unknown = await removed(survey, [organisation_id] * 2)
    async with survey.database.transaction(organisation_id) as session:
        await session.execute(
            update(outbox.OutboxEvent)
            .where(outbox.OutboxEvent.data["unitId"].astext == str(unknown))
            .values(type="unit.removed.v2")
        )
    await settled(survey)
    consumer = consumer_of(survey, analytics, handle)
    read_until = consumer.read_until
    for before in ({first}, set()):
        handled.clear()
        with pytest.raises(Unknown, match=r"unit\.removed\.v2 is newer than this service"):
            await consumer.step()
        assert set(handled) == before
    assert consumer.read_until == read_until, "so it shows as late"
    assert await parked_of(analytics, organisation_id) == []

    consumer.handlers = {"unit.removed.v2": handle}
    monkeypatch.setitem(BY_TYPE, "unit.removed.v2", UnitRemoved)
    await consumer.step()
    assert handled == [unknown]
    assert consumer.read_until != read_until


async def test_what_nobody_reads_any_more_is_passed_over(survey: Running, analytics: Running) -> None:
    handled: list[UUID] = []

    async def handle(_session: AsyncSession, event: Envelope[UnitRemoved]) -> None:
        handled.append(event.data.unit_id)

    of_retired = new_id()
    _, last = await removed(survey, [of_retired, new_id()])
    async with survey.database.transaction(of_retired) as session:
        await session.execute(update(outbox.OutboxEvent).values(type="pooled.taken"))
    await settled(survey)
    await consumer_of(survey, analytics, handle).step()
    assert handled == [last]
