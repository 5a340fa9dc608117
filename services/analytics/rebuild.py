"""Starts analytics again from the events: `python -m services.analytics.rebuild`.

Everything that was concluded is thrown away, but the log of decisions stays and is replayed, so that the releases come
back as they were. Needs the owner's address, `KLANKBORD_MIGRATION_DATABASE_URL`; the service may go on running, and reads
the feed from its beginning.
"""

import asyncio
import sys
from collections.abc import Iterator
from typing import Final

from sqlalchemy import text, update

from services.analytics import tables
from services.analytics.base import Base
from services.analytics.releases.models import APPEND_ONLY
from services.analytics.settings import AnalyticsSettings
from services.shared.consumer import START, Cursor, ParkedEvent
from services.shared.database import EVERYONE, Database
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
    owner = Database(settings.model_copy(update={"database_url": settings.migration_database_url}))
    try:
        async with owner.transaction(EVERYONE) as session:
            await session.execute(
                text("SET LOCAL lock_timeout = 0")
            )  # a release may take longer than a request may wait
            # The cursor first: whoever handles a batch holds it, and the tables are taken when that is done.
            await session.execute(update(Cursor).where(Cursor.source == SOURCE).values(position=START))
            await session.execute(text(f"TRUNCATE {', '.join(thrown_away())}"))
    finally:
        await owner.close()


if __name__ == "__main__":
    asyncio.run(reset(AnalyticsSettings()))
