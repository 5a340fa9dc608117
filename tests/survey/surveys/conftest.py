"""An organisation whose surveys are made."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest_asyncio

from services.survey.catalogue.models import Service
from services.survey.organisation.models import Organisation, Unit
from tests.fixtures.services import Running
from tests.survey.surveys.definitions import body, text


@dataclass
class House:
    """An organisation with two providers, of which the second has a department below it."""

    running: Running
    id: UUID
    facilities: UUID
    ict: UUID
    helpdesk: UUID
    line: UUID

    async def role(self, role: str, *units: UUID) -> httpx.AsyncClient:
        return await self.running.as_role(role, self.id, units)


@pytest_asyncio.fixture
async def house(survey: Running, organisation_id: UUID) -> House:
    made = House(survey, organisation_id, *(uuid4() for _ in range(4)))
    async with survey.database.transaction(organisation_id) as session:
        session.add(Organisation(
            organisation_id=organisation_id, token_number=7, name="Rivierenmark", time_zone="Europe/Amsterdam",
            languages=["nl", "en"], minimum_group=6, comment_minimum_group=12, attributes=[],
        ))  # fmt: skip
        for unit, parent, name, provides in (
            (made.line, None, "LINE", False), (made.facilities, made.line, "FAC", True),
            (made.ict, made.line, "ICT", True), (made.helpdesk, made.ict, "HELP", True),
        ):  # fmt: skip
            session.add(Unit(
                organisation_id=organisation_id, id=unit, external_id=name, name=name, parent_id=parent,
                is_provider=provides, is_consumer=True,
            ))  # fmt: skip
            await session.flush()
        session.add(Service(
            organisation_id=organisation_id, external_id="FAC-02", provider_id=made.facilities, name=text("Schoonmaak"),
        ))  # fmt: skip
    return made


async def made(client: httpx.AsyncClient, **more: Any) -> httpx.Response:
    answer = await client.post("/v1/surveys", json={**body(), **more})
    assert answer.status_code == 201, answer.text
    return answer
