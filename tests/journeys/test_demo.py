"""The demo on organisations that nobody has seen, on a real embedded system: each figure against the files."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.demo import readback
from deploy.demo.api import Api
from deploy.demo.folder import Folder
from tests.deploy.running import ROOT, Embedded, free_ports, ready
from tests.journeys.everything import Everything
from tests.journeys.folders import make_folder

TIMEOUT = 600


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    with ready(tmp_path_factory.mktemp("demo") / "home", free_ports()) as embedded:
        yield embedded


def demo(home: Path, folder: Path, **more: str) -> "subprocess.CompletedProcess[str]":
    settings = {**os.environ, "KLANKBORD_HOME": str(home), "DATA": str(folder), "RUN": "", **more}
    command = [sys.executable, "-m", "deploy.demo"]
    return subprocess.run(command, cwd=ROOT, env=settings, capture_output=True, text=True, timeout=TIMEOUT, check=False)


def figures(home: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((home / "demo" / "figures.json").read_text())
    return read


async def everything_wrong(folder: Folder, made: dict[str, Any]) -> list[str]:
    async with httpx.AsyncClient(timeout=60) as client:
        survey, analytics = (Api(client, made[name] + "/v1", made["adminKey"]) for name in ("survey", "analytics"))
        units, services = await readback.ids(survey, "/units"), await readback.ids(survey, "/services")
        return [
            f"{name}: {fault}"
            for name, wave_id in made["waves"].items()
            for fault in await Everything(folder, name, units, services).faults(analytics, wave_id)
        ]


@pytest.mark.parametrize("seed", [1, 2])
def test_an_unseen_organisation(system: Embedded, tmp_path: Path, seed: int) -> None:
    folder = make_folder(tmp_path / "input", seed, people=150)
    played = demo(system.home, folder)
    assert played.returncode == 0, played.stdout + played.stderr
    assert list(figures(system.home)) == ["2030", "2031"]
    rows = [row for wave in figures(system.home).values() for table in wave.values() for row in table]
    readable = [row for row in rows if not row.get("suppressed")]
    assert len(readable) > 100
    assert len(readable) < len(rows)
    for name in ("scorecard.svg", "cross-section.svg"):
        assert "<svg" in (system.home / "demo" / name).read_text()
    for name in ("scorecard.png", "cross-section.png"):
        assert (system.home / "demo" / name).read_bytes().startswith(b"\x89PNG")
    made = json.loads((system.home / "demo" / "run.json").read_text())
    assert made["organisationId"]
    assert made["adminKey"].startswith("kb_")
    assert asyncio.run(everything_wrong(Folder(folder), made)) == []


def test_a_newest_wave_that_too_few_answered(system: Embedded, tmp_path: Path) -> None:
    """No service of it can be read, so that no provider has a figure, and the views show that."""
    folder = make_folder(tmp_path / "input", 1, people=150)
    newest = folder / "answers-2031.ndjson"
    newest.write_text("".join(newest.read_text().splitlines(keepends=True)[:6]))
    played = demo(system.home, folder)
    assert played.returncode == 0, played.stdout + played.stderr
    rows = [row for table in figures(system.home)["2031"].values() for row in table]
    assert [row for row in rows if "provider" in row or ("service" in row and not row.get("suppressed"))] == []
    assert "hidden, to protect" in (system.home / "demo" / "scorecard.svg").read_text()
    made = json.loads((system.home / "demo" / "run.json").read_text())
    assert asyncio.run(everything_wrong(Folder(folder), made)) == []


def test_a_survey_without_an_overall_question(system: Embedded, tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "input", 2, people=100, waves=1)
    survey = json.loads((folder / "survey.json").read_text())
    survey["sections"][0]["questions"][0]["topic"] = "kindness"
    (folder / "survey.json").write_text(json.dumps(survey))
    organisation = json.loads((folder / "organisation.json").read_text())
    (folder / "organisation.json").write_text(json.dumps({**organisation, "minimumGroup": 5}))
    played = demo(system.home, folder)
    assert played.returncode == 0, played.stdout + played.stderr
    assert "no overall question" in (system.home / "demo" / "scorecard.svg").read_text()


def test_another_system_by_its_run_file(system: Embedded, tmp_path: Path) -> None:
    """As `RUN=file` does for a system elsewhere: its file has no databases."""
    run = {key: value for key, value in system.run.items() if key != "databases"}
    (tmp_path / "run.json").write_text(json.dumps(run))
    elsewhere = tmp_path / "home"
    folder = make_folder(tmp_path / "input", 3, people=60, waves=1)
    played = demo(elsewhere, folder, RUN=str(tmp_path / "run.json"))
    assert played.returncode == 0, played.stdout + played.stderr
    assert (elsewhere / "demo" / "figures.json").exists()


def test_a_system_of_its_own(tmp_path: Path) -> None:
    home, port = tmp_path / "home", free_ports()
    folder = make_folder(tmp_path / "input", 4, people=60, waves=1)
    played = demo(home, folder, KLANKBORD_PORT=str(port))
    assert played.returncode == 0, played.stdout + played.stderr
    assert not (home / "run.json").exists()


def test_a_folder_that_is_none(system: Embedded, tmp_path: Path) -> None:
    played = demo(system.home, tmp_path)
    assert played.returncode == 1
    assert "is not a folder to play" in played.stdout
