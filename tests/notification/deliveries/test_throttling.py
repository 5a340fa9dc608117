"""A server that says it has had enough of us (421) is not tried for ever, nor every few seconds."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from services.notification.deliveries.batch import LOSSES
from services.notification.deliveries.reminding import PIECE
from services.notification.deliveries.rules import TRIES
from tests.notification.deliveries.test_reminders import alike, reminded
from tests.notification.fixtures import Office
from tests.notification.mailserver import DROP

TOO_MANY = "421 4.7.0 too many messages, try again later"


def waits(row: dict[str, Any]) -> float:
    """Seconds until its next try."""
    return float((row["due_at"] - datetime.now(UTC)).total_seconds())


async def test_it_costs_those_a_try_to_whom_it_was_said_and_the_others_minutes(
    office: Office, organisation_id: UUID
) -> None:
    office.mails.at_recipient = lambda _address: TOO_MANY
    office.survey.open_wave(organisation_id, 40)
    await office.read_feed()
    await office.worker.drain()
    rows = await office.rows(organisation_id)
    tried = [row for row in rows if row["attempts"]]
    assert len(tried) == LOSSES * office.worker.settings.smtp_connections
    assert {(row["state"], row["attempts"], row["reason"], row["reply"]) for row in tried} == {
        ("queued", 1, "deferred", "421 4.7.0")
    }
    assert {30 < waits(row) < 90 for row in tried} == {True}
    others = [row for row in rows if not row["attempts"]]
    assert {(row["state"], row["lease"], row["reply"]) for row in others} == {("queued", None, None)}
    assert {240 < waits(row) < 480 for row in others} == {True}
    office.mails.at_recipient = lambda _address: "250 OK"
    await office.hurry(organisation_id)
    await office.worker.drain()
    assert set((await office.states(organisation_id)).values()) == {"sent"}
    assert len(office.mails.taken) == 40


@pytest.mark.parametrize("stage", ["at_recipient", "at_text"])
async def test_it_is_given_up_after_the_last_try(office: Office, organisation_id: UUID, stage: str) -> None:
    setattr(office.mails, stage, lambda _address: TOO_MANY)
    office.survey.open_wave(organisation_id, 1)
    await office.read_feed()
    for _ in range(TRIES + 2):
        await office.hurry(organisation_id)
        await office.worker.drain()
    (row,) = await office.rows(organisation_id)
    assert (row["state"], row["attempts"], row["reason"], row["reply"]) == ("parked", TRIES, "deferred", "421 4.7.0")


async def test_who_hangs_up_without_a_word_is_tried_soon(office: Office, organisation_id: UUID) -> None:
    office.mails.at_recipient = lambda _address: DROP
    office.survey.open_wave(organisation_id, 40)
    await office.read_feed()
    await office.worker.drain()
    rows = await office.rows(organisation_id)
    assert {(row["state"], row["attempts"], waits(row) < 15) for row in rows} == {("queued", 0, True)}


async def test_reminders_wait_all_alike(office: Office, organisation_id: UUID) -> None:
    await reminded(office, organisation_id, {1, 2, 3, 4, 5}, PIECE)
    office.mails.at_recipient = lambda _address: TOO_MANY
    await office.worker.drain()
    rows = await office.rows(organisation_id, "reminder")
    assert alike(rows)
    assert (rows[0]["state"], rows[0]["attempts"], rows[0]["reason"], rows[0]["reply"]) == ("queued", 1, None, None)
    assert 30 < waits(rows[0]) < 90


async def test_a_reminder_whose_text_went_is_as_the_others(office: Office, organisation_id: UUID) -> None:
    """Its row is `sending` by then."""
    await reminded(office, organisation_id, {1, 2, 3}, PIECE)
    office.mails.at_text = lambda _address: TOO_MANY
    await office.worker.drain()
    rows = await office.rows(organisation_id, "reminder")
    assert alike(rows)
    assert rows[0]["state"] == "queued"
