"""Emptying the box of a closed wave: all ballots at once, in one transaction, in random order.

A process that dies in the middle leaves the box as it was. Nothing else in survey ever reads an answer.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.database import EVERYONE, Database
from services.shared.metrics import TASK_FAILURES
from services.shared.outbox import append
from services.survey.responses import ballot, queries, taken_events
from services.survey.responses.boxes import Keys, keys_of
from services.survey.responses.falling_apart import Contents, Rules, fall_apart, shuffle
from services.survey.responses.models import Box
from services.survey.responses.scrub import Directory, scrub
from services.survey.waves import fielding
from services.survey.waves import queries as waves
from services.survey.waves.models import Wave
from services.survey.waves.turnouts import Turnout

log = structlog.get_logger()


async def take_out_due(database: Database, keys: Sequence[bytes]) -> int:
    """Empties every box that is due, one organisation after the other; answers how many it emptied. One that fails, as
    without its key, waits for the next round."""
    async with database.transaction(EVERYONE) as session:
        organisations = await queries.organisations_with_boxes(session)
    emptied = 0
    for organisation_id in organisations:
        failed: list[UUID] = []
        while (box_id := await _take_out_next(database, organisation_id, keys, failed)) is not None:
            emptied += box_id not in failed
    return emptied


async def _take_out_next(
    database: Database, organisation_id: UUID, keys: Sequence[bytes], failed: list[UUID]
) -> UUID | None:
    """The box that it tried; also put into `failed` if it is as full as before."""
    box_id: UUID | None = None
    try:
        async with database.transaction(organisation_id) as session:
            due = await queries.claim_due(session, failed)
            if due is None:
                return None
            box_id = due.box.id
            await _take_out(session, due, keys)
    except Exception as error:  # one box's trouble must not stop the others
        if box_id is None:
            raise
        TASK_FAILURES.labels("taking out").inc()
        log.exception("box not emptied", box_id=str(box_id), error=type(error).__name__)
        failed.append(box_id)
    return box_id


async def _take_out(session: AsyncSession, due: queries.Due, keys: Sequence[bytes]) -> None:
    if await queries.count_ballots(session, due.box.id) < due.wave.minimum_group:
        turnouts = await waves.turnouts(session, due.wave.id)
        await fielding.tell(session, due.wave, datetime.now(UTC), {}, sum(turnouts.values(), Turnout()))
        await append(session, taken_events.of_destroyed(due.wave.id))
    else:
        await _tell(session, due.wave, await _open(session, due.box, keys_of(due.box, keys)))
    await queries.discard(session, due.box)


async def _open(session: AsyncSession, box: Box, keys: Keys) -> list[bytes]:
    """Still packed, which is small; in random order."""
    packed: list[bytes] = []
    async for sealed in queries.sealed_ballots(session, box.id):
        packed += await asyncio.to_thread(_unseal, sealed, keys)
    shuffle(packed)
    return packed


def _unseal(sealed: Sequence[bytes], keys: Keys) -> list[bytes]:
    return [ballot.unseal(one, keys.public, keys.private) for one in sealed]


async def _tell(session: AsyncSession, wave: Wave, packed: list[bytes]) -> None:
    rules = await _rules(session, wave)
    contents = await asyncio.to_thread(fall_apart, packed, rules, wave.service_ids)
    turnouts, used = await waves.turnouts(session, wave.id), await waves.used(session, wave.id)
    asked, kept = await waves.asked(session, wave), await waves.told(session, wave.id)
    told = taken_events.told_of(rules.tree, turnouts, used, wave.minimum_group, contents, kept, asked)
    await fielding.tell(session, wave, datetime.now(UTC), told, sum(turnouts.values(), Turnout()))
    participation = taken_events.participation_of(told)
    remaining = taken_events.of_contents(wave.id, contents, participation, await _scrubber(session, contents))
    while (event := await asyncio.to_thread(next, remaining, None)) is not None:
        await append(session, event)


async def _rules(session: AsyncSession, wave: Wave) -> Rules:
    assert wave.version is not None, "an open wave has a version"
    definition = await queries.definition(session, wave.survey_id, wave.version)
    return Rules(
        minimum=wave.minimum_group,
        comment_minimum=wave.comment_minimum_group,
        tree=await queries.tree(session, wave.id),
        kinds={
            question["key"]: question["type"] for section in definition["sections"] for question in section["questions"]
        },
    )


async def _scrubber(session: AsyncSession, contents: Contents) -> Callable[[str, str], str]:
    people = Directory()
    if any(released.comments for released in contents.released.values()):
        async for given_name, family_name in queries.names(session):
            people.add(given_name, family_name)
    return lambda text, language: scrub(text, language, people)
