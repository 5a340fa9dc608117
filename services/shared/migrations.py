"""What the migrations of all services share: the environment, and row-level security."""

import asyncio
from collections.abc import Iterable

import asyncpg
from alembic import context, op
from sqlalchemy import Connection, MetaData, pool
from sqlalchemy.ext.asyncio import create_async_engine

LOCK = 4_711_001  # any number: two migration jobs of one database must not run side by side
LOCK_TIMEOUT = "10s"  # for a table: a migration that waits for one makes every request behind it wait too
ISOLATION = (
    "organisation_id = CASE current_setting('klankbord.organisation', true) "
    "WHEN '' THEN NULL WHEN 'everyone' THEN NULL ELSE current_setting('klankbord.organisation', true)::uuid END"
)
EVERYONE = "current_setting('klankbord.organisation', true) = 'everyone'"


def isolate(table: str, *, across: Iterable[str] = ()) -> list[str]:
    """Statements that bind every role but a superuser to its organisation's rows, the owner too.

    `across`: what a transaction of EVERYONE may do over all organisations (`SELECT`, `INSERT`, …); nothing unless named.
    """
    statements = [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY own ON {table} USING ({ISOLATION}) WITH CHECK ({ISOLATION})",
    ]
    for command in across:
        clause = f"WITH CHECK ({EVERYONE})" if command == "INSERT" else f"USING ({EVERYONE})"
        statements.append(f"CREATE POLICY everyone_{command.lower()} ON {table} FOR {command} {clause}")
    return statements


def execute(statements: Iterable[str]) -> None:
    for statement in statements:
        op.execute(statement)


def run(*metadata: MetaData) -> None:
    """Called by each service's `env.py`."""
    url = context.config.get_main_option("sqlalchemy.url")
    assert url is not None
    asyncio.run(_online(url.replace("postgresql://", "postgresql+asyncpg://", 1), list(metadata)))


async def _online(url: str, metadata: list[MetaData]) -> None:
    engine = create_async_engine(url, poolclass=pool.NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(_migrate, metadata)
    await engine.dispose()


def _migrate(connection: Connection, metadata: list[MetaData]) -> None:
    context.configure(connection=connection, target_metadata=metadata, compare_server_default=False)
    with context.begin_transaction():
        # In this order: the time-out would bound this lock too, and another job may rightly take longer.
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
        context.run_migrations()


async def wait_for(url: str, seconds: float = 60) -> None:
    """A migration job may start before its database; raises the last error when the time is over."""
    deadline = asyncio.get_running_loop().time() + seconds
    while True:
        try:
            await (await asyncpg.connect(url, timeout=5)).close()
            return
        except (OSError, TimeoutError, asyncpg.PostgresError):
            if asyncio.get_running_loop().time() > deadline:
                raise
            await asyncio.sleep(0.5)
