"""Who gets no reminder has answered: nothing but counts may tell."""

from typing import Any
from uuid import UUID

import pytest

from services.notification.deliveries.rules import TRIES
from tests.notification.fixtures import Office

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


async def test_retries_do_not_tell_them_apart(office: Office, organisation_id: UUID) -> None:
    """While mails are deferred, about as many of those that are not sent come back as of those that are."""
    answered = set(range(1, 201))
    await reminded(office, organisation_id, answered, 400)
    office.mails.at_recipient = lambda address: (
        "451 later" if address[-len("0@rivierenmark.example")] in "02468" else "250"
    )
    await office.worker.drain()
    rows = await office.rows(organisation_id, "reminder")
    again = {row["invitation_number"] for row in rows if row["state"] == "queued"}
    assert {row["attempts"] for row in rows} == {1}
    assert len(again - answered) == 100
    assert 60 <= len(again & answered) <= 140
    assert {row["reason"] for row in rows} == {None}


async def test_a_reminder_that_never_arrives_ends_as_the_others(office: Office, organisation_id: UUID) -> None:
    await reminded(office, organisation_id, set(range(1, 11)))
    office.mails.at_recipient = lambda address: (
        "451 later" if address[-len("0@rivierenmark.example")] in "02468" else "250"
    )
    for _ in range(TRIES + 1):
        await office.hurry(organisation_id)
        await office.worker.drain()
    rows = await office.rows(organisation_id, "reminder")
    assert {row["state"] for row in rows} == {"handled"}
    client = await office.admin(organisation_id)
    round_ = (await client.get("/v1/reminders")).json()["items"][0]
    assert (round_["invited"], round_["mailed"], round_["failed"]) == (30, 10, 10)


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
    assert [(told["number"], told["invited"], told["mailed"], told["failed"]) for told in rounds] == [(1, 30, 25, 0)]
    feed = (await office.service.with_key("peer-key-of-survey").get("/v1/events?wait=10")).json()
    assert len(feed) == 30


@pytest.mark.parametrize(("invited", "answered"), [(4, 1), (30, 4), (30, 27)])
async def test_counts_of_a_few_are_not_told(office: Office, organisation_id: UUID, invited: int, answered: int) -> None:
    """Of whom it went to none had answered, and the others all had: neither may be few."""
    await reminded(office, organisation_id, set(range(1, answered + 1)), invited)
    await office.worker.drain()
    client = await office.admin(organisation_id)
    told = (await client.get("/v1/reminders")).json()["items"][0]
    assert (told["invited"], told["mailed"], told["failed"]) == (invited, None, None)
