"""Faults of our own while mails go: nothing hangs, and what is known of a mail is not forgotten. And a queue that shows."""

import asyncio
from collections.abc import Iterable
from typing import Any
from uuid import UUID

import pytest

from services.contracts.events import Event
from services.notification.deliveries import worker
from services.shared import outbox
from services.shared.metrics import QUEUE_DEPTH
from tests.fixtures.services import settled
from tests.notification.fixtures import Office

append_many = outbox.append_many


class Fault(Exception):
    """None that waiting mends."""


@pytest.mark.parametrize("at", [1, 4, 12])
async def test_a_fault_in_writing_down_is_heard_and_forgets_no_mail(
    office: Office, organisation_id: UUID, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    writes = 0

    async def once_faulty(session: Any, events: Iterable[Event], subject: str | None = None) -> None:
        nonlocal writes
        writes += 1
        if writes == at:
            raise Fault
        await append_many(session, events, subject)

    monkeypatch.setattr(outbox, "append_many", once_faulty)
    office.mails.pause = 0.002
    office.survey.open_wave(organisation_id, 120)
    await office.read_feed()
    async with asyncio.timeout(60):
        with pytest.raises(Fault):
            await office.worker.drain()
        assert "sending" not in (await office.states(organisation_id)).values()
        await office.hurry(organisation_id)
        await office.worker.drain()
    assert office.mails.addresses() == {f"person{number}@rivierenmark.example": 1 for number in range(1, 121)}
    assert not any(row["maybe_doubled"] for row in await office.rows(organisation_id))
    await settled(office.service)
    told = (await office.service.with_key("peer-key-of-survey").get("/v1/events?wait=10")).json()
    assert len({event["data"]["invitationId"] for event in told}) == len(told) == 120


async def test_a_fault_that_stays_does_not_hang_the_worker(
    office: Office, organisation_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def faulty(*_arguments: Any) -> None:
        raise Fault

    monkeypatch.setattr(outbox, "append_many", faulty)
    office.survey.open_wave(organisation_id, 40)
    await office.read_feed()
    async with asyncio.timeout(60):
        with pytest.raises(Fault):
            await office.worker.drain()
    assert len(office.mails.taken) <= len(office.worker.pool.connections)


async def test_a_long_queue_shows_while_it_drains(
    office: Office, organisation_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    depth, seen = QUEUE_DEPTH.labels("deliveries"), set()

    def look(_address: str) -> str:
        seen.add(depth._value.get())
        return "250 OK"

    monkeypatch.setattr(worker, "BATCH", 20)
    office.mails.at_recipient = look
    office.survey.open_wave(organisation_id, 60)
    await office.read_feed()
    await office.worker.drain()
    assert seen == {60, 40, 20}
    assert depth._value.get() == 0
