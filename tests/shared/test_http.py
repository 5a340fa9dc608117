"""The conventions that every operation shares, seen on units: real routes on a real database."""

import asyncio
import json
import re
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI
from sqlalchemy import func, select, update
from starlette.types import ASGIApp

from services.shared.idempotency import IdempotencyKey, forget
from services.shared.ratelimits import RateLimits
from tests.fixtures.services import Running


@pytest_asyncio.fixture
async def admin(survey: Running, organisation_id: UUID) -> AsyncIterator[httpx.AsyncClient]:
    async with await survey.as_role("admin", organisation_id) as client:
        yield client


def unit(external_id: str, **more: object) -> dict[str, object]:
    return {"externalId": external_id, "name": "Unit", "isProvider": True, "isConsumer": True, **more}


async def test_a_repeated_post_gets_its_first_answer(admin: httpx.AsyncClient) -> None:
    key = {"Idempotency-Key": "once"}
    first = await admin.post("/v1/units", json=unit("A"), headers=key)
    again = await admin.post("/v1/units", json=unit("A"), headers=key)
    assert first.status_code == again.status_code == 201
    assert (first.json(), first.headers["etag"]) == (again.json(), again.headers["etag"])
    assert len((await admin.get("/v1/units")).json()["items"]) == 1


async def test_a_kept_answer_cannot_be_read_in_the_database(survey: Running, organisation_id: UUID) -> None:
    async with await survey.as_role("admin", organisation_id) as admin:
        body = {"name": "BI", "role": "bi-reader", "unitIds": []}
        made = await admin.post("/v1/api-keys", json=body, headers={"Idempotency-Key": "k"})
        again = await admin.post("/v1/api-keys", json=body, headers={"Idempotency-Key": "k"})
    assert made.status_code == 201, made.text
    assert made.json()["key"] == again.json()["key"]
    async with survey.database.transaction(organisation_id) as session:
        kept = (await session.scalars(select(IdempotencyKey.body))).one()
    assert kept
    assert made.json()["key"].encode() not in kept
    assert made.json()["name"].encode() not in kept


