"""Batches that take the short way to the database, and those that must not."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from services.survey.interactions.rules import Use
from services.survey.interactions.service import take
from tests.fixtures.services import Running
from tests.survey.interactions.world import CLOSED, listed, organisation, push, sent, shown

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
LATER: dict[str, Any] = {"closedAt": "2026-03-05T11:30:00+01:00"}


def batch(count: int, start: int = 0, **more: Any) -> list[dict[str, Any]]:
    return [sent(externalId=f"I-{number:04}", **more) for number in range(start, start + count)]


def outcomes(taken: list[dict[str, Any]]) -> list[str]:
    return [each["outcome"] for each in taken]


async def test_new_ones_have_the_ids_that_were_told(survey: Running) -> None:
    made = await organisation(survey)
    taken = await push(made.admin, *batch(40), *batch(2, 40, employeeId="external:later"))
    assert outcomes(taken) == ["created"] * 42
    assert [each["parked"] for each in taken] == [False] * 40 + [True] * 2
    for each in (taken[0], taken[16], taken[41]):
        found = await shown(made.admin, each["externalId"])
        assert (found["id"], found["parked"]) == (each["id"], each["parked"])


async def test_a_repeat_tells_the_same_and_changes_nothing(survey: Running) -> None:
    made = await organisation(survey)
    first = await push(made.admin, *batch(100))
    tag = (await made.admin.get("/v1/interactions/external:I-0050")).headers["ETag"]
    again = await push(made.admin, *batch(100))
    assert outcomes(again) == ["unchanged"] * 100
    assert [each["id"] for each in again] == [each["id"] for each in first]
    assert (await made.admin.get("/v1/interactions/external:I-0050")).headers["ETag"] == tag


async def test_what_a_look_at_a_few_misses_is_merged_all_the_same(survey: Running) -> None:
    """Of 40 that come the second, third and fourth are there; the first and the 33rd are looked at."""
    made = await organisation(survey)
    there = await push(made.admin, *batch(1, 1), *batch(1, 2, **LATER), *batch(1, 3))
    items = batch(40)
    items[3] |= CLOSED
    taken = await push(made.admin, *items)
    assert outcomes(taken) == ["created", "unchanged", "overtaken", "changed"] + ["created"] * 36
    assert [each["id"] for each in taken[1:4]] == [each["id"] for each in there]
    assert len({each["id"] for each in taken}) == 40
    assert (await shown(made.admin, "I-0003"))["durationMinutes"] == CLOSED["durationMinutes"]


async def test_five_hundred_states_of_one(survey: Running) -> None:
    made = await organisation(survey)
    states = [sent(closedAt=f"2026-03-0{3 + number % 5}T10:00:00Z") for number in range(500)]
    taken = await push(made.admin, *states)
    assert outcomes(taken).count("created") == 1
    assert taken[499]["outcome"] == "created"
    assert outcomes(taken).count("overtaken") == 499
    assert len({each["id"] for each in taken}) == 1
    assert (await shown(made.admin))["closedAt"] == "2026-03-07T10:00:00Z"


async def test_one_that_comes_at_the_same_time_is_waited_for(survey: Running) -> None:
    made = await organisation(survey)
    use = Use("I-0007", None, "FAC-01", None, "E-1", "ticket", "portal", NOON, None, None)
    async with survey.database.transaction(made.id) as session:
        there = await take(session, [use])
        coming = asyncio.create_task(push(made.admin, *batch(20, 0, **CLOSED)))
        while not coming.done() and not await _waits(survey):  # noqa: ASYNC110  # only looking tells
            await asyncio.sleep(0)
        assert not coming.done()
    taken = await coming
    assert outcomes(taken) == ["created"] * 7 + ["changed"] + ["created"] * 12
    assert taken[7]["id"] == there[0].id


async def _waits(survey: Running) -> bool:
    row = await survey.database.call(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    return bool(row[0])


@pytest.mark.parametrize("known", [0, 250])
async def test_clients_who_send_the_same_at_once(survey: Running, known: int) -> None:
    """In other orders, and some with a key that has their answers kept: nobody waits in a circle, and none is made
    twice."""
    made = await organisation(survey)
    if known:
        await push(made.admin, *batch(known))
    forward, backward = batch(500, 0, **CLOSED), batch(500, 0, **CLOSED)[::-1]
    requests = [
        made.admin.post("/v1/interactions", json={"items": items}, headers=headers)
        for items in (forward, backward)
        for headers in ({}, {"Idempotency-Key": "forward" if items is forward else "backward"}, {})
    ]
    answers = await asyncio.gather(*requests)
    assert {answer.status_code for answer in answers} == {200}
    by_name: dict[str, list[tuple[str, str]]] = {}
    for answer in answers:
        for each in answer.json()["items"]:
            by_name.setdefault(each["externalId"], []).append((each["id"], each["outcome"]))
    assert len(by_name) == 500
    for name, told in by_name.items():
        assert len({id_ for id_, _ in told}) == 1
        new = "changed" if int(name[2:]) < known else "created"
        assert sorted(outcome for _, outcome in told) == sorted([new] + ["unchanged"] * 5)


async def test_who_may_not_push_a_batch(survey: Running) -> None:
    made = await organisation(survey)
    manager = await made.key("provider-manager", "OE-1")
    integrator = await made.key("integrator")
    await push(integrator, *batch(2))
    keys = (await made.admin.get("/v1/api-keys?limit=200")).json()["items"]
    key = next(each for each in keys if each["role"] == "integrator")
    body = {"items": batch(2, 2)}
    for _ in range(2):
        assert (await manager.post("/v1/interactions", json=body)).status_code == 403
    headers = {"If-Match": "*"}
    assert (await made.admin.delete(f"/v1/api-keys/{key['id']}", headers=headers)).status_code == 204
    assert (await integrator.post("/v1/interactions", json=body)).status_code == 401
    assert await listed(made.admin) == ["I-0000", "I-0001"]


@pytest.mark.parametrize(
    "more",
    [
        {"durationMinutes": 10**30},
        {"durationMinutes": -1},
        {"durationMinutes": 1.5},
        {"openedAt": "0001-01-01T00:00:00+14:00"},
        {"openedAt": "9999-12-31T23:59:59-14:00"},
        {"openedAt": "2026-02-30T00:00:00Z"},
        {"openedAt": "+12026-02-03T00:00:00Z"},
        {"kind": "a\0b"},
        {"externalId": "x" * 101},
        {"serviceId": "external:a\0b"},
        {"employeeId": "external:" + "x" * 101},
    ],
)
async def test_one_that_cannot_be_is_refused_among_good_ones(survey: Running, more: dict[str, Any]) -> None:
    made = await organisation(survey)
    taken = await push(made.admin, sent(externalId="I-0"), sent(**more), sent(externalId="I-2"))
    assert outcomes(taken) == ["created", "refused", "created"]
    assert taken[1]["errors"][0]["pointer"] == f"/items/1/{next(iter(more))}"


async def test_names_that_look_like_something_else(survey: Running) -> None:
    """Of JSON, of arrays, of patterns, of numbers."""
    made = await organisation(survey)
    names = ['"', "\\", "{}", "NULL", "null", "%", "_", "a\nb", "a\tb", "a\u001fb", "é", "e\u0301", "😀", "00", "'; --"]
    items = [sent(externalId=name, employeeId=f"external:{name}", kind=name, channel=name) for name in names]
    taken = await push(made.admin, *items)
    assert [(each["externalId"], each["outcome"], each["parked"]) for each in taken] == [
        (name, "created", True) for name in names
    ]
    assert outcomes(await push(made.admin, *items)) == ["unchanged"] * len(names)
    found = {item["externalId"]: item for item in (await made.admin.get("/v1/interactions")).json()["items"]}
    assert {name: (it["employeeExternalId"], it["kind"], it["channel"]) for name, it in found.items()} == {
        name: (name, name, name) for name in names
    }


@pytest.mark.parametrize("offset", ["+15:59", "+16:00", "-23:59"])
async def test_an_offset_that_postgresql_does_not_read(survey: Running, offset: str) -> None:
    made = await organisation(survey)
    taken = await push(made.admin, *batch(39), sent(externalId="far", openedAt=f"2026-03-02T09:12:00{offset}"))
    assert outcomes(taken) == ["created"] * 40
