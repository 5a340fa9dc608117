"""Connections, tables' common columns, and the one place where a transaction is committed.

Isolation of organisations is PostgreSQL's: every transaction names its organisation in the setting
`klankbord.organisation`, and the row-level security of each table compares with it (see `migrations.py`). A transaction
that names none sees no row. `EVERYONE` is for the few readers across organisations: feeds, registries, metrics.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from time import monotonic
from typing import Any, ClassVar
from uuid import UUID

import asyncpg
from sqlalchemy import DateTime, Engine, MetaData, Uuid, event, func, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.pool import ConnectionPoolEntry

from services.shared.ids import NIL
from services.shared.settings import Settings

EVERYONE = NIL
FRESH = 1.0  # seconds

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
TYPES: dict[Any, Any] = {
    datetime: DateTime(timezone=True),
    UUID: Uuid(),
    dict[str, Any]: JSONB(),
    dict[str, str]: JSONB(),
    list[dict[str, Any]]: JSONB(),
    list[str]: JSONB(),
    list[UUID]: ARRAY(Uuid()),
    list[int]: JSONB(),
}


class SharedBase(DeclarativeBase):
    """Tables of the kernel, which every service has in its own database."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = TYPES


class Tenant:
    """Every table of ours, its keys and its joins begin with the organisation."""

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)


class Timestamps:
    """`version` counts the changes of a row: its ETag."""

    # `updated_at` comes back with the UPDATE: reading it later would be a query that async code cannot do in passing.
    __mapper_args__: ClassVar[dict[str, Any]] = {"eager_defaults": True}

    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), sort_order=90)
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now(), sort_order=91)
    version: Mapped[int] = mapped_column(default=1, server_default="1", sort_order=92)


class Database:
    """One service's database, as its own restricted role."""

    def __init__(self, settings: Settings) -> None:
        self.url = settings.database_url.get_secret_value()
        self.engine = create_async_engine(
            self.url.replace("postgresql://", "postgresql+asyncpg://", 1),
            pool_size=settings.database_pool,
            max_overflow=2,
            hide_parameters=True,  # an error in the log must not hold what somebody sent
            pool_use_lifo=True,  # so that what a burst of work needed lies idle, and the database closes it
            # Who waits long for a lock gives the connection back, so that one organisation's import, say, cannot take
            # all of them.
            connect_args={
                "server_settings": {
                    "application_name": "klankbord",
                    "jit": "off",
                    "lock_timeout": "10s",
                    "idle_session_timeout": "60s",
                },
            },
        )
        _ping_what_lay_idle(self.engine.sync_engine)
        self.sessions = async_sessionmaker(self.engine, expire_on_commit=False)

    @asynccontextmanager
    async def transaction(self, organisation_id: UUID) -> AsyncIterator[AsyncSession]:
        """Commits when the block ends, rolls back when it raises. Sees rows of this organisation only."""
        async with self.sessions() as session, session.begin():
            await enter(session, organisation_id)
            yield session

    @asynccontextmanager
    async def held(self) -> AsyncIterator["Held"]:
        """One connection for several transactions, whose temporary tables outlive each. It is closed after the block, and
        they go with it."""
        async with self.engine.connect() as connection:
            try:
                await connection.execute(text("SET idle_session_timeout = 0"))
                await connection.commit()
                yield Held(connection)
            finally:
                await connection.invalidate()

    async def call(self, query: str, *arguments: object) -> Any:
        """The first row of one statement that names its organisation by itself, as our functions in the database do: its
        own transaction, and a single round trip. Errors are the driver's."""
        async with self.engine.connect() as connection:
            driver = (await connection.get_raw_connection()).driver_connection
            assert driver is not None
            try:
                return await driver.fetchrow(query, *arguments)
            except BaseException:
                if driver.is_closed():  # the pool learns of what goes by it only so
                    await connection.invalidate()
                raise

    async def connect(self) -> asyncpg.Connection:
        """A connection of its own, outside the pool: for LISTEN."""
        return await asyncpg.connect(self.url)

    async def ready(self) -> bool:
        async with self.sessions() as session:
            return bool((await session.execute(text("SELECT 1"))).scalar_one())

    async def close(self) -> None:
        await self.engine.dispose()


def _ping_what_lay_idle(engine: Engine) -> None:
    """A ping is three round trips, more than a small request needs for itself: one that was in use a moment ago is not
    pinged. If it broke off since, the request is told to try again, as all are that were under way then."""

    @event.listens_for(engine, "checkin")
    def put_back(_connection: Any, record: ConnectionPoolEntry) -> None:
        record.info["at"] = monotonic()

    @event.listens_for(engine, "checkout")
    def taken(connection: Any, record: ConnectionPoolEntry, _proxy: Any) -> None:
        if monotonic() - record.info.get("at", monotonic()) < FRESH:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise DisconnectionError from error  # the pool then makes a new one


class Held:
    """See `Database.held`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    @asynccontextmanager
    async def transaction(self, organisation_id: UUID) -> AsyncIterator[AsyncSession]:
        async with AsyncSession(self._connection, expire_on_commit=False) as session, session.begin():
            await enter(session, organisation_id)
            yield session


async def enter(session: AsyncSession, organisation_id: UUID) -> None:
    """Names the organisation for the rest of the transaction; how operator and peers step into one."""
    setting = "everyone" if organisation_id == EVERYONE else str(organisation_id)
    await session.execute(text("SELECT set_config('klankbord.organisation', :value, true)"), {"value": setting})
    session.info["organisation_id"] = organisation_id
