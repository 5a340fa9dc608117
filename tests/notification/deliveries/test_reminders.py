"""Who gets no reminder has answered: nothing but counts may tell."""

import json
import time
from base64 import urlsafe_b64encode
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.notification.deliveries import marks
from services.notification.deliveries.batch import LASTED
from services.notification.deliveries.marks import Fate
from services.notification.deliveries.queue_queries import Claimed
from services.notification.deliveries.rules import TRIES
from tests.notification.fixtures import Office
from tests.notification.mailserver import DROP

OF_THE_ROW = ("id", "invitation_number", "mark")


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
    """But for the names of the rows, and marks that nobody but us can read, no column differs."""
    shown = [{key: value for key, value in row.items() if key not in OF_THE_ROW} for row in rows]
    return all(row == shown[0] for row in shown)


async def tried(office: Office, organisation_id: UUID, times: int) -> None:
    for _ in range(times):
        await office.worker.drain()
        await office.hurry(organisation_id)


async def test_only_those_who_did_not_answer_get_one(office: Office, organisation_id: UUID) -> None:
    await reminded(office, organisation_id, set(range(1, 11)))
    await tried(office, organisation_id, TRIES)
    assert office.mails.addresses() == {f"person{number}@rivierenmark.example": 1 for number in range(11, 31)}
    assert office.mails.taken[0].mail["Subject"] == "Herinnering: Tevredenheid 2026"


async def test_who_answers_between_two_tries_is_left_alone(office: Office, organisation_id: UUID) -> None:
    await reminded(office, organisation_id, set(), 3)
    office.mails.at_recipient = lambda address: "451 later"
    await tried(office, organisation_id, 1)
    office.mails.at_recipient, office.survey.answered = (lambda _address: "250 OK"), {2}
    await tried(office, organisation_id, TRIES - 1)
    assert set(office.mails.addresses()) == {"person1@rivierenmark.example", "person3@rivierenmark.example"}


@pytest.mark.parametrize("answered", [set(), set(range(1, 11)), set(range(1, 31))], ids=["none", "some", "all"])
async def test_the_rows_of_all_are_alike(office: Office, organisation_id: UUID, answered: set[int]) -> None:
    await reminded(office, organisation_id, answered)
    for tries in range(1, TRIES + 1):
        await office.worker.drain()
        rows = await office.rows(organisation_id, "reminder")
        assert alike(rows)
        assert (rows[0]["attempts"], rows[0]["sent_at"], rows[0]["reply"]) == (tries, None, None)
        marks = {row["mark"] for row in rows}
        assert marks == {None} if tries == TRIES else len(marks) == len(rows)
        await office.hurry(organisation_id)
    assert rows[0]["state"] == "handled"
    assert len(office.mails.taken) == 30 - len(answered)


async def test_an_address_that_was_made_to_fail_does_not_tell_them_apart(office: Office, organisation_id: UUID) -> None:
    """Whoever sees a row come back, or a mail fail, would know that its person had not answered."""
    await reminded(office, organisation_id, set(range(1, 11)))
    replies = {"person5@": "451 later", "person21@": "451 later", "person22@": "550 unknown", "person23@": DROP}
    office.mails.at_recipient = lambda address: replies.get(f"{address.partition('@')[0]}@", "250 OK")
    for _ in range(TRIES):
        await office.worker.drain()
        assert alike(await office.rows(organisation_id, "reminder"))
        await office.hurry(organisation_id)
    assert len(office.mails.taken) == 17
    assert set(office.mails.addresses().values()) == {1}


async def test_rows_without_a_mail_take_as_long_as_one(
    office: Office, organisation_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    await reminded(office, organisation_id, set(range(1, 6)), 5)
    monkeypatch.setattr("services.notification.deliveries.reminding.LASTED", {"reminder": [0.3]})
    begun = time.monotonic()
    await office.worker.drain()
    assert time.monotonic() - begun > 0.3 * 0.8
    assert office.mails.taken == []


async def test_how_long_is_known_from_any_mail(office: Office, organisation_id: UUID) -> None:
    """The first reminders of a process have its invitations to go by."""
    office.mails.pause = 0.1
    await reminded(office, organisation_id, set())
    assert max(LASTED["invitation"]) > 0.1


async def test_it_goes_only_where_the_invitation_went(office: Office, organisation_id: UUID) -> None:
    """Whoever changes an address to their own would see by what comes whether its owner answered."""
    await reminded(office, organisation_id, {2}, 4)
    office.survey.addresses = {1: "admin@rivierenmark.example", 2: "admin@rivierenmark.example"}
    await tried(office, organisation_id, TRIES)
    assert set(office.mails.addresses()) == {"person3@rivierenmark.example", "person4@rivierenmark.example"}


def test_a_mark_is_read_with_our_keys_only() -> None:
    row = Claimed(uuid4(), 1, 0, in_doubt=False)
    old, new, other = b"o" * 32, b"n" * 32, b"x" * 32
    for fate in Fate:
        made = replace(row, attempts=1, mark=marks.made(row, old, fate))
        assert marks.fate(made, [new, old]) is fate
        assert marks.fate(made, [other]) is Fate.OPEN
        assert marks.fate(replace(made, attempts=2), [old]) is Fate.OPEN
        assert marks.fate(replace(made, id=uuid4()), [old]) is Fate.OPEN


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
