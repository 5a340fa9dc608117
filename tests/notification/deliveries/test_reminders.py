"""Who gets no reminder has answered: nothing but counts may tell."""

import json
from base64 import urlsafe_b64encode
from typing import Any
from uuid import UUID

import pytest

from services.notification.deliveries.rules import TRIES
from tests.notification.fixtures import Office
from tests.notification.mailserver import DROP

SILENT = ("created_at", "updated_at")
NAMES_ITS_ROW = ("id", "invitation_number")


async def reminded(office: Office, organisation_id: UUID, answered: set[int], count: int = 30) -> UUID:
    wave_id = office.survey.open_wave(organisation_id, count)
    await office.read_feed()
    await office.worker.drain()
    office.mails.taken.clear()
    office.survey.answered = answered
    office.survey.remind(organisation_id, wave_id)
    await office.read_feed()
    return wave_id


def alike(rows: list[dict[str, Any]]) -> bool:
    """But for the names of the rows no column differs."""
    shown = [{key: value for key, value in row.items() if key not in NAMES_ITS_ROW} for row in rows]
    return all(row == shown[0] for row in shown)


async def test_only_those_who_did_not_answer_get_one(office: Office, organisation_id: UUID) -> None:
    await reminded(office, organisation_id, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    await office.worker.drain()
    assert office.mails.addresses() == {f"person{number}@rivierenmark.example": 1 for number in range(11, 31)}
    assert office.mails.taken[0].mail["Subject"] == "Herinnering: Tevredenheid 2026"


async def test_the_rows_of_all_are_alike(office: Office, organisation_id: UUID) -> None:
    await reminded(office, organisation_id, set(range(1, 11)))
    assert alike(await office.rows(organisation_id, "reminder"))
    await office.worker.drain()
    rows = await office.rows(organisation_id, "reminder")
    assert alike(rows)
    assert (rows[0]["state"], rows[0]["sent_at"], rows[0]["reply"]) == ("handled", None, None)


@pytest.mark.parametrize("answered", [set(), set(range(1, 31))], ids=["nobody answered", "all answered"])
async def test_the_rows_do_not_tell_how_many_answered(
    office: Office, organisation_id: UUID, answered: set[int]
) -> None:
    await reminded(office, organisation_id, answered)
    await office.worker.drain()
    assert {row["state"] for row in await office.rows(organisation_id, "reminder")} == {"handled"}
    assert len(office.mails.taken) == 30 - len(answered)


async def test_an_address_that_was_made_to_fail_does_not_tell_them_apart(office: Office, organisation_id: UUID) -> None:
    """Whoever sees a row come back, or a mail fail, would know that its person had not answered."""
    await reminded(office, organisation_id, set(range(1, 11)))
    replies = {"person21@": "451 later", "person22@": "550 unknown", "person23@": "452 full"}
    office.mails.at_recipient = lambda address: replies.get(f"{address.partition('@')[0]}@", "250 OK")
    await office.worker.drain()
    rows = await office.rows(organisation_id, "reminder")
    assert alike(rows)
    assert rows[0]["state"] == "handled"
    assert len(office.mails.taken) == 17


@pytest.mark.parametrize("reply", ["451 later", "421 closing", DROP])
async def test_a_server_that_takes_nothing_moves_all_rows_alike_and_costs_nobody_a_reminder(
    office: Office, organisation_id: UUID, reply: str
) -> None:
    answered = set(range(1, 21))
    await reminded(office, organisation_id, answered)
    office.mails.at_recipient = lambda address: reply
    for tries in range(1, TRIES - 1):
        await office.worker.drain()
        rows = await office.rows(organisation_id, "reminder")
        assert alike(rows)
        assert (rows[0]["state"], rows[0]["attempts"]) == ("queued", tries)
        await office.hurry(organisation_id)
    office.mails.at_recipient = lambda address: "250 OK"
    await office.worker.drain()
    assert alike(await office.rows(organisation_id, "reminder"))
    assert office.mails.addresses() == {f"person{number}@rivierenmark.example": 1 for number in range(21, 31)}


async def test_it_is_not_waited_for_for_ever(office: Office, organisation_id: UUID) -> None:
    await reminded(office, organisation_id, {1, 2, 3})
    office.mails.at_recipient = lambda address: "451 later"
    for _ in range(TRIES):
        await office.worker.drain()
        await office.hurry(organisation_id)
    rows = await office.rows(organisation_id, "reminder")
    assert alike(rows)
    assert (rows[0]["state"], rows[0]["attempts"]) == ("handled", TRIES)


async def test_a_server_that_has_enough_half_way_is_waited_for_too(office: Office, organisation_id: UUID) -> None:
    """Those before got theirs, and nobody gets two."""
    await reminded(office, organisation_id, set(range(1, 101)), 400)
    office.mails.at_recipient = lambda address: "421 enough" if len(office.mails.taken) >= 50 else "250 OK"
    await office.worker.drain()
    waiting = {row["invitation_number"] for row in await office.rows(organisation_id, "reminder") if row["due_at"]}
    assert waiting & set(range(1, 101))
    assert waiting & set(range(101, 401))
    office.mails.at_recipient = lambda address: "250 OK"
    await office.hurry(organisation_id)
    await office.worker.drain()
    assert set(office.mails.addresses().values()) == {1}
    assert len(office.mails.taken) == 300


@pytest.mark.parametrize("connections", [1, 3])
async def test_a_server_that_lets_us_have_few_connections_takes_all(
    office: Office, organisation_id: UUID, connections: int
) -> None:
    await reminded(office, organisation_id, set(range(1, 101)), 200)
    await office.worker.pool.close()
    office.mails.most_open = connections
    await office.worker.drain()
    assert office.mails.addresses() == {f"person{number}@rivierenmark.example": 1 for number in range(101, 201)}
    assert alike(await office.rows(organisation_id, "reminder"))


@pytest.mark.parametrize("reply", ["451 later", "421 enough"])
async def test_what_is_still_on_its_way_does_not_make_a_server_that_has_enough_a_good_one(
    office: Office, organisation_id: UUID, reply: str
) -> None:
    await reminded(office, organisation_id, set(range(1, 51)), 200)
    office.mails.pause = 0.05
    begun: list[str] = []

    def at_recipient(address: str) -> str:
        begun.append(address)
        return reply if len(begun) > 30 else "250 OK"

    office.mails.at_recipient = at_recipient
    await office.worker.drain()
    left = [row for row in await office.rows(organisation_id, "reminder") if row["due_at"]]
    assert {row["attempts"] for row in left} == {1}
    office.mails.at_recipient, office.mails.pause = (lambda _address: "250 OK"), 0.0
    await office.hurry(organisation_id)
    await office.worker.drain()
    assert office.mails.addresses() == {f"person{number}@rivierenmark.example": 1 for number in range(51, 201)}


async def test_bounced_invitations_are_not_reminded(office: Office, organisation_id: UUID) -> None:
    office.mails.at_recipient = lambda address: "550 unknown" if address.startswith("person2@") else "250 OK"
    await reminded(office, organisation_id, set(), 3)
    assert set(await office.states(organisation_id, "reminder")) == {1, 3}


async def test_readers_see_counts_only(office: Office, organisation_id: UUID) -> None:
    wave_id = await reminded(office, organisation_id, {1, 2, 3, 4, 5})
    await office.worker.drain()
    client = await office.admin(organisation_id)
    deliveries = (await client.get("/v1/deliveries", params={"limit": 200})).json()["items"]
    assert {delivery["kind"] for delivery in deliveries} == {"invitation"}
    assert len(deliveries) == 30
    hidden = (await office.rows(organisation_id, "reminder"))[0]["id"]
    assert (await client.get(f"/v1/deliveries/{hidden}")).status_code == 404
    assert (await client.post(f"/v1/deliveries/{hidden}/resend")).status_code == 404
    rounds = (await client.get("/v1/reminders", params={"waveId": str(wave_id)})).json()["items"]
    assert [set(told) for told in rounds] == [{"id", "waveId", "number", "invited", "createdAt", "updatedAt"}]
    assert (rounds[0]["number"], rounds[0]["invited"]) == (1, 30)
    feed = (await office.service.with_key("peer-key-of-survey").get("/v1/events?wait=10")).json()
    assert len([event for event in feed if event["type"] == "delivery.sent"]) == 30


async def test_a_cursor_with_a_number_that_no_reminder_has_is_refused(office: Office, organisation_id: UUID) -> None:
    client = await office.admin(organisation_id)
    for number in (40_000, -40_000):
        made_up = json.dumps(["-createdAt", "2026-01-01T00:00:00Z", str(organisation_id), number])
        cursor = urlsafe_b64encode(made_up.encode()).decode().rstrip("=")
        assert (await client.get("/v1/reminders", params={"cursor": cursor})).status_code == 400
