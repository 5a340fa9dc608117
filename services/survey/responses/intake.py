"""The way in of an answer: two round trips, each shared by the requests that arrive together.

Its own small pool of plain asyncpg connections: a session of SQLAlchemy costs more than all the rest. A transaction is
one call of a function in `ddl.py`, so nothing is left on a connection when it is given back.
"""

import asyncio
from base64 import b64decode
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
import msgspec

from services.shared.database import Database
from services.shared.outages import is_passing
from services.shared.problems import unavailable
from services.survey.responses.batches import Batches
from services.survey.settings import SurveySettings

CONNECTIONS = 4
LARGEST = 16  # of a batch
TRIES = 3
Result = TypeVar("Result")


class Invited(msgspec.Struct, frozen=True, array_like=True):
    """What round trip one reads. `public_key` is None once the box is gone."""

    number: int
    burned: bool
    wave_id: UUID
    unit_id: UUID
    service_ids: list[UUID]
    attributes: dict[str, str]
    survey_id: UUID
    version: int
    status: str
    over: bool
    box_id: UUID | None
    public_key: bytes | None

    @property
    def closed(self) -> bool:
        return self.over or self.status != "open" or self.public_key is None


class Drop(msgspec.Struct, frozen=True):
    number: int
    box_id: UUID
    sealed: bytes


class Intake:
    """`read` and `drop` are awaited by each request; `Batches` makes few calls of them."""

    def __init__(self, database: Database, settings: SurveySettings) -> None:
        self.url = database.url
        self.token_keys = [b64decode(key.get_secret_value()) for key in settings.token_keys]
        self.read: Batches[int, Invited | None] = Batches(self._read, largest=LARGEST, lanes=1)
        self.drop: Batches[Drop, str] = Batches(self._drop, largest=LARGEST, lanes=2)
        self._pool: asyncpg.Pool[Any] | None = None
        self._opening = asyncio.Lock()

    async def pool(self) -> "asyncpg.Pool[Any]":
        async with self._opening:
            if self._pool is None:
                self._pool = await asyncpg.create_pool(
                    self.url, min_size=0, max_size=CONNECTIONS, max_inactive_connection_lifetime=60, reset=_nothing, init=_codecs,
                    server_settings={"application_name": "klankbord intake", "jit": "off"},
                )  # fmt: skip
        return self._pool

    async def close(self) -> None:
        if self._pool is not None:
            await self._pool.close()

    async def _read(self, organisation_id: UUID, numbers: list[int]) -> list[Invited | None]:
        rows = await self._call("SELECT * FROM read_invitations($1, $2)", organisation_id, numbers)
        found = {row[0]: Invited(*row) for row in rows}
        return [found.get(number) for number in numbers]

    async def _drop(self, organisation_id: UUID, drops: list[Drop]) -> list[str]:
        rows = await self._call(
            "SELECT outcome FROM drop_ballots($1, $2, $3, $4)", organisation_id, [drop.number for drop in drops],
            [drop.box_id for drop in drops], [drop.sealed for drop in drops],
        )  # fmt: skip
        return [row[0] for row in rows]

    async def _call(self, query: str, *arguments: object) -> list[Any]:
        """A lost connection is the client's to try again: the answer may have been taken, and then it says so."""
        try:
            pool = self._pool or await self.pool()
            return await _tried(lambda: pool.fetch(query, *arguments))
        except Exception as error:
            if not is_passing(error):
                raise
            raise unavailable() from error


async def _tried(call: Callable[[], Awaitable[Result]]) -> Result:
    """A deadlock rolled everything back, so it can be done again."""
    for _ in range(TRIES - 1):
        try:
            return await call()
        except asyncpg.DeadlockDetectedError:
            continue
    return await call()


async def _nothing(_connection: object) -> None:
    """Instead of asyncpg's reset, which is a round trip."""


async def _codecs(connection: "asyncpg.Connection[Any]") -> None:
    await connection.set_type_codec(
        "jsonb", schema="pg_catalog", format="text", encoder=lambda value: msgspec.json.encode(value).decode(),
        decoder=msgspec.json.decode,
    )  # fmt: skip
