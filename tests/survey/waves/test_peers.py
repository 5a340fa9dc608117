"""What notification asks and tells, and what analytics tells."""

from base64 import b64decode
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from services.contracts.envelope import Envelope
from services.contracts.events import DeliveryBounced, DeliverySent, Event, ReleasePublished
from services.survey.waves import consumers, tokens
from tests.fixtures.postgres import SECRET
from tests.fixtures.services import Running
from tests.survey.waves.world import World, make


async def ask(world: World, wave: str, kind: str = "invitation", **more: Any) -> Any:
    client = world.service.with_key("peer-key-of-notification")
    ids = [
        str(row.number) for row in await world.rows("SELECT number FROM invitations WHERE wave_id = :w", w=UUID(wave))
    ]
    body = {"organisationId": str(world.organisation_id), "waveId": wave, "kind": kind, "invitationIds": ids, **more}
    return await client.post("/v1/peer/recipients", json=body)


async def told(world: World, event: Event) -> None:
    envelope: Envelope[Any] = Envelope(
        id=uuid4(), source="/peer", type=event.type, time=datetime.now(UTC), organisationid=world.organisation_id,
        position="1-1", data=event,
    )  # fmt: skip
    handlers = {**consumers.ANALYTICS_HANDLERS, **consumers.NOTIFICATION_HANDLERS}
    async with world.service.database.transaction(world.organisation_id) as session:
        await handlers[event.type](session, envelope)


async def test_in_a_quiet_period_mails_are_told_until_when_to_wait(world: World) -> None:
    admin = await world.client()
    wave = await world.opened(admin)
    assert (await ask(world, wave)).json()["wave"]["quietUntil"] is None
    now = datetime.now(ZoneInfo("Europe/Amsterdam"))
    today, last = now.date(), now.date() + timedelta(days=2)
    quiet = [{"startDate": today.isoformat(), "endDate": last.isoformat()}]
    headers = {"If-Match": "*", "Content-Type": "application/merge-patch+json"}
    await admin.patch("/v1/contact-policy", json={"quietPeriods": quiet}, headers=headers)
    until = datetime.fromisoformat((await ask(world, wave, "reminder")).json()["wave"]["quietUntil"])
    assert until.astimezone(now.tzinfo).date() == last + timedelta(days=1)


async def test_recipients_have_an_address_and_a_link_of_their_own(world: World) -> None:
    wave = await world.opened(await world.client())
    answer = (await ask(world, wave)).json()
    assert len(answer["items"]) == 20
    assert answer["wave"]["organisationName"] == "Rivierenmark"
    assert answer["wave"]["minimumGroup"] == 5
    numbers = {row.employee_id: row.number for row in await world.rows("SELECT employee_id, number FROM invitations")}
    of = {name: numbers.get(key) for key, name in world.employees.items()}
    for item in answer["items"]:
        base, _, token = item["link"].rpartition("/")
        assert base == "http://127.0.0.1:8000/r"
        _, number = tokens.read(token, [b64decode(SECRET)]) or (None, None)
        assert str(number) == item["invitationId"]
        assert of[item["address"].split("@")[0]] == number
        assert item["name"].startswith("Sam ")
        assert item["language"] == "nl"


async def test_only_notification_may_ask(world: World) -> None:
    wave = await world.opened(await world.client())
    body = {"organisationId": str(world.organisation_id), "waveId": wave, "kind": "invitation", "invitationIds": []}
    clients = [world.service.client, await world.client(), world.service.with_key("peer-key-of-analytics")]
    for client in clients:
        assert (await client.post("/v1/peer/recipients", json=body)).status_code == 401
    assert "/peer/recipients" not in (await world.service.client.get("/v1/openapi.json")).json()["paths"]


async def test_reminders_leave_out_who_answered_and_invitations_do_not(world: World) -> None:
    wave = await world.opened(await world.client())
    await world.burn(wave, "north", 7)
    assert len((await ask(world, wave, "reminder")).json()["items"]) == 13
    assert len((await ask(world, wave, "invitation")).json()["items"]) == 20


