"""Reading a file in a thread, batch by batch, and each batch into the staging table: what is in memory does not grow with
the file. (Reading the next while one is written is slower: the two quarrel about Python's lock.)"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.database import Database, Held
from services.survey.imports import queries, staging_queries
from services.survey.imports.claims import Claim
from services.survey.imports.columns import Kind, Known, Told, targets
from services.survey.imports.kinds.all import KINDS
from services.survey.imports.reading.files import NDJSON, Batch, batches
from services.survey.imports.reading.typed import Typed, typed
from services.survey.imports.receiving import stored
from services.survey.imports.refusals import Refusal
from services.survey.organisation import queries as organisation

READ = 0.6  # share of the progress


@dataclass
class Progress:
    share: float = 0.0


@dataclass
class Staged:
    read: int = 0
    unidentified: int = 0
    ended: bool = True
    ignored: list[str] = field(default_factory=list)


async def stage(database: Database, held: Held, claim: Claim, progress: Progress) -> Staged:
    """Raises Unusable for a file of which nothing can be taken."""
    async with held.transaction(claim.organisation_id) as session:
        row = await queries.import_of(session, claim.import_id)
        assert row is not None
        own = await organisation.organisation(session)
        assert own is not None
        told = Told(**row.told)
        if row.media_type == NDJSON:
            told = replace(told, decimal=None)  # of the texts of tables; JSON has the contract's own form
        known = Known(claim.kind, await organisation.declared_attributes(session), told, ZoneInfo(own.time_zone))
        count = await queries.part_count(session, claim.import_id)
        source = stored(database, claim.organisation_id, claim.import_id, count)
        await staging_queries.create(session, targets(claim.kind), KINDS[claim.kind].staged_types())
    coming, staged = batches(source, row.media_type, known), Staged()
    while (found := await asyncio.to_thread(_next, claim.kind, coming)) is not None:
        await _add(held, claim, found, staged)
        progress.share = READ * source.share
    return staged


def _next(kind: Kind, coming: Iterator[Batch]) -> tuple[Batch, Typed] | None:
    batch = next(coming, None)
    return None if batch is None else (batch, typed(kind, batch))


async def _add(held: Held, claim: Claim, found: tuple[Batch, Typed], staged: Staged) -> None:
    batch, rows = found
    staged.read += batch.read
    staged.unidentified += rows.unidentified
    staged.ended = staged.ended and batch.ended  # a batch that is full may have an empty one behind it
    staged.ignored = list(batch.ignored)
    async with held.transaction(claim.organisation_id) as session:
        await staging_queries.add(session, targets(claim.kind), rows.records, rows.refusals)


async def keep_only(session: AsyncSession, refusals: Sequence[Refusal]) -> None:
    """Of a file that as a whole cannot be taken."""
    await session.execute(text("TRUNCATE import_refusals"))
    await staging_queries.add(session, (), (), refusals)
