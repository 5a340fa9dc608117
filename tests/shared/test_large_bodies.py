"""Over a real connection: what an answer in the middle of a body would reset, and what is no HTTP."""

import asyncio
import json
import socket

import pytest
import uvicorn

from services.shared.protocol import refusing
from tests.fixtures.services import Running

HEAD = (
    "{0} HTTP/1.1\r\nHost: survey\r\nConnection: close\r\nContent-Type: application/json\r\n"
    "Content-Length: 11000000\r\n\r\n"
)


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [("POST /v1/units", b"413", b"bodyTooLarge"), ("PUT /v1/respond/forged", b"404", b"notFound")],
)
async def test_who_sends_ten_megabytes_reads_the_answer(
    survey: Running, asked: str, status: bytes, code: bytes
) -> None:
    answer = await answered(survey, HEAD.format(asked).encode() + b" " * 11_000_000)
    assert answer.startswith(b"HTTP/1.1 " + status)
    assert b'"code":"' + code in answer


@pytest.mark.parametrize("header", [b"Idempotency-Key: \x7f\x00", b"no colon"])
async def test_what_is_no_http_gets_a_problem_too(survey: Running, header: bytes) -> None:
    answer = await answered(survey, b"POST /v1/surveys HTTP/1.1\r\nHost: survey\r\n" + header + b"\r\n\r\n")
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    for said in (b"content-type: application/problem+json", b"api-version: 1.", b"x-request-id: ", b"x-content-type-"):
        assert said in head
    assert (json.loads(body)["status"], json.loads(body)["code"]) == (400, "invalidHttp")


async def answered(survey: Running, sent: bytes) -> bytes:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        config = uvicorn.Config(survey.app, lifespan="off", log_config=None, http=refusing(survey.app.version))
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve([listening]))
        while not server.started:  # noqa: ASYNC110 - uvicorn tells no other way
            await asyncio.sleep(0.01)
        reader, writer = await asyncio.open_connection(*listening.getsockname())
        writer.write(sent)
        await writer.drain()
        answer = await asyncio.wait_for(reader.read(), 20)
        writer.close()
        server.should_exit = True
        await serving
    return answer
