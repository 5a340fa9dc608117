"""`/v1/interactions`, as those who push and read them see it."""

from typing import Any

import pytest

from tests.fixtures.services import Running
from tests.survey import people
from tests.survey.interactions.world import CLOSED, listed, organisation, push, sent, service, shown

NOBODY = "019598c0-0000-7000-8000-000000000000"


async def test_one_is_made_once(survey: Running) -> None:
    made = await organisation(survey)
    first = await made.admin.post("/v1/interactions", json=sent())
    assert first.status_code == 201
    assert first.headers["Location"] == f"/v1/interactions/{first.json()['id']}"
    again = await made.admin.post("/v1/interactions", json=sent())
    assert (again.status_code, again.json()) == (200, first.json())
    body = first.json()
    assert body["employeeId"] == (await made.admin.get("/v1/employees/external:E-1")).json()["id"]
    assert body["openedAt"] == "2026-03-02T08:12:00Z"
    assert (body["parked"], body["closedAt"], body["serviceExternalId"]) == (False, None, None)
    later = await made.admin.post("/v1/interactions", json=sent(**CLOSED))
    assert (later.status_code, later.json()["durationMinutes"], later.json()["id"]) == (200, 3018, body["id"])
    assert await shown(made.admin, "I-1") == later.json()


async def test_ids_name_them_as_well(survey: Running) -> None:
    made = await organisation(survey)
    ids = {
        "serviceId": (await made.admin.get("/v1/services/external:FAC-01")).json()["id"],
        "employeeId": (await made.admin.get("/v1/employees/external:E-1")).json()["id"],
    }
    assert (await push(made.admin, sent(**ids)))[0]["outcome"] == "created"
    assert (await push(made.admin, sent()))[0]["outcome"] == "unchanged"


async def test_the_good_ones_of_a_batch_are_in(survey: Running) -> None:
    made = await organisation(survey)
    items: list[Any] = [
        sent(externalId="I-1"),
        sent(externalId="I-2", openedAt="2999-01-01T00:00:00Z"),
        sent(externalId="I-3", closedAt="2026-03-01T00:00:00Z"),
        sent(externalId="I-4", **{**CLOSED, "durationMinutes": 3020}),
        sent(externalId="I-5", serviceId=NOBODY),
        sent(externalId="I-6", employeeId="external:"),
        sent(externalId="I-7", kind=" ", extra=1),
        {key: value for key, value in sent().items() if key != "externalId"},
        "no object",
        sent(externalId="I-8", employeeId="external:later"),
    ]
    taken = await push(made.admin, *items)
    assert [each["outcome"] for each in taken] == ["created", *["refused"] * 8, "created"]
    assert [[(error["pointer"], error["code"]) for error in each.get("errors", [])] for each in taken[1:9]] == [
        [("/items/1/openedAt", "farFuture")],
        [("/items/2/closedAt", "closedBeforeOpened")],
        [("/items/3/durationMinutes", "longerThanOpen")],
        [("/items/4/serviceId", "unknownReference")],
        [("/items/5/employeeId", "notAReference")],
        [("/items/6/kind", "blank"), ("/items/6/extra", "extraForbidden")],
        [("/items/7/externalId", "missing")],
        [("/items/8", "modelAttributesType")],
    ]
    assert [each["externalId"] for each in taken[5:]] == ["I-6", "I-7", None, None, "I-8"]
    assert (taken[9]["parked"], taken[9].keys()) == (True, {"externalId", "id", "outcome", "parked"})
    assert await listed(made.admin) == ["I-1", "I-8"]


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"items": []}, "/items", "tooShort"),
        ({"items": [sent()] * 501}, "/items", "tooLong"),
        ({"items": {}}, "/items", "listType"),
        ({"items": [sent()], "mode": "x"}, "/mode", "extraForbidden"),
        ({"items": [sent(kind=None)]}, "/items/0/kind", "stringType"),
        (sent(closedAt="2026-03-01T00:00:00Z"), "/closedAt", "closedBeforeOpened"),
        (sent(openedAt="2026-03-01"), "/openedAt", "notAnInstant"),
        (sent(serviceExternalId="FAC-01"), "/serviceExternalId", "extraForbidden"),
        (sent(channel="a\u0000"), "/channel", "unstorableText"),
        ([sent()], "", "modelAttributesType"),
    ],
)
async def test_nothing_right_is_a_problem(survey: Running, body: Any, pointer: str, code: str) -> None:
    made = await organisation(survey)
    answer = await made.admin.post("/v1/interactions", json=body)
    assert answer.status_code == 400, answer.text
    assert (answer.json()["errors"][0]["pointer"], answer.json()["errors"][0]["code"]) == (pointer, code)
    assert await listed(made.admin) == []


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [(b"{", "application/json", 400), (b"[" * 100_000, "application/json", 400), (b"{}", "text/plain", 415)],
)
async def test_what_is_no_json(survey: Running, content: bytes, kind: str, status: int) -> None:
    made = await people.make(survey)
    answer = await made.admin.post("/v1/interactions", content=content, headers={"Content-Type": kind})
    assert answer.status_code == status, answer.text


