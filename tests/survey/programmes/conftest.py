import pytest_asyncio

from tests.fixtures.services import Running
from tests.survey.waves.world import World, make


@pytest_asyncio.fixture
async def world(survey: Running) -> World:
    return await make(survey)
