"""What an administrator sees and may do."""

from uuid import UUID, uuid4

from services.shared.ids import of_number
from tests.notification.fixtures import Office


async def bounced(office: Office, organisation_id: UUID) -> UUID:
    office.mails.at_recipient = lambda address: "550 5.1.1 no" if address.startswith("person2@") else "250 OK"
    wave_id = office.survey.open_wave(organisation_id, 5)
    await office.read_feed()
    await office.worker.drain()
    return wave_id


async def test_deliveries_are_listed_filtered_and_paged(office: Office, organisation_id: UUID) -> None:
    wave_id = await bounced(office, organisation_id)
    client = await office.admin(organisation_id)
    first = await client.get("/v1/deliveries", params={"limit": 3, "waveId": str(wave_id)})
    assert 'rel="next"' in first.headers["link"]
    rest = await client.get(
        "/v1/deliveries", params={"limit": 3, "cursor": first.json()["nextCursor"], "waveId": str(wave_id)}
    )
    both = first.json()["items"] + rest.json()["items"]
    assert {delivery["invitationId"] for delivery in both} == {str(of_number(number)) for number in range(1, 6)}
    assert rest.json()["nextCursor"] is None
    refused = (await client.get("/v1/deliveries", params={"state": "bounced"})).json()["items"]
    assert [(row["invitationId"], row["reason"], row["reply"], row["nextAttemptAt"]) for row in refused] == [
        (str(of_number(2)), "recipientRefused", "550 5.1.1", None)
    ]
    assert (await client.get("/v1/deliveries", params={"waveId": str(uuid4())})).json()["items"] == []
    one = (await client.get("/v1/deliveries", params={"invitationId": str(of_number(3))})).json()["items"]
    assert [row["state"] for row in one] == ["sent"]
    assert (await client.get("/v1/deliveries", params={"invitationId": str(uuid4())})).json()["items"] == []
    assert (await client.get("/v1/deliveries", params={"kind": "reminder"})).json()["code"] == "invalidRequest"


async def test_nothing_names_a_person(office: Office, organisation_id: UUID) -> None:
    await bounced(office, organisation_id)
    client = await office.admin(organisation_id)
    shown = (await client.get("/v1/deliveries")).text
    feed = (await office.service.with_key("peer-key-of-survey").get("/v1/events?wait=10")).text
    for telling in ("rivierenmark.example", "Person", "token-of"):
        assert telling not in shown
        assert telling not in feed


async def test_a_bounced_one_is_sent_again_when_asked(office: Office, organisation_id: UUID) -> None:
    await bounced(office, organisation_id)
    client = await office.admin(organisation_id)
    row = (await client.get("/v1/deliveries", params={"state": "bounced"})).json()["items"][0]
    office.survey.addresses[2] = "mended@rivierenmark.example"
    asked = await client.post(f"/v1/deliveries/{row['id']}/resend")
    assert (asked.status_code, asked.json()["state"], asked.json()["attempts"]) == (202, "queued", 0)
    await office.worker.drain()
    again = await client.get(f"/v1/deliveries/{row['id']}")
    assert (again.json()["state"], again.json()["reason"]) == ("sent", None)
    assert again.headers["etag"] != asked.headers["etag"]
    assert office.mails.addresses()["mended@rivierenmark.example"] == 1
    refused = await client.post(f"/v1/deliveries/{row['id']}/resend")
    assert (refused.status_code, refused.json()["code"]) == (409, "notResendable")


async def test_after_the_end_nothing_is_sent_again(office: Office, organisation_id: UUID) -> None:
    wave_id = await bounced(office, organisation_id)
    office.survey.close_wave(organisation_id, wave_id)
    await office.read_feed()
    client = await office.admin(organisation_id)
    row = (await client.get("/v1/deliveries", params={"state": "bounced"})).json()["items"][0]
    refused = await client.post(f"/v1/deliveries/{row['id']}/resend")
    assert (refused.status_code, refused.json()["code"]) == (409, "waveClosed")


async def test_deliveries_are_for_administrators_of_their_organisation(office: Office, organisation_id: UUID) -> None:
    await bounced(office, organisation_id)
    mine, stranger = await office.admin(organisation_id), await office.admin(uuid4())
    row = (await mine.get("/v1/deliveries")).json()["items"][0]
    assert (await office.service.client.get("/v1/deliveries")).status_code == 401
    assert (await stranger.get("/v1/deliveries")).json()["items"] == []
    assert (await stranger.get(f"/v1/deliveries/{row['id']}")).status_code == 404
    assert (await stranger.post(f"/v1/deliveries/{row['id']}/resend")).status_code == 404
    manager = await office.service.as_role("provider-manager", organisation_id)
    assert (await manager.get("/v1/deliveries")).status_code == 403
    director = await office.service.as_role("director", organisation_id)
    assert len((await director.get("/v1/deliveries")).json()["items"]) == 5
    assert (await director.post(f"/v1/deliveries/{row['id']}/resend")).status_code == 403
