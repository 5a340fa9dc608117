"""What the command says to do next, and programmes as the service itself shows them."""

from pathlib import Path

import pytest

from tests.cli.calling import Shell, Site, key_of, serving
from tests.cli.scripted import Answer, Scripted, page
from tests.cli.test_contract import IMPORT, importing
from tests.fixtures.services import Running
from tests.survey.programmes.plans import QUARTERLY, made
from tests.survey.waves.world import make


async def test_programmes_are_listed_as_the_service_shows_them(survey: Running, shell: Shell) -> None:
    world = await make(survey)
    client = await world.client()
    going, paused = [await made(client, world, QUARTERLY, active=active) for active in (True, False)]
    shell.key = key_of(client)
    async with serving(survey) as shell.url:
        ended = await shell("programmes", "list")
    shown = {row[0]: row[2:] for row in (line.split("\t") for line in ended.out.splitlines())}
    assert shown[going] == ["periodic", "active", "2031-03-03T08:00:00Z"]
    assert shown[paused] == ["periodic", "paused", ""]


async def test_what_is_not_there_can_be_looked_up(site: Site) -> None:
    ended = await site.shell("programmes", "run", "00000000-0000-4000-8000-000000000000")
    assert ended.code == 1
    assert "There is no such programme" in ended.error
    assert "`klankbord programmes list`" in ended.error


@pytest.mark.parametrize(
    ("words", "what", "command"),
    [
        (("programmes", "run", "nope"), "a programme", "programmes list"), (("imports", "watch", "abc"), "an import", "imports list"),
        (("imports", "approve", "abc"), "an import", "imports list"), (("imports", "cancel", "abc", "--yes"), "an import", "imports list"),
    ],
)  # fmt: skip
async def test_what_is_no_id_can_be_looked_up(site: Site, words: tuple[str, ...], what: str, command: str) -> None:
    ended = await site.shell(*words)
    assert ended.code == 1
    assert f"That is no id of {what}." in ended.error
    assert f"`klankbord {command}`" in ended.error
    assert "UUID" not in ended.error


def test_left_out_columns_can_be_taken(shell: Shell, scripted: Scripted, tmp_path: Path) -> None:
    file = importing(scripted, tmp_path)
    ended = shell.run("import", file, "--kind", "employees")
    assert "left out: shoeSize" in ended.error
    assert "attributes" in ended.error
    assert "--mapping" in ended.error


def test_a_dry_run_says_that_it_would_wait(shell: Shell, scripted: Scripted, tmp_path: Path) -> None:
    reason = {"code": "manyRemoved", "detail": "More would leave than the guard lets go."}
    file = importing(scripted, tmp_path)
    scripted.answers["GET", "/v1/imports/i1"] = [Answer(body={**IMPORT, "approvalReason": reason})]
    ended = shell.run("import", file, "--kind", "employees", "--dry-run")
    assert f"It would wait for approval: {reason['detail']}" in ended.error


def test_an_export_of_nothing_is_empty(shell: Shell, scripted: Scripted) -> None:
    scripted.on("GET", "/v1/scores", page())
    shell.analytics_url = scripted.url
    ended = shell.run("export", "scores")
    assert (ended.code, ended.out) == (0, "")
    assert "0 scores" in ended.error
