"""A connection that carries everything there, and loses the first answers on their way back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass
class Losing:
    url: str
    left: int
    lost: int = 0


@asynccontextmanager
async def losing(url: str, answers: int) -> AsyncIterator[Losing]:
    parts, carrying = urlsplit(url), set[asyncio.Task[None]]()

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(parts.hostname, parts.port)
        sending = asyncio.create_task(_pipe(reader, back))
        try:
            with suppress(ConnectionError):
                while piece := await there.read(1 << 16):
                    if state.lost < state.left:
                        state.lost += 1
                        break
                    writer.write(piece)
                    await writer.drain()
        finally:
            sending.cancel()
            for end in (writer, back):
                end.close()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        carrying.add(asyncio.create_task(carry(reader, writer)))

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    state = Losing(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", answers)
    async with server:
        yield state
    for task in carrying:  # a line that the other end keeps open would outlive the test
        task.cancel()
    await asyncio.gather(*carrying, return_exceptions=True)


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while piece := await reader.read(1 << 16):
            writer.write(piece)
            await writer.drain()
