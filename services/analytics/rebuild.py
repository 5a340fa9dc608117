"""Starts analytics again from the events: `python -m services.analytics.rebuild`.

Everything that was concluded is thrown away, but the log of decisions stays and is replayed, so that the releases come
back as they were. Needs the owner's address, `KLANKBORD_MIGRATION_DATABASE_URL`; the service may go on running, and reads
the feed from its beginning.
"""

import asyncio
import sys
from collections.abc import Iterator
from typing import Final

import asyncpg

from services.analytics import tables
from services.analytics.base import Base
from services.analytics.releases.models import APPEND_ONLY
from services.analytics.settings import AnalyticsSettings
from services.shared.consumer import START, Cursor, ParkedEvent
from services.shared.settings import Settings

SOURCE: Final = "survey"


def thrown_away() -> Iterator[str]:
    """Keys of callers, what was published and answers to repeated requests are not conclusions, and stay."""
    assert tables  # importing it is what fills the metadata
    yield from (table.name for table in Base.metadata.sorted_tables if table.name not in APPEND_ONLY)
    yield ParkedEvent.__tablename__


async def reset(settings: Settings) -> None:
    if settings.migration_database_url is None:
        sys.exit("Set KLANKBORD_MIGRATION_DATABASE_URL: only the owner of the tables may empty them.")
    connection = await asyncpg.connect(settings.migration_database_url.get_secret_value())
    try:
        async with connection.transaction():
            # The cursor first: whoever handles a batch holds it, and the tables are taken when that is done.
            await connection.execute(
                f"UPDATE {Cursor.__tablename__} SET position = $1 WHERE source = $2",  # noqa: S608  # our own name
                START, SOURCE,
            )  # fmt: skip
            await connection.execute(f"TRUNCATE {', '.join(thrown_away())}")
    finally:
        await connection.close()


if __name__ == "__main__":
    asyncio.run(reset(AnalyticsSettings()))
