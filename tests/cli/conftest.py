from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.cli.calling import Shell, Site, key_of, serving
from tests.cli.scripted import Scripted
from tests.fixtures.services import Running
from tests.survey import people
from tests.survey.imports.pushing import ATTRIBUTES


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path / "home")


@pytest_asyncio.fixture
async def site(survey: Running, shell: Shell) -> AsyncIterator[Site]:
    made = await people.make(survey, attributes=ATTRIBUTES)
    async with serving(survey) as url:
        shell.url, shell.key = url, key_of(made.admin)
        yield Site(made, shell, url)


@pytest.fixture
def scripted(shell: Shell) -> Iterator[Scripted]:
    """A server that answers as it is told, and a shell that calls it."""
    with Scripted() as server:
        shell.url, shell.key = server.url, "kb_key"
        yield server
