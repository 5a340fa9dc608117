"""Over a real connection, which an answer in the middle of a body would reset."""

import asyncio
import socket

import pytest
import uvicorn

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
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(survey.app, lifespan="off", log_config=None))
        serving = asyncio.create_task(server.serve([listening]))
        while not server.started:  # noqa: ASYNC110 - uvicorn tells no other way
            await asyncio.sleep(0.01)
        reader, writer = await asyncio.open_connection(*listening.getsockname())
        writer.write(HEAD.format(asked).encode() + b" " * 11_000_000)
        await writer.drain()
        answer = await asyncio.wait_for(reader.read(), 20)
        writer.close()
        server.should_exit = True
        await serving
    assert answer.startswith(b"HTTP/1.1 " + status)
    assert b'"code":"' + code in answer
