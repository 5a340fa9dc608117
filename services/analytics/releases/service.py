"""Releasing a wave: all its cells at once, decided once.

A release is a job of its own and not part of handling `wave.taken`, because it takes seconds in a large organisation,
and the feed's cursor, which is one for all organisations, is locked while an event is handled.
"""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from random import SystemRandom
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import delete, insert, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.analytics.bulk import insert_many
from services.analytics.facts import models as facts
from services.analytics.facts import queries as facts_queries
from services.analytics.releases import queries, writing
from services.analytics.releases.decisions import Decided, Table
from services.analytics.releases.figures import Rate, Released, Row
from services.analytics.releases.models import Decision, Release, ReleaseLog, ReleaseRequest
from services.analytics.releases.wave import Wave
from services.analytics.response_rates.models import ResponseRate
from services.analytics.scores.models import Score
from services.contracts.events import ReleasePublished
from services.shared.database import EVERYONE, Database
from services.shared.ids import new_id
from services.shared.metrics import QUEUE_DEPTH, TASK_FAILURES
from services.shared.outbox import append

log = structlog.get_logger()


class Incomplete(Exception):
    """An event of the taking out did not take effect: it was parked, and the wave waits until it is tried again."""


async def release_due(database: Database) -> int:
    """Releases every wave that waits; answers how many it released. One that fails waits for the next round."""
    async with database.transaction(EVERYONE) as session:
        waiting = await queries.waiting(session)
    QUEUE_DEPTH.labels("releases").set(len(waiting))
    released = 0
    for organisation_id in sorted(set(waiting)):
        failed: list[UUID] = []
        while (wave_id := await _release_next(database, organisation_id, failed)) is not None:
            released += wave_id not in failed
    return released


async def _release_next(database: Database, organisation_id: UUID, failed: list[UUID]) -> UUID | None:
    wave_id: UUID | None = None
    try:
        async with database.transaction(organisation_id) as session:
            request = await queries.claim(session, failed)
            if request is None:
                return None
            wave_id = request.wave_id
            await release(session, wave_id)
            await session.execute(delete(ReleaseRequest).where(ReleaseRequest.wave_id == wave_id))
    except Exception as error:  # one wave's trouble must not stop the others
        if wave_id is None:
            raise
        TASK_FAILURES.labels("release").inc()
        log.exception("wave not released", wave_id=str(wave_id), error=type(error).__name__)
        failed.append(wave_id)
    return wave_id


async def release(session: AsyncSession, wave_id: UUID) -> None:
    """A wave that was released before, as after a rebuild, gets the same release again, and nobody is told twice."""
    wave = await facts_queries.wave(session, wave_id)
    if wave is None:
        raise LookupError(f"wave {wave_id} was taken out but never opened")
    if await facts_queries.pieces_missing(session, wave_id):
        raise Incomplete
    version = await facts_queries.survey_version(session, wave.survey_id, wave.survey_version)
    known = await queries.wave_facts(session, wave, version.definition)
    logged = await queries.logged(session, wave_id)
    if logged is None:
        decided = await asyncio.to_thread(Table(known).decide, SystemRandom())
        logged = await _log(session, wave_id, decided)
        said = ReleasePublished(release_id=logged.release_id, wave_id=wave_id, published_at=logged.published_at)
        await append(session, said, subject=str(wave_id))
    else:
        decided = await queries.decided(session, logged.release_id)
    rows, rates = await asyncio.to_thread(_work_out, known, decided)
    await _store(session, _release_row(wave, version, known, logged), rows, rates)


def _work_out(wave: Wave, decided: Decided) -> tuple[list[Row], list[Rate]]:
    released = Released(wave, decided)
    return list(released.rows()), list(released.rates.values())


async def _log(session: AsyncSession, wave_id: UUID, decided: Decided) -> ReleaseLog:
    logged = ReleaseLog(
        organisation_id=session.info["organisation_id"], wave_id=wave_id, release_id=new_id(),
        published_at=datetime.now(UTC),
    )  # fmt: skip
    session.add(logged)
    await session.flush()
    cells = [(question, cell, reason) for question, cells in decided.items() for cell, reason in cells.items()]
    await insert_many(
        session,
        Decision,
        ("release_id", "position", "question", "provider_id", "service_id", "consumer_id", "reason"),
        [(logged.release_id, place, question, *cell, reason) for place, (question, cell, reason) in enumerate(cells)],
    )
    return logged


def _release_row(wave: facts.Wave, version: facts.SurveyVersion, known: Wave, logged: ReleaseLog) -> dict[str, Any]:
    return {
        "organisation_id": wave.organisation_id,
        "id": logged.release_id,
        "wave_id": wave.id,
        "survey_id": wave.survey_id,
        "survey_key": version.key,
        "survey_version": version.number,
        "title": wave.title,
        "service_ids": sorted(known.providers),
        "provider_ids": sorted(set(known.providers.values())),
        "unit_ids": sorted(known.parents),
        "minimum_group": wave.minimum_group,
        "comment_minimum_group": wave.comment_minimum_group,
        "opens_at": wave.opens_at,
        "closes_at": wave.closes_at,
        "published_at": logged.published_at,
        "superseded": False,
    }


async def _store(session: AsyncSession, release: dict[str, Any], rows: Sequence[Row], rates: Sequence[Rate]) -> None:
    wave_id, release_id = release["wave_id"], release["id"]
    for table in (Score, ResponseRate):
        await session.execute(delete(table).where(table.release_id == release_id))
    await session.execute(delete(Release).where(Release.id == release_id))
    await session.execute(insert(Release), release)
    scores = [writing.score(place, release_id, wave_id, row) for place, row in enumerate(rows)]
    await insert_many(session, Score, writing.SCORE, scores)
    shares = [writing.response_rate(place, release_id, wave_id, rate) for place, rate in enumerate(rates)]
    await insert_many(session, ResponseRate, writing.RESPONSE_RATE, shares)
    await session.execute(update(facts.Wave).where(facts.Wave.id == wave_id).values(status="released"))
