"""RFC 8058: one click in the mail program, without an account, and nobody is told."""

import re
from uuid import UUID, uuid4

import pytest

from services.notification.preferences import tokens
from tests.notification.fixtures import Office

KEY = b"k" * 32


async def invited(office: Office, organisation_id: UUID) -> tuple[UUID, str]:
    """The wave, and the path of the link of person 2."""
    wave_id = office.survey.open_wave(organisation_id, 3)
    await office.read_feed()
    await office.worker.drain()
    mail = next(mail for mail in office.mails.taken if mail.address.startswith("person2@")).mail
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = str(mail["List-Unsubscribe"]).strip("<>")
    assert link.startswith("https://mail.klankbord.example/v1/unsubscribe/")
    office.mails.taken.clear()
    return wave_id, link.removeprefix("https://mail.klankbord.example")


async def test_one_click_stops_reminders_of_this_person_only(office: Office, organisation_id: UUID) -> None:
    wave_id, path = await invited(office, organisation_id)
    one_click = await office.service.client.post(path, data={"List-Unsubscribe": "One-Click"})
    assert (one_click.status_code, one_click.json()) == (200, {"unsubscribed": True})
    office.survey.remind(organisation_id, wave_id)
    await office.read_feed()
    await office.worker.drain()
    assert set(office.mails.addresses()) == {"person1@rivierenmark.example", "person3@rivierenmark.example"}
    assert "2" not in office.survey.asked[-1]["invitationIds"]


async def test_following_the_link_changes_nothing(office: Office, organisation_id: UUID) -> None:
    _, path = await invited(office, organisation_id)
    assert (await office.service.client.get(path)).json() == {"unsubscribed": False}
    assert (await office.service.client.get(path)).json() == {"unsubscribed": False}
    await office.service.client.post(path)
    assert (await office.service.client.get(path)).json() == {"unsubscribed": True}


@pytest.mark.parametrize(("language", "word"), [("nl-NL,nl;q=0.9", "Meld mij af"), ("fr", "Unsubscribe")])
async def test_people_get_a_page_with_a_button(office: Office, organisation_id: UUID, language: str, word: str) -> None:
    _, path = await invited(office, organisation_id)
    browser = {"Accept": "text/html,application/xhtml+xml", "Accept-Language": language}
    asked = await office.service.client.get(path, headers=browser)
    assert asked.headers["content-type"] == "text/html; charset=utf-8"
    assert word in asked.text
    assert '<form method="post">' in asked.text
    done = await office.service.client.post(path, headers=browser, data={"List-Unsubscribe": "One-Click"})
    assert 'role="status"' in done.text


async def test_forged_and_foreign_links_are_not_found(office: Office, organisation_id: UUID) -> None:
    _, path = await invited(office, organisation_id)
    changed = path[:-20] + ("A" if path[-20] != "A" else "B") + path[-19:]
    for forged in (changed, "/v1/unsubscribe/x", "/v1/unsubscribe/" + "A" * 54, "/v1/unsubscribe/" + "é" * 54):
        for answer in (await office.service.client.get(forged), await office.service.client.post(forged)):
            assert (answer.status_code, answer.json()["code"]) == (404, "notFound")


async def test_a_link_stays_right_when_keys_are_renewed(organisation_id: UUID) -> None:
    token = tokens.sign(organisation_id, -5, [KEY])
    assert re.fullmatch(r"[A-Za-z0-9_-]{54}", token)
    assert tokens.read(token, [b"n" * 32, KEY]) == (organisation_id, -5)
    assert tokens.read(token, [b"n" * 32]) is None
    assert tokens.read(tokens.sign(uuid4(), 1, [KEY]), [KEY]) != (organisation_id, -5)


async def test_idempotency_keys_are_honoured(office: Office, organisation_id: UUID) -> None:
    _, path = await invited(office, organisation_id)
    for _ in range(2):
        again = await office.service.client.post(path, headers={"Idempotency-Key": "one"})
        assert again.json() == {"unsubscribed": True}
    other = await office.service.client.post(path, headers={"Idempotency-Key": "one"}, content=b"something else")
    assert other.status_code == 422
