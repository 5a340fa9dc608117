"""A load generator that costs little beside what it measures: raw HTTP over kept connections, in a process of its own.

`python -m tests.load.generator PORT CONNECTIONS FILE FIRST COUNT` sends requests of the file, which holds them ready made,
and prints one line of JSON: seconds, statuses and latencies.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from pathlib import Path
from typing import cast

import uvloop

HEAD = 4  # bytes that give the length of a request in the file


class Connection(asyncio.Protocol):
    """Sends the next request as soon as the answer to the last one is whole."""

    def __init__(self, waiting: list[bytes], latencies: list[float], statuses: Counter[str]) -> None:
        self.waiting, self.latencies, self.statuses = waiting, latencies, statuses
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.received = b""
        self.sent = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def next(self) -> None:
        if not self.waiting:
            self.done.set_result(None)
            return
        self.sent = time.perf_counter()
        self.transport.write(self.waiting.pop())

    def data_received(self, data: bytes) -> None:
        self.received += data
        head, end, rest = self.received.partition(b"\r\n\r\n")
        if not end:
            return
        _, _, length = head.lower().partition(b"content-length: ")
        if len(rest) < int(length.split(b"\r\n")[0] or 0):
            return
        self.latencies.append(time.perf_counter() - self.sent)
        self.statuses[head[9:12].decode()] += 1
        self.received = b""
        self.next()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(exc or ConnectionError("the server hung up"))


async def drive(port: int, connections: int, requests: list[bytes]) -> dict[str, object]:
    loop = asyncio.get_running_loop()
    latencies: list[float] = []
    statuses: Counter[str] = Counter()
    made = [
        await loop.create_connection(lambda: Connection(requests, latencies, statuses), "127.0.0.1", port)
        for _ in range(connections)
    ]
    began = time.perf_counter()
    for _, connection in made:
        connection.next()
    await asyncio.gather(*(connection.done for _, connection in made))
    seconds = time.perf_counter() - began
    for transport, _ in made:
        transport.close()
    return {"seconds": seconds, "statuses": dict(statuses), "latencies": latencies}


def read(path: Path, first: int, count: int) -> list[bytes]:
    requests: list[bytes] = []
    with path.open("rb") as file:
        for _ in range(first):
            file.seek(int.from_bytes(file.read(HEAD)), 1)
        requests.extend(file.read(int.from_bytes(file.read(HEAD))) for _ in range(count))
    return requests


def write(path: Path, requests: list[bytes]) -> None:
    path.write_bytes(b"".join(len(request).to_bytes(HEAD) + request for request in requests))


if __name__ == "__main__":
    port, connections, path, first, count = sys.argv[1:]
    requests = read(Path(path), int(first), int(count))
    print(json.dumps(uvloop.run(drive(int(port), int(connections), requests))))
