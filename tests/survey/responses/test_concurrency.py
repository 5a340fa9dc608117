"""Drops and emptying at the same time: nothing is lost, nothing counts twice, and whoever is told no was not counted."""

import asyncio
import json
from collections import Counter
from collections.abc import Sequence

import asyncpg
import pytest
from sqlalchemy import text

from services.contracts import events
from services.shared.problems import Problem
from services.survey.responses.answering import Answering, submit
from services.survey.responses.boxes import box_keys
from services.survey.responses.taking_out import take_out_due
from services.survey.settings import SurveySettings
from tests.fixtures.services import Running
from tests.survey.responses.test_respond import body
from tests.survey.responses.test_taking_out import LEFT, an_organisation, of, told
from tests.survey.responses.world import Employed, World

PROCESSES, LANES = 4, 4


def settings_of(survey: Running) -> SurveySettings:
    assert isinstance(survey.settings, SurveySettings)
    return survey.settings


async def status_of(state: Answering, token: str) -> int:
    try:
        await submit(state, token, json.dumps(body()).encode(), "127.0.0.1")
    except Problem as problem:
        return problem.status
    return 204


async def test_drops_while_the_box_is_emptied(survey: Running) -> None:
    """The end comes in the middle: a hundred have answered, many are at it."""
    there = await an_organisation(survey, [Employed(LEFT)] * 480)
    processes = [Answering.of(survey.database, settings_of(survey)) for _ in range(PROCESSES)]
    statuses: list[int] = []
    enough = asyncio.Event()

    async def respondents(state: Answering, own: Sequence[str]) -> None:
        for token in own:
            status = await status_of(state, token)
            statuses.append(status)
            if len(statuses) == 100:
                enough.set()

    async def end() -> None:
        await enough.wait()
        await there.set_wave(survey.database, status="closed")
        emptied = 0
        while not emptied:  # a box that a drop holds is left for the next round
            emptied = await take_out_due(survey.database, box_keys(settings_of(survey)))

    shares = [there.tokens[lane :: PROCESSES * LANES] for lane in range(PROCESSES * LANES)]
    await asyncio.gather(end(), *(respondents(processes[at % PROCESSES], own) for at, own in enumerate(shares)))
    for process in processes:
        await process.intake.close()
    counts = Counter(statuses)
    assert set(counts) == {204, 410}
    all_events = await told(survey, there)
    assert sum(len(event.responses) for event in of(events.ResponsesTaken, all_events)) == counts[204]
    assert [event.participation.answered for event in of(events.WaveTaken, all_events)] == [counts[204]]
    assert await burned(survey, there) == counts[204]


async def test_the_same_tokens_at_several_processes(survey: Running) -> None:
    there = await an_organisation(survey, [Employed(LEFT)] * 60)
    processes = [Answering.of(survey.database, settings_of(survey)) for _ in range(PROCESSES)]
    statuses = await asyncio.gather(*(
        status_of(process, token)
        for order, process in zip((1, -1, 1, -1), processes, strict=True)
        for token in there.tokens[::order]
    ))  # fmt: skip
    for process in processes:
        await process.intake.close()
    assert Counter(statuses) == {204: 60, 409: 180}
    assert await there.count(survey.database, "ballots") == await burned(survey, there) == 60


async def test_emptying_waits_for_a_drop_and_a_drop_for_emptying(survey: Running) -> None:
    there = await an_organisation(survey, [Employed(LEFT)] * 2)
    first, second = [await asyncpg.connect(survey.database.url) for _ in range(2)]
    one = [(there.organisation_id, [number], [there.box_id], [b"sealed"]) for number in there.numbers]
    drop, lock = "SELECT outcome FROM drop_ballots($1, $2, $3, $4)", "SELECT FROM boxes WHERE id = $1 FOR UPDATE"
    await second.execute("SELECT set_config('klankbord.organisation', $1, false)", str(there.organisation_id))
    await second.execute("SET lock_timeout = '100ms'")

    async with first.transaction():
        assert await first.fetchval(drop, *one[0]) == "taken"
        with pytest.raises(asyncpg.LockNotAvailableError):
            await second.execute(lock, there.box_id)

    async with second.transaction():
        await second.execute(lock, there.box_id)
        waiting = asyncio.create_task(first.fetchval(drop, *one[1]))
        assert await second.fetchval("SELECT count(*) FROM ballots") == 1, "what was dropped before is seen"
        await second.execute("DELETE FROM boxes")
        assert not (await asyncio.wait([waiting], timeout=0.1))[0]
    assert await waiting == "boxGone"
    assert await burned(survey, there) == 1
    await first.close()
    await second.close()


async def burned(survey: Running, there: World) -> int:
    async with survey.database.transaction(there.organisation_id) as session:
        return int((await session.execute(text("SELECT count(*) FROM invitations WHERE burned"))).scalar_one())