async def test_filters(survey: Running) -> None:
    made = await organisation(survey)
    await service(made, "IT-01", "OE-1-1")
    await made.employee("E-2", "OE-2")
    await push(
        made.admin,
        sent(externalId="I-1", openedAt="2026-03-02T10:00:00Z"),
        sent(externalId="I-2", openedAt="2026-03-01T10:00:00Z", serviceId="external:IT-01", kind="order"),
        sent(externalId="I-3", openedAt="2026-03-03T10:00:00Z", employeeId="external:E-2", channel="mail"),
        sent(externalId="I-4", openedAt="2026-03-04T10:00:00Z", employeeId="external:E-3"),
    )
    for query, found in {
        "": ["I-1", "I-2", "I-3", "I-4"],
        "?sort=openedAt": ["I-2", "I-1", "I-3", "I-4"],
        "?sort=-openedAt&limit=2": ["I-4", "I-3"],
        "?serviceId=external:IT-01": ["I-2"],
        "?employeeId=external:E-1": ["I-1", "I-2"],
        "?kind=order": ["I-2"],
        "?channel=mail": ["I-3"],
        "?openedFrom=2026-03-02T10:00:00Z&openedUntil=2026-03-03T10:00:00Z": ["I-1"],
        "?parked=true": ["I-4"],
        "?parked=false&kind=ticket": ["I-1", "I-3"],
    }.items():
        assert await listed(made.admin, query) == found, query


async def test_who_may(survey: Running) -> None:
    made = await organisation(survey)
    await service(made, "HR-01", "OE-1")
    await made.unit("OE-3", "OE", isProvider=True)
    await service(made, "IT-01", "OE-3")
    integrator = await made.key("integrator")
    manager = await made.key("provider-manager", "OE-3")
    await push(integrator, sent(), sent(externalId="I-2", serviceId="external:IT-01"))
    assert await listed(integrator) == ["I-1", "I-2"]
    assert await listed(manager) == ["I-2"]
    assert (await manager.get("/v1/interactions/external:I-1")).status_code == 404
    assert (await manager.post("/v1/interactions", json=sent())).status_code == 403
    assert (await manager.delete("/v1/interactions/external:I-2", headers={"If-Match": "*"})).status_code == 403
    for role in ("director", "provider-staff", "consumer-manager", "bi-reader"):
        units = ("OE-3",) if role in ("provider-staff", "consumer-manager") else ()
        other = await made.key(role, *units)
        assert (await other.get("/v1/interactions")).status_code == 403, role
    other = await people.make(survey)
    assert await listed(other.admin) == []


async def test_one_is_removed(survey: Running) -> None:
    made = await organisation(survey)
    await push(made.admin, sent())
    path = "/v1/interactions/external:I-1"
    tag = (await made.admin.get(path)).headers["ETag"]
    await push(made.admin, sent(**CLOSED))
    assert (await made.admin.delete(path)).status_code == 428
    assert (await made.admin.delete(path, headers={"If-Match": tag})).status_code == 412
    assert (await made.admin.delete(path, headers={"If-Match": "*"})).status_code == 204
    assert (await made.admin.get(path)).status_code == 404


async def test_a_repeat_with_a_key_gets_the_first_answer(survey: Running) -> None:
    made = await organisation(survey)
    answers = [
        await made.admin.post("/v1/interactions", json={"items": [sent()]}, headers={"Idempotency-Key": "k"})
        for _ in range(2)
    ]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["items"][0]["outcome"] == "created"


async def test_nothing_of_it_leaves_survey(survey: Running) -> None:
    """Analytics and notification never hear who used what."""
    made = await organisation(survey)
    before = [await made.events(kind) for kind in ("service.changed", "unit.changed")]
    await push(made.admin, sent(), sent(externalId="I-2", employeeId="external:later"))
    await made.employee("later", "OE-2")
    assert before == [await made.events(kind) for kind in ("service.changed", "unit.changed")]