async def test_a_key_is_for_one_request(admin: httpx.AsyncClient) -> None:
    key = {"Idempotency-Key": "once"}
    await admin.post("/v1/units", json=unit("A"), headers=key)
    other = await admin.post("/v1/units", json=unit("B"), headers=key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotencyKeyReused")


async def test_an_error_is_not_kept(admin: httpx.AsyncClient) -> None:
    key = {"Idempotency-Key": "once"}
    refused = await admin.post("/v1/units", json=unit("A", parentId="external:nobody"), headers=key)
    assert 400 <= refused.status_code < 500
    assert (await admin.post("/v1/units", json=unit("A"), headers=key)).status_code == 201


async def test_of_the_same_request_at_the_same_time_one_takes_effect(admin: httpx.AsyncClient) -> None:
    key = {"Idempotency-Key": "together"}
    answers = await asyncio.gather(*(admin.post("/v1/units", json=unit("A"), headers=key) for _ in range(6)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert len((await admin.get("/v1/units")).json()["items"]) == 1


async def test_a_change_needs_the_version_it_changes(admin: httpx.AsyncClient) -> None:
    made = await admin.post("/v1/units", json=unit("A"))
    path, patch = f"/v1/units/{made.json()['id']}", {"name": "Other"}
    assert (await admin.patch(path, json=patch)).status_code == 428
    changed = await admin.patch(path, json=patch, headers={"If-Match": made.headers["etag"]})
    assert changed.status_code == 200
    assert changed.headers["etag"] != made.headers["etag"]
    stale = await admin.patch(path, json=patch, headers={"If-Match": made.headers["etag"]})
    assert (stale.status_code, stale.json()["code"]) == (412, "preconditionFailed")


async def test_pages_hold_every_item_once(admin: httpx.AsyncClient) -> None:
    root = (await admin.post("/v1/units", json=unit("A"))).json()["id"]
    for number in range(6):
        await admin.post("/v1/units", json=unit(f"B{number}", parentId=root))
    seen: list[str] = []
    url = "/v1/units?limit=3"
    while True:
        answer = await admin.get(url)
        seen += [item["externalId"] for item in answer.json()["items"]]
        link = answer.headers.get("link")
        assert (link is None) == (answer.json()["nextCursor"] is None)
        if link is None:
            break
        found = re.fullmatch(r'<(.+)>; rel="next"', link)
        assert found is not None
        url = found[1]
    assert sorted(seen) == ["A", *(f"B{number}" for number in range(6))]


@pytest.mark.parametrize(
    "query", ["cursor=nonsense", "cursor=W10", "limit=0", "limit=201", "sort=nothing", "sort=", "unknown=1"]
)
async def test_a_query_that_means_nothing_is_refused(admin: httpx.AsyncClient, query: str) -> None:
    answer = await admin.get(f"/v1/units?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalidRequest")
    assert answer.json()["errors"][0]["parameter"] == query.partition("=")[0]


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b'"text"', b"null", b'{"name": "\\u0000"}', b'{"name": "\\ud800"}', b"\xff\xfe",
        b'{"name": 5}', b'{"nothing": 1}', b'{"name": "a", "isProvider": "maybe"}', b"[" * 10_000,
        b'{"name": ' + b"9" * 5000 + b"}",
    ],
)  # fmt: skip
async def test_a_body_that_cannot_be_read_is_a_400(admin: httpx.AsyncClient, body: bytes) -> None:
    answer = await admin.post("/v1/units", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"]


async def test_a_body_over_the_limit_is_a_413(admin: httpx.AsyncClient) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b" " * 100_000

    for content in (b" " * 2_000_000, chunks()):
        answer = await admin.post("/v1/units", content=content, headers={"Content-Type": "application/json"})
        assert (answer.status_code, answer.json()["code"]) == (413, "bodyTooLarge")


async def test_the_media_type_must_fit(admin: httpx.AsyncClient) -> None:
    answer = await admin.post("/v1/units", content=b"a=b", headers={"Content-Type": "text/plain"})
    assert answer.status_code in (400, 415)


async def test_credentials_that_are_none(survey: Running) -> None:
    for header in (
        "",
        "Bearer",
        "Bearer kb_nothing",
        "Basic !!!",
        "Basic a2I6a2Jf",
        "Basic éé",
        "Digest x",
        "Bearer " + "é" * 10,
    ):
        answer = await survey.client.get("/v1/units", headers={b"Authorization": header.encode()})
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated"), header
        assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_ids_go_through_and_headers_protect(survey: Running) -> None:
    sent = {"X-Request-ID": "abc-1", "traceparent": "00-" + "a" * 32 + "-" + "b" * 16 + "-01"}
    answer = await survey.client.get("/livez", headers=sent)
    assert answer.headers["x-request-id"] == "abc-1"
    assert re.fullmatch("00-a{32}-[0-9a-f]{16}-01", answer.headers["traceparent"])
    assert "b" * 16 not in answer.headers["traceparent"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    own = await survey.client.get("/livez", headers={"X-Request-ID": "x\x7f", "traceparent": "nonsense"})
    assert re.fullmatch("[0-9a-f]{32}", own.headers["x-request-id"])
    assert re.fullmatch("00-[0-9a-f]{32}-[0-9a-f]{16}-00", own.headers["traceparent"])


async def test_too_many_requests_are_told_when_to_come_back() -> None:
    app: ASGIApp = RateLimits(FastAPI(), a_minute=2, free=("/v1/free",))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://limited.test") as client:
        mine = {"Authorization": "Bearer mine"}
        answers = [await client.get("/v1/x", headers=mine) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [404, 404, 429]
        assert answers[2].json()["code"] == "tooManyRequests"
        assert 1 <= int(answers[2].headers["retry-after"]) <= 60
        assert answers[0].headers["ratelimit-policy"] == '"default";q=2;w=60'
        assert answers[0].headers["ratelimit"].startswith('"default";r=1;t=')
        assert (await client.get("/v1/x", headers={"Authorization": "Bearer other"})).status_code == 404
        assert (await client.get("/v1/free", headers=mine)).status_code == 404


async def test_documents_need_no_key_and_no_internet(survey: Running) -> None:
    for path in ("/v1/openapi.json", "/v1/openapi.yaml"):
        answer = await survey.client.get(path)
        assert answer.status_code == 200
        assert answer.headers["access-control-allow-origin"] == "*"
    for page in ("/docs", "/redoc"):
        html = (await survey.client.get(page)).text
        assets = re.findall(r'(?:src|href)="([^"]+)"', html)
        assert assets
        for asset in assets:
            assert asset.startswith("/"), asset
            assert (await survey.client.get(asset)).status_code == 200, asset


async def test_metrics_and_health(survey: Running) -> None:
    ready = await survey.client.get("/readyz")
    assert (ready.status_code, ready.json()["database"]) == (200, True)
    metrics = (await survey.client.get("/metrics")).text
    for name in ("klankbord_requests_total", "klankbord_request_seconds_bucket", "klankbord_pool_connections"):
        assert name in metrics


@pytest.mark.parametrize(
    ("sort", "values"),
    [
        ("name", ["name", "\0", str(UUID(int=1))]),
        ("name", ["name", 5, str(UUID(int=1))]),
        ("createdAt", ["createdAt", "9999-12-31T23:59:59-14:00", str(UUID(int=1))]),
        ("createdAt", ["createdAt", "0001-01-01T00:00:00+14:00", str(UUID(int=1))]),
        ("name", ["name", "a", "no uuid"]),
        ("name", ["name", "a"]),
    ],
)
async def test_a_cursor_that_somebody_made_up_is_refused(
    admin: httpx.AsyncClient, sort: str, values: list[Any]
) -> None:
    cursor = urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")
    answer = await admin.get("/v1/units", params={"sort": sort, "cursor": cursor})
    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (400, "cursor")


@pytest.mark.parametrize("at", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "2026-02-30T00:00:00Z", 5])
async def test_an_instant_that_cannot_be_stored_is_refused(admin: httpx.AsyncClient, at: object) -> None:
    body = {"name": "BI", "role": "bi-reader", "unitIds": [], "expiresAt": at}
    answer = await admin.post("/v1/api-keys", json=body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/expiresAt")


async def test_kept_answers_are_forgotten_after_a_day(survey: Running, organisation_id: UUID) -> None:
    async with await survey.as_role("admin", organisation_id) as admin:
        await admin.post("/v1/units", json=unit("A"), headers={"Idempotency-Key": "A"})
        root = (await admin.get("/v1/units/external:A")).json()["id"]
        await admin.post("/v1/units", json=unit("B", parentId=root), headers={"Idempotency-Key": "B"})
    async with survey.database.transaction(organisation_id) as session:
        keys = (await session.scalars(select(IdempotencyKey.key))).all()
        early = update(IdempotencyKey).where(IdempotencyKey.key == keys[0])
        await session.execute(early.values(created_at=func.now() - timedelta(hours=25)))
    await forget(survey.database)
    async with survey.database.transaction(organisation_id) as session:
        assert (await session.scalars(select(IdempotencyKey.key))).all() == keys[1:]
    assert len(keys) == 2