async def test_who_opts_out_or_goes_on_leave_is_not_reminded(world: World) -> None:
    admin = await world.client()
    wave = await world.opened(admin)
    day = datetime.now(ZoneInfo("Europe/Amsterdam")).date()
    headers = {"If-Match": "*", "Content-Type": "application/merge-patch+json"}
    yesterday, tomorrow = [(day + timedelta(days=days)).isoformat() for days in (-1, 1)]
    for name, change in {
        "north-0": {"optedOut": True},
        "north-1": {"leaveStartDate": day.isoformat()},
        "north-2": {"leaveStartDate": "2020-01-01", "leaveEndDate": day.isoformat()},
        "north-3": {"leaveStartDate": "2020-01-01", "leaveEndDate": yesterday},
        "north-4": {"leaveStartDate": tomorrow},
    }.items():
        assert (await admin.patch(f"/v1/employees/external:{name}", json=change, headers=headers)).status_code == 200
    reminded = {item["address"].split("@")[0] for item in (await ask(world, wave, "reminder")).json()["items"]}
    assert len(reminded) == 17
    assert not reminded & {"north-0", "north-1", "north-2"}
    assert len((await ask(world, wave, "invitation")).json()["items"]) == 20


async def test_nobody_hears_who_left_or_of_a_wave_that_is_over(world: World) -> None:
    admin = await world.client()
    wave = await world.opened(admin)
    await world.run("UPDATE employees SET active = false WHERE external_id = 'north-3'")
    await world.run("UPDATE employees SET email = NULL WHERE external_id = 'north-4'")
    assert len((await ask(world, wave)).json()["items"]) == 18
    await admin.post(f"/v1/waves/{wave}/close")
    assert (await ask(world, wave)).json()["items"] == []


async def test_invitations_of_another_wave_or_organisation_are_not_found(world: World, survey: Running) -> None:
    admin = await world.client()
    wave, other = await world.opened(admin), await world.opened(admin)
    numbers = [str(row.number) for row in await world.rows("SELECT number FROM invitations WHERE wave_id = :w",
                                                           w=UUID(other))]  # fmt: skip
    asked = [*numbers, str(2**63), "0", "-9999999999999999999"]
    assert (await ask(world, wave, invitationIds=asked)).json()["items"] == []
    elsewhere = await make(survey)
    assert (await ask(world, wave, organisationId=str(elsewhere.organisation_id))).status_code == 404


async def test_deliveries_show_in_the_list_and_the_last_news_holds(world: World) -> None:
    admin = await world.client()
    wave = await world.opened(admin)
    first, second, third = [row.number for row in await world.rows("SELECT number FROM invitations LIMIT 3")]
    common: dict[str, Any] = {"delivery_id": uuid4(), "wave_id": UUID(wave), "kind": "invitation"}
    for number in (first, second):
        await told(world, DeliverySent(invitation_id=str(number), **common))
    await told(world, DeliveryBounced(invitation_id=str(third), reason="unknown", **common))
    for number in (third, second):
        await told(world, DeliverySent(invitation_id=str(number), **common))
    await told(world, DeliveryBounced(invitation_id=str(second), reason="full", **common))
    items = (await admin.get(f"/v1/waves/{wave}/invitations")).json()["items"]
    states = sorted(item["deliveryState"] for item in items)
    assert states == ["bounced"] + ["pending"] * 17 + ["sent"] * 2


async def test_a_release_makes_a_closed_wave_released(world: World) -> None:
    admin = await world.client()
    wave = await world.opened(admin)
    event = ReleasePublished(release_id=uuid4(), wave_id=UUID(wave), published_at=datetime.now(UTC))
    await told(world, event)
    assert (await world.wave(wave)).status == "open"
    await admin.post(f"/v1/waves/{wave}/close")
    tag = (await admin.get(f"/v1/waves/{wave}")).headers["ETag"]
    await told(world, event)
    released = await admin.get(f"/v1/waves/{wave}")
    assert released.json()["status"] == "released"
    assert released.headers["ETag"] != tag
