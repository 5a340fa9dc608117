"""Invitations go out once each, in the right words, and what becomes of them is told."""

import asyncio
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from services.notification.deliveries.rules import TRIES
from tests.fixtures.services import settled
from tests.notification.fixtures import Office
from tests.notification.mailserver import DROP, TAKE_AND_DROP


async def events(office: Office) -> list[tuple[str, str]]:
    await settled(office.service)
    told = (await office.service.with_key("peer-key-of-survey").get("/v1/events")).json()
    return [(event["type"], event["data"]["invitationId"]) for event in told]


async def test_each_invitation_is_mailed_once(office: Office, organisation_id: UUID) -> None:
    office.survey.open_wave(organisation_id, 40)
    await office.read_feed()
    await office.worker.drain()
    await office.worker.drain()
    assert office.mails.addresses() == {f"person{number}@rivierenmark.example": 1 for number in range(1, 41)}
    assert set((await office.states(organisation_id)).values()) == {"sent"}
    assert len(office.survey.asked) == 1
    assert office.survey.asked[0]["authorization"] == "Bearer peer-key-of-notification"
    assert sorted(await events(office)) == sorted(("delivery.sent", str(number)) for number in range(1, 41))


async def test_connections_are_kept_and_few(office: Office, organisation_id: UUID) -> None:
    office.survey.open_wave(organisation_id, 60)
    office.survey.open_wave(uuid4(), 60)
    await office.read_feed()
    await office.worker.drain()
    assert len(office.mails.taken) == 120
    assert office.mails.connections == 8


async def test_a_feed_read_twice_makes_no_second_mail(office: Office, organisation_id: UUID) -> None:
    office.survey.open_wave(organisation_id, 3)
    await office.read_feed()
    await office.worker.drain()
    async with office.service.database.transaction(organisation_id) as session:
        await session.execute(text("UPDATE cursors SET position = '0-0'"))
    await office.read_feed()
    await office.worker.drain()
    assert len(office.mails.taken) == 3


async def test_a_refused_address_bounces_and_the_others_go(office: Office, organisation_id: UUID) -> None:
    office.mails.at_recipient = lambda address: "550 5.1.1 unknown" if address.startswith("person2@") else "250 OK"
    office.survey.addresses[3] = "not an address"
    office.survey.open_wave(organisation_id, 4)
    await office.read_feed()
    await office.worker.drain()
    assert await office.states(organisation_id) == {1: "sent", 2: "bounced", 3: "bounced", 4: "sent"}
    refused = (await office.rows(organisation_id))[1]
    assert (refused["reason"], refused["reply"], refused["due_at"]) == ("recipientRefused", "550 5.1.1", None)
    assert {kind for kind, number in await events(office) if number in ("2", "3")} == {"delivery.bounced"}


async def test_greylisting_is_waited_out(office: Office, organisation_id: UUID) -> None:
    seen: set[str] = set()

    def greylist(address: str) -> str:
        first = address not in seen
        seen.add(address)
        return "451 4.7.1 try again" if first else "250 OK"

    office.mails.at_recipient = greylist
    office.survey.open_wave(organisation_id, 5)
    await office.read_feed()
    await office.worker.drain()
    waiting = await office.rows(organisation_id)
    assert {(row["state"], row["attempts"], row["reply"]) for row in waiting} == {("queued", 1, "451 4.7.1")}
    assert office.mails.taken == []
    await office.hurry(organisation_id)
    await office.worker.drain()
    assert {(row["state"], row["attempts"]) for row in await office.rows(organisation_id)} == {("sent", 2)}
    assert len(office.mails.taken) == 5


async def test_a_mail_is_parked_after_the_last_try(office: Office, organisation_id: UUID) -> None:
    office.mails.at_text = lambda _address: "452 4.3.1 full"
    office.survey.open_wave(organisation_id, 1)
    await office.read_feed()
    for _ in range(TRIES + 2):
        await office.hurry(organisation_id)
        await office.worker.drain()
    row = (await office.rows(organisation_id))[0]
    assert (row["state"], row["attempts"], row["reason"]) == ("parked", TRIES, "deferred")


