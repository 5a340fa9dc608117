from uuid import UUID

from tests.notification.fixtures import Office

BODY = {"address": "beheer@rivierenmark.example"}


async def path(office: Office, organisation_id: UUID) -> str:
    channels = (await (await office.admin(organisation_id)).get("/v1/channels")).json()["items"]
    assert [channel["kind"] for channel in channels] == ["smtp"]
    return f"/v1/channels/{channels[0]['id']}/test-messages"


async def test_a_test_message_arrives(office: Office, organisation_id: UUID) -> None:
    client = await office.admin(organisation_id)
    answer = await client.post(await path(office, organisation_id), json=BODY)
    assert answer.json() == {"accepted": True, "verdict": "accepted", "reply": "250 2.0.0"}
    assert office.mails.addresses() == {BODY["address"]: 1}


async def test_what_the_mail_server_says_is_told(office: Office, organisation_id: UUID) -> None:
    client = await office.admin(organisation_id)
    office.mails.at_recipient = lambda _address: "550 5.1.1 beheer@rivierenmark.example is unknown"
    answer = await client.post(await path(office, organisation_id), json=BODY)
    assert answer.json() == {"accepted": False, "verdict": "recipientRefused", "reply": "550 5.1.1"}


async def test_a_mail_server_that_is_not_there_is_told(office: Office, organisation_id: UUID) -> None:
    client = await office.admin(organisation_id)
    office.service.app.state.settings.smtp_port = 9
    answer = await client.post(await path(office, organisation_id), json=BODY)
    assert (answer.status_code, answer.json()["verdict"]) == (200, "unreachable")


async def test_unknown_channels_and_strange_addresses_are_refused(office: Office, organisation_id: UUID) -> None:
    client = await office.admin(organisation_id)
    nowhere = f"/v1/channels/{organisation_id}/test-messages"
    assert (await client.post(nowhere, json=BODY)).status_code == 404
    strange = await client.post(
        await path(office, organisation_id), json={"address": "a@b.example\r\nBcc: c@d.example"}
    )
    assert strange.json()["errors"][0]["pointer"] == "/address"
