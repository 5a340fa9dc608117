"""Drafts through the API: who may, what is refused, what freezes."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from tests.fixtures.services import Running
from tests.survey.waves.world import World, make

PATCH = {"Content-Type": "application/merge-patch+json"}


async def test_a_draft_has_what_it_was_given_and_the_defaults(world: World) -> None:
    admin = await world.client()
    answer = await admin.post("/v1/waves", json=world.body("laptops", reminders=[14, 7]))
    assert answer.status_code == 201
    wave = answer.json()
    assert answer.headers["Location"] == f"/v1/waves/{wave['id']}"
    assert (wave["status"], wave["version"], wave["serviceChoice"]) == ("draft", 1, "respondent")
    assert (wave["minimumGroup"], wave["commentMinimumGroup"], wave["reminders"]) == (5, 10, [7, 14])
    assert wave["title"] == {"nl": "Hoe helpen wij u?", "en": "How do we help you?"}
    assert wave["serviceIds"] == [str(world.services["laptops"])]
    assert wave["sample"]["kind"] == "all"
    assert isinstance(wave["sample"]["seed"], int)
    read = await admin.get(f"/v1/waves/{wave['id']}")
    assert read.json() == wave
    assert read.headers["ETag"] == '"1"'


async def test_who_may_what(world: World) -> None:
    mine = await world.client("provider-manager", "it")
    of_hr = await world.client("provider-manager", "hr")
    wave = await world.draft(mine, "laptops", "phones")
    assert (await of_hr.get(f"/v1/waves/{wave}")).status_code == 404
    assert (await of_hr.post(f"/v1/waves/{wave}/open")).status_code == 404
    assert (await of_hr.get("/v1/waves")).json()["items"] == []
    assert (await mine.post("/v1/waves", json=world.body("laptops", "payroll"))).status_code == 403
    assert (await of_hr.post("/v1/waves", json=world.body("laptops"))).status_code == 403
    for role, status in (("director", 200), ("provider-staff", 404), ("consumer-manager", 403), ("bi-reader", 403)):
        client = await world.client(role, "hr")
        assert (await client.get(f"/v1/waves/{wave}")).status_code == status
        assert (await client.post("/v1/waves", json=world.body("payroll"))).status_code == 403
    assert (await (await world.client("provider-staff", "it")).get(f"/v1/waves/{wave}")).status_code == 200
    above = await world.client("provider-manager", "root")
    assert (await above.post("/v1/waves", json=world.body("laptops", "payroll"))).status_code == 201


async def test_another_organisation_finds_nothing(world: World, survey: Running) -> None:
    wave = await world.opened(await world.client())
    stranger = await (await make(survey)).client()
    for path in ("", "/progress", "/invitations"):
        assert (await stranger.get(f"/v1/waves/{wave}{path}")).status_code == 404
    for path in ("open", "close", "sample-preview"):
        assert (await stranger.post(f"/v1/waves/{wave}/{path}")).status_code == 404
    body = (await make(survey)).body() | {"surveyId": str(world.survey_id)}
    assert (await stranger.post("/v1/waves", json=body)).json()["errors"][0]["pointer"] == "/surveyId"


@pytest.mark.parametrize(
    ("more", "pointer", "code"),
    [
        ({"minimumGroup": 4}, "/minimumGroup", "belowMinimum"),
        ({"commentMinimumGroup": 9}, "/commentMinimumGroup", "belowMinimum"),
        ({"version": 2}, "/version", "unknownVersion"),
        ({"surveyId": str(uuid4())}, "/surveyId", "unknownReference"),
        ({"serviceIds": ["external:nothing"]}, "/serviceIds/0", "unknownReference"),
        ({"serviceIds": []}, "/serviceIds", None),
        ({"serviceIds": ["external:laptops", "external:laptops"]}, "/serviceIds", "duplicate"),
        ({"closesAt": "2020-01-01T00:00:00Z"}, "/closesAt", "inThePast"),
        ({"closesAt": "9999-12-31T23:59:59-12:00"}, "/closesAt", "outOfRange"),
        ({"opensAt": "2199-01-01T00:00:00Z"}, "", "closesBeforeItOpens"),
        ({"reminders": [3, 3]}, "/reminders", "duplicate"),
        ({"reminders": [0]}, "/reminders/0", None),
        ({"reminders": ["7"]}, "/reminders/0", None),
        ({"closesAt": 4102444800}, "/closesAt", "notAnInstant"),
        ({"closesAt": "2100-01-01"}, "/closesAt", "notAnInstant"),
        ({"title": {"nl": "\x00"}}, "/title/nl", "unstorableText"),
        ({"sample": {"kind": "share", "share": 0}}, "/sample/share/share", None),
        ({"sample": {"kind": "some"}}, "/sample", None),
        ({"sample": {"kind": "all", "number": 3}}, "/sample/all/number", None),
        ({"status": "open"}, "/status", None),
    ],
)
async def test_what_is_refused_says_where(
    world: World, more: dict[str, object], pointer: str, code: str | None
) -> None:
    answer = await (await world.client()).post("/v1/waves", json=world.body(**more))
    assert answer.status_code == 400
    error = answer.json()["errors"][0]
    assert error["pointer"].startswith(pointer.rsplit("/sample", 1)[0])
    assert code in (None, error["code"])


async def test_one_service_named_in_two_ways_is_refused(world: World) -> None:
    services = ["external:laptops", str(world.services["laptops"])]
    answer = await (await world.client()).post("/v1/waves", json=world.body(serviceIds=services))
    assert answer.json()["errors"][0]["code"] == "duplicate"


async def test_a_draft_changes_with_its_etag_only(world: World) -> None:
    admin = await world.client()
    path = f"/v1/waves/{await world.draft(admin)}"
    change = {"title": {"en": "Spring"}, "sample": {"kind": "number", "number": 10, "seed": 3}, "minimumGroup": 8}
    assert (await admin.patch(path, json=change, headers=PATCH)).status_code == 428
    assert (await admin.patch(path, json=change, headers={**PATCH, "If-Match": '"9"'})).status_code == 412
    changed = await admin.patch(path, json=change, headers={**PATCH, "If-Match": '"1"'})
    assert changed.status_code == 200
    assert changed.headers["ETag"] == '"2"'
    assert changed.json()["title"] == {"nl": "Hoe helpen wij u?", "en": "Spring"}
    assert changed.json()["sample"] == {"kind": "number", "number": 10, "seed": 3}
    assert changed.json()["minimumGroup"] == 8
    assert (await admin.delete(path, headers={"If-Match": '"2"'})).status_code == 204
    assert (await admin.get(path)).status_code == 404


async def test_another_kind_of_sample_takes_the_place_of_the_old_one(world: World) -> None:
    admin = await world.client()
    path = f"/v1/waves/{await world.draft(admin, sample={'kind': 'number', 'number': 9, 'seed': 3})}"
    for change in ({"kind": "share", "share": 0.5}, {"kind": "all"}, {"kind": "number", "number": 4}):
        changed = await admin.patch(path, json={"sample": change}, headers={**PATCH, "If-Match": "*"})
        assert changed.json()["sample"] == {**change, "seed": 3}
    more = await admin.patch(path, json={"sample": {"number": 5}}, headers={**PATCH, "If-Match": "*"})
    assert more.json()["sample"]["number"] == 5


async def test_a_draft_is_raised_with_the_organisations_minimum(world: World) -> None:
    admin = await world.client()
    path = f"/v1/waves/{await world.draft(admin)}"
    await world.run("UPDATE organisations SET minimum_group = 7")
    changed = await admin.patch(path, json={"reminders": [2]}, headers={**PATCH, "If-Match": "*"})
    assert changed.json()["minimumGroup"] == 7
    refused = await admin.patch(path, json={"minimumGroup": 6}, headers={**PATCH, "If-Match": "*"})
    assert refused.json()["errors"][0]["pointer"] == "/minimumGroup"


async def test_an_open_wave_can_be_extended_and_nothing_else(world: World) -> None:
    admin = await world.client()
    wave = await world.opened(admin)
    path, headers = f"/v1/waves/{wave}", {**PATCH, "If-Match": "*"}
    for change in ({"title": {"en": "Else"}}, {"minimumGroup": 9}, {"serviceIds": ["external:laptops"]}):
        assert (await admin.patch(path, json=change, headers=headers)).json()["code"] == "waveFrozen"
    sooner = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    assert (await admin.patch(path, json={"closesAt": sooner}, headers=headers)).json()["code"] == "onlyLater"
    later = (datetime.now(UTC) + timedelta(days=40)).isoformat()
    extended = await admin.patch(path, json={"closesAt": later}, headers=headers)
    assert extended.status_code == 200
    assert datetime.fromisoformat(extended.json()["closesAt"]) == datetime.fromisoformat(later)
    [event] = await world.events("wave.extended")
    assert event.data["waveId"] == wave
    assert (await admin.delete(path, headers=headers)).json()["code"] == "waveFrozen"
    await admin.post(f"{path}/close")
    later = (datetime.now(UTC) + timedelta(days=50)).isoformat()
    assert (await admin.patch(path, json={"closesAt": later}, headers=headers)).json()["code"] == "waveFrozen"


async def test_lists_page_and_filter(world: World) -> None:
    admin = await world.client()
    made = [await world.draft(admin) for _ in range(3)]
    await admin.post(f"/v1/waves/{made[0]}/open")
    first = (await admin.get("/v1/waves?limit=2&sort=createdAt")).json()
    rest = (await admin.get(f"/v1/waves?limit=2&sort=createdAt&cursor={first['nextCursor']}")).json()
    assert [item["id"] for item in first["items"] + rest["items"]] == made
    assert [item["id"] for item in (await admin.get("/v1/waves?status=open")).json()["items"]] == made[:1]
    assert (await admin.get(f"/v1/waves?surveyId={uuid4()}")).json()["items"] == []
