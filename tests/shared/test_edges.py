"""What the layers around every request answer when something is wrong with it, or with us."""

from base64 import b64encode

import httpx
import pytest
from fastapi import FastAPI
from starlette.routing import Mount
from starlette.types import Receive, Scope, Send

from services.shared.app import create_app
from services.shared.ratelimits import RateLimits
from services.survey.service import service
from tests.fixtures.services import Running

FRONT = "https://front.example"


def client_of(app: FastAPI | RateLimits, address: str = "198.51.100.1") -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=(address, 1))
    return httpx.AsyncClient(transport=transport, base_url="http://survey")


@pytest.mark.parametrize("media_type", ["text/plain", "application/xml", "application/x-www-form-urlencoded", ""])
async def test_json_in_another_media_type_is_a_415(survey: Running, media_type: str) -> None:
    async with await survey.as_role("admin") as admin:
        headers = {"Content-Type": media_type} if media_type else {}
        for method, path in (("POST", "/v1/units"), ("PATCH", "/v1/organisation")):
            answer = await admin.request(method, path, content=b'{"name": "A"}', headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (415, "unsupportedMediaType")


@pytest.mark.parametrize("encoding", ["gzip", "br"])
@pytest.mark.parametrize("path", ["/v1/units", "/v1/interactions"])
async def test_compressed_bodies_are_a_415(survey: Running, encoding: str, path: str) -> None:
    async with await survey.as_role("admin") as admin:
        headers = {"Content-Type": "application/json", "Content-Encoding": encoding}
        answer = await admin.post(path, content=b'{"name": "A"}', headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (415, "unsupportedMediaType")
        assert (await admin.get("/v1/units")).json()["items"] == []


@pytest.fixture
async def shop(survey: Running) -> FastAPI:
    """The service with a frontend elsewhere, and an operation that fails."""
    app = create_app(service(), survey.settings.model_copy(update={"cors_origins": [FRONT]}), background=False)

    async def broken(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise RuntimeError("secret")

    app.router.routes.insert(0, Mount("/v1/broken", broken))
    return app


async def test_errors_can_be_read_by_a_page_of_an_allowed_origin(shop: FastAPI) -> None:
    async with client_of(shop) as client:
        headers = {"Origin": FRONT, "Content-Type": "application/json", "X-Request-ID": "mine"}
        large = await client.post("/v1/units", content=b" " * 2_000_000, headers=headers)
        failed = await client.get("/v1/broken/", headers=headers)
    for answer, status, code in ((large, 413, "bodyTooLarge"), (failed, 500, "internalError")):
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert answer.headers["access-control-allow-origin"] == FRONT
        assert answer.headers["api-version"]
        assert answer.headers["x-request-id"] == "mine"
        assert "secret" not in answer.text


async def test_a_preflight_is_refused_as_everything_is(shop: FastAPI) -> None:
    async with client_of(shop) as client:
        asked = {"Access-Control-Request-Method": "POST"}
        allowed = await client.options("/v1/units", headers={"Origin": FRONT, **asked})
        refused = await client.options("/v1/units", headers={"Origin": "https://other.example", **asked})
    assert allowed.status_code == 200
    assert (refused.status_code, refused.json()["code"]) == (400, "corsNotAllowed")
    assert refused.headers["content-type"] == "application/problem+json"


async def test_an_external_id_with_a_slash_is_found(survey: Running) -> None:
    async with await survey.as_role("admin") as admin:
        made = (await admin.post("/v1/units", json={"externalId": "NL/A%2F1", "name": "A", "parentId": None})).json()
        found = await admin.get("/v1/units/external:NL%2FA%252F1")
        assert found.json() == made
        missing = await admin.get("/v1/units/external:NL%2fB")
        assert (missing.status_code, missing.json()["instance"]) == (404, "/v1/units/external:NL/B")


async def answering(scope: Scope, _receive: Receive, send: Send) -> None:
    """Knows one key."""
    known = {b"Bearer kb_good", b"bearer   kb_good", b"Basic " + b64encode(b"who:kb_good")}
    status = 200 if dict(scope["headers"]).get(b"authorization") in known else 401
    await send({"type": "http.response.start", "status": status, "headers": []})
    await send({"type": "http.response.body", "body": b""})


async def test_a_key_is_counted_however_it_is_spelled() -> None:
    async with client_of(RateLimits(answering, a_minute=2, free=())) as client:
        spelled = ["Bearer kb_good", "bearer   kb_good", "Basic " + b64encode(b"who:kb_good").decode()]
        answers = [await client.get("/v1/units", headers={"Authorization": each}) for each in spelled]
    assert [answer.status_code for answer in answers] == [200, 200, 429]


async def test_who_tries_many_keys_must_wait_and_nobody_else() -> None:
    limits = RateLimits(answering, a_minute=20, free=())
    async with client_of(limits) as client:
        tried = [
            await client.get("/v1/units", headers={"Authorization": f"Bearer kb_{number}"}) for number in range(21)
        ]
        known = await client.get("/v1/units", headers={"Authorization": "Bearer kb_good"})
    async with client_of(limits, "198.51.100.2") as elsewhere:
        other = await elsewhere.get("/v1/units", headers={"Authorization": "Bearer kb_x"})
    assert [answer.status_code for answer in tried] == [401] * 20 + [429]
    assert int(tried[-1].headers["retry-after"]) >= 1
    assert (known.status_code, other.status_code) == (200, 401)
