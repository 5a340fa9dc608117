"""Starts analytics again from the events: `python -m services.analytics.rebuild`.

Everything that was concluded is thrown away, but the log of decisions stays and is replayed, so that the releases come
back as they were. Needs the owner's address, `KLANKBORD_MIGRATION_DATABASE_URL`; the service may go on running, and reads
the feed from its beginning.
"""

import asyncio
from collections.abc import Iterator
from typing import Final

from sqlalchemy import text, update

from services.analytics import tables
from services.analytics.base import Base
from services.analytics.releases.models import APPEND_ONLY
from services.shared.consumer import START, Cursor, ParkedEvent
from services.shared.database import EVERYONE, Database
from services.shared.settings import MigrationSettings, Settings

SOURCE: Final = "survey"


def thrown_away() -> Iterator[str]:
    """Keys of callers, what was published and answers to repeated requests are not conclusions, and stay."""
    assert tables  # importing it is what fills the metadata
    yield from (table.name for table in Base.metadata.sorted_tables if table.name not in APPEND_ONLY)
    yield ParkedEvent.__tablename__


async def reset(settings: MigrationSettings) -> None:
    url = settings.migration_database_url
    owner = Database(Settings.model_construct(database_url=url, database_pool=1))  # all that a database asks of them
    try:
        async with owner.transaction(EVERYONE) as session:
            # A release may take longer than a request may wait.
            await session.execute(text("SET LOCAL lock_timeout = 0"))
            # The cursor first: whoever handles a batch holds it, and the tables are taken when that is done.
            await session.execute(update(Cursor).where(Cursor.source == SOURCE).values(position=START))
            await session.execute(text(f"TRUNCATE {', '.join(thrown_away())}"))
    finally:
        await owner.close()


if __name__ == "__main__":
    asyncio.run(reset(MigrationSettings()))
