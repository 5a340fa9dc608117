"""Survey is killed again and again while clients push: what was acknowledged is there once, as it was acknowledged, and
what was not is there once after it was sent again."""

import asyncio
from collections.abc import AsyncIterator
from itertools import count
from random import Random
from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.fixtures.services import Running
from tests.survey.imports.test_kill import environment, free_port, process
from tests.survey.interactions.world import organisation, sent

SIZE = 200
EMPLOYEES = ("external:E-1", "external:later")


class Client:
    """Sends one batch after the other, each until it is acknowledged. `order` is that of the rows in a batch; one that
    `keeps` has its answers kept under an Idempotency-Key."""

    def __init__(self, http: httpx.AsyncClient, order: int, keeps: bool) -> None:
        self.http, self.order, self.keeps = http, order, keeps
        self.acknowledged: dict[str, str] = {}
        self.repeats = 0

    async def send(self, over: asyncio.Event) -> None:
        for number in count():
            if over.is_set():
                return
            rows = [_row(number * SIZE // 2 + place) for place in range(SIZE)][:: self.order]
            for each in await self._until_acknowledged({"items": rows}, f"{self.order} {number}"):
                before = self.acknowledged.setdefault(each["externalId"], each["id"])
                assert before == each["id"]

    async def _until_acknowledged(self, body: dict[str, Any], key: str) -> list[dict[str, Any]]:
        headers = {"Idempotency-Key": key} if self.keeps else {}
        while True:
            try:
                answer = await self.http.post("/v1/interactions", json=body, headers=headers)
            except httpx.TransportError:
                self.repeats += 1
                await asyncio.sleep(0.05)
                continue
            assert answer.status_code == 200, answer.text
            items: list[dict[str, Any]] = answer.json()["items"]
            return items


def _row(number: int) -> dict[str, Any]:
    """Each of them is in two batches."""
    return sent(externalId=f"I-{number:06}", employeeId=EMPLOYEES[number % 50 == 0])


async def _killed(survey: Running, port: int, kills: int, random: Random) -> AsyncIterator[None]:
    """Yields whenever it has been killed."""
    started = environment(survey.settings.database_url.get_secret_value(), port)
    for _ in range(kills):
        async with process(started) as running, asyncio.timeout(60):
            await _up(port)
            await asyncio.sleep(random.uniform(0, 0.5))
            running.kill()
            await running.wait()
        yield


async def _up(port: int) -> None:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
        while True:
            try:
                await http.get("/livez")
            except httpx.TransportError:
                await asyncio.sleep(0.05)
            else:
                return


@pytest.mark.parametrize(
    ("kills", "seed"), [(3, 11), *(pytest.param(25, seed, marks=pytest.mark.proof) for seed in range(4))]
)
async def test_killed_in_the_middle_of_pushes(survey: Running, kills: int, seed: int) -> None:
    made = await organisation(survey)
    port, random, over = free_port(), Random(seed), asyncio.Event()
    address, headers = f"http://127.0.0.1:{port}", dict(made.admin.headers)
    async with (
        httpx.AsyncClient(base_url=address, headers=headers, timeout=60) as http,
        asyncio.timeout(60 + 10 * kills),
    ):
        clients = [Client(http, 1, keeps=False), Client(http, -1, keeps=False), Client(http, 1, keeps=True)]
        async with asyncio.TaskGroup() as group:
            sending = [group.create_task(client.send(over)) for client in clients]
            async for _ in _killed(survey, port, kills, random):
                await _are_in(survey, made.id, clients)
            over.set()
            async with process(environment(survey.settings.database_url.get_secret_value(), port)):
                await asyncio.wait(sending)
    assert sum(client.repeats for client in clients) > kills
    last = await _are_in(survey, made.id, clients)
    assert len(last) > SIZE
    assert set(last) == set().union(*(client.acknowledged for client in clients))


async def _are_in(survey: Running, organisation_id: UUID, clients: list[Client]) -> dict[str, str]:
    """All that was acknowledged, under the id that was told."""
    acknowledged = {name: id_ for client in clients for name, id_ in list(client.acknowledged.items())}
    async with survey.database.transaction(organisation_id) as session:
        driver = (await (await session.connection()).get_raw_connection()).driver_connection
        assert driver is not None
        rows = await driver.fetch("SELECT external_id, id::text FROM interactions")
    there = dict(rows)
    assert len(there) == len(rows)
    assert acknowledged.items() <= there.items()
    return there
