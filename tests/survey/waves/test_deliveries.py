"""News of deliveries and answering lock the same invitations, at the same time."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text

from services.contracts.events import DeliveryBounced, DeliverySent
from services.shared.consumer import Consumer
from services.survey.waves.consumers import NOTIFICATION_HANDLERS, by_invitation
from tests.survey.waves.world import World, waiting

LOCK = "SELECT FROM invitations WHERE number = :number FOR NO KEY UPDATE"
DROP = "SELECT * FROM drop_ballots(:organisation, :numbers, :boxes, :ballots)"


def news(world: World, wave: str, *said: tuple[int, str]) -> list[dict[str, Any]]:
    """In this order: of each invitation that its mail was `sent`, or `bounced`."""
    result = []
    for place, (number, state) in enumerate(said, start=1):
        common: dict[str, Any] = {"delivery_id": uuid4(), "invitation_id": str(number), "wave_id": UUID(wave),
                                  "kind": "invitation"}  # fmt: skip
        event = DeliverySent(**common) if state == "sent" else DeliveryBounced(**common, reason="full")
        result.append(
            {
                "specversion": "1.0", "id": str(uuid4()), "source": "/notification", "type": event.type,
                "time": datetime.now(UTC).isoformat(), "datacontenttype": "application/json",
                "organisationid": str(world.organisation_id), "position": f"1-{place}",
                "data": event.model_dump(mode="json", by_alias=True),
            }
        )  # fmt: skip
    return result


def reading(world: World, events: list[dict[str, Any]]) -> Consumer:
    made = Consumer(
        world.service.settings, world.service.database, "survey", "notification", NOTIFICATION_HANDLERS,
        order=by_invitation,
    )  # fmt: skip
    answer = httpx.MockTransport(lambda _request: httpx.Response(200, json=events))
    made.client = httpx.AsyncClient(transport=answer, base_url="http://notification.test")
    return made


async def drop(world: World, numbers: list[int]) -> None:
    """As answering does."""
    (box,) = await world.rows("SELECT id FROM boxes")
    given = {"organisation": world.organisation_id, "numbers": numbers, "boxes": [box.id for _ in numbers],
             "ballots": [b"" for _ in numbers]}  # fmt: skip
    async with world.service.database.transaction(world.organisation_id) as session:
        await session.execute(text(DROP), given)


async def test_a_batch_that_comes_in_any_order_waits_in_no_circle_with_answering(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken_off(_after: str, _batch: object) -> None:
        raise AssertionError

    wave = await world.opened(await world.client())
    low, high = sorted(row.number for row in await world.rows("SELECT number FROM invitations"))[:2]
    consumer = reading(world, news(world, wave, (high, "sent"), (low, "sent")))
    monkeypatch.setattr(consumer, "_one_by_one", broken_off)  # how the consumer would go on after a deadlock
    async with asyncio.timeout(30):
        async with world.service.database.transaction(world.organisation_id) as holding:
            await holding.execute(text(LOCK), {"number": low})
            dropping = asyncio.create_task(drop(world, [low, high]))
            await waiting(world.service.database, 1)
            step = asyncio.create_task(consumer.step())
            await waiting(world.service.database, 2)
        await dropping
        assert await step == 2
    assert (await world.rows("SELECT count(*) AS burned FROM invitations WHERE burned"))[0].burned == 2
    assert await states(world) == {low: "sent", high: "sent"}


async def test_what_comes_last_of_one_invitation_holds(world: World) -> None:
    wave = await world.opened(await world.client())
    first, second = sorted(row.number for row in await world.rows("SELECT number FROM invitations"))[:2]
    said = [(second, "sent"), (first, "bounced"), (second, "bounced"), (first, "sent")]
    assert await reading(world, news(world, wave, *said)).step() == 4
    assert await states(world) == {first: "sent", second: "bounced"}


async def states(world: World) -> dict[int, str]:
    known = "SELECT number, delivery_state FROM invitations WHERE delivery_state IS NOT NULL"
    return {row.number: row.delivery_state for row in await world.rows(known)}