async def test_a_server_that_will_not_have_us_is_no_bounce(office: Office, organisation_id: UUID) -> None:
    office.mails.at_recipient = lambda _address: "554 5.7.1 relay access denied"
    office.survey.open_wave(organisation_id, 1)
    await office.read_feed()
    await office.worker.drain()
    row = (await office.rows(organisation_id))[0]
    assert (row["state"], row["reason"], row["attempts"]) == ("queued", "refused", 1)


async def test_a_lost_connection_costs_no_try(office: Office, organisation_id: UUID) -> None:
    office.mails.at_recipient = lambda _address: DROP
    office.survey.open_wave(organisation_id, 3)
    await office.read_feed()
    await office.worker.drain()
    assert {(row["state"], row["attempts"]) for row in await office.rows(organisation_id)} == {("queued", 0)}
    office.mails.at_recipient = lambda _address: "250 OK"
    await office.hurry(organisation_id)
    await office.worker.drain()
    assert sum(office.mails.addresses().values()) == 3


async def test_a_mail_in_doubt_goes_again_under_the_same_id(office: Office, organisation_id: UUID) -> None:
    office.mails.at_text = lambda _address: TAKE_AND_DROP
    office.survey.open_wave(organisation_id, 1)
    await office.read_feed()
    await office.worker.drain()
    row = (await office.rows(organisation_id))[0]
    assert (row["state"], row["maybe_doubled"], row["reason"]) == ("queued", True, "inDoubt")
    office.mails.at_text = lambda _address: "250 OK"
    await office.hurry(organisation_id)
    await office.worker.drain()
    first, second = office.mails.taken
    assert first.mail["Message-ID"] == second.mail["Message-ID"]
    assert (await office.rows(organisation_id))[0]["state"] == "sent"


async def test_while_survey_is_away_mails_wait(office: Office, organisation_id: UUID) -> None:
    office.survey.away = True
    office.survey.open_wave(organisation_id, 3)
    await office.read_feed()
    await office.worker.drain()
    assert {(row["state"], row["attempts"], row["lease"]) for row in await office.rows(organisation_id)} == {
        ("queued", 0, None)
    }
    office.survey.away = False
    await office.hurry(organisation_id)
    await office.worker.drain()
    assert len(office.mails.taken) == 3


@pytest.mark.parametrize("when", ["before the feed is read", "before they are sent"])
async def test_nothing_is_sent_once_the_wave_is_closed(office: Office, organisation_id: UUID, when: str) -> None:
    wave_id = office.survey.open_wave(organisation_id, 3)
    if when == "before they are sent":
        await office.read_feed()
    office.survey.close_wave(organisation_id, wave_id)
    await office.read_feed()
    await office.worker.drain()
    assert office.mails.taken == []
    assert set((await office.states(organisation_id)).values()) == {"cancelled"}


async def test_who_is_gone_gets_nothing(office: Office, organisation_id: UUID) -> None:
    office.survey.gone = {2}
    office.survey.open_wave(organisation_id, 3)
    await office.read_feed()
    await office.worker.drain()
    assert await office.states(organisation_id) == {1: "sent", 2: "bounced", 3: "sent"}


async def test_an_organisation_with_many_does_not_hold_up_another(office: Office, organisation_id: UUID) -> None:
    other = uuid4()
    office.survey.open_wave(organisation_id, 1200)
    office.survey.open_wave(other, 5, first=5000)
    await office.read_feed()
    await office.worker.step()
    await office.worker.step()
    assert set((await office.states(other)).values()) == {"sent"}
    assert "queued" in (await office.states(organisation_id)).values()


async def test_a_wave_that_closes_in_the_middle_stops_the_rest(office: Office, organisation_id: UUID) -> None:
    office.mails.pause = 0.02
    wave_id = office.survey.open_wave(organisation_id, 400)
    await office.read_feed()
    sending = asyncio.create_task(office.worker.drain())
    while len(office.mails.taken) < 20:  # noqa: ASYNC110  # the server is in another thread
        await asyncio.sleep(0.01)
    office.survey.close_wave(organisation_id, wave_id)
    await office.read_feed()
    await sending
    states = await office.states(organisation_id)
    gone = {f"person{number}@rivierenmark.example" for number, state in states.items() if state == "sent"}
    assert set(office.mails.addresses()) == gone
    assert set(states.values()) == {"sent", "cancelled"}
    assert len(gone) < 400
