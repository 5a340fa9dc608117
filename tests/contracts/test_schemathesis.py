"""Schemathesis against the three running services: every check, and none that finds anything."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.demo.mailbox import Mailbox
from tests.contracts.test_design_rules import OPENAPI, SERVICES
from tests.deploy.running import ROOT, Embedded, free_ports, ready
from tests.journeys.folders import make_folder

HERE = Path(__file__).parent
# Of these the coverage of every form of a question beside every other has no end: 290,000 cases in an hour. They are
# searched at random, as all are.
LARGE = ("makeSurvey", "changeSurvey", "previewSurvey")


@dataclass(frozen=True)
class System:
    embedded: Embedded
    tokens: list[str]


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """With an organisation in which a wave was answered and released and another is open, and without limits that would
    be in the way."""
    folder = tmp_path_factory.mktemp("contracts")
    with pytest.MonkeyPatch.context() as patch:
        for limit in ("RATE", "RESPOND", "FORGED"):
            patch.setenv(f"KLANKBORD_{limit}_LIMIT", "1000000")
        with ready(folder / "home", free_ports()) as embedded:
            settings = {**os.environ, "KLANKBORD_HOME": str(embedded.home), "RUN": "",
                        "DATA": str(make_folder(folder / "data", 6, people=60, waves=1))}  # fmt: skip
            command = [sys.executable, "-m", "deploy.demo"]
            subprocess.run(command, cwd=ROOT, env=settings, capture_output=True, timeout=600, check=True)
            yield System(embedded, open_a_wave(embedded))


def open_a_wave(system: Embedded) -> list[str]:
    """Like the one that was answered; its tokens, with which nobody answered yet."""
    box = Mailbox(Path(system.run["mailFolder"]))
    with httpx.Client(
        base_url=system.run["survey"] + "/v1", headers={"Authorization": f"Bearer {admin_key(system)}"}
    ) as client:
        [wave] = client.get("/waves").json()["items"]
        closes_at = (datetime.now(UTC) + timedelta(days=1)).isoformat()
        body = {key: wave[key] for key in ("surveyId", "serviceIds")} | {"closesAt": closes_at}
        made = client.post("/waves", json=body).raise_for_status().json()
        client.post(f"/waves/{made['id']}/open").raise_for_status()
    tokens: list[str] = []
    deadline = time.monotonic() + 60
    while len(tokens) < 60:
        assert time.monotonic() < deadline
        time.sleep(0.1)
        tokens += [token for _, token in box.look()]
    return tokens


def admin_key(system: Embedded) -> str:
    return str(json.loads((system.home / "demo" / "run.json").read_text())["adminKey"])


def given(system: System) -> dict[str, Any]:
    """For the hooks: what a document cannot say."""
    return {"adminKey": admin_key(system.embedded), "operatorKey": system.embedded.run["operatorKey"],
            "tokens": system.tokens}  # fmt: skip


def examine(system: System, service: str, folder: Path, *more: str) -> None:
    command = [
        sys.executable, "-m", "schemathesis.cli", "--config-file", str(HERE / "schemathesis.toml"), "run",
        str(OPENAPI / f"{service}.yaml"), "--url", system.embedded.run[service] + "/v1", "--checks", "all",
        "--continue-on-failure", *more,
    ]  # fmt: skip
    settings = {**os.environ, "SCHEMATHESIS_HOOKS": "tests.contracts.hooks", "PYTHONPATH": str(ROOT),
                "KLANKBORD_CONTRACT": json.dumps(given(system))}  # fmt: skip
    done = subprocess.run(command, cwd=folder, env=settings, capture_output=True, text=True, check=False)
    told = "\n".join(line[:1_000] for line in done.stdout.splitlines())
    assert done.returncode == 0, told[-20_000:] + done.stderr[-2_000:]


@pytest.mark.parametrize("service", SERVICES)
def test_a_bounded_search_finds_nothing(system: System, service: str, tmp_path: Path) -> None:
    """The same cases every time: a change that breaks none of them passes."""
    search(system, service, tmp_path, "10", "--seed", "1")


@pytest.mark.proof
@pytest.mark.parametrize("service", SERVICES)
def test_a_long_search_finds_nothing(system: System, service: str, tmp_path: Path) -> None:
    search(system, service, tmp_path, "200")


def search(system: System, service: str, folder: Path, most: str, *more: str) -> None:
    large = LARGE if service == "survey" else ()
    without = [part for operation in large for part in ("--exclude-operation-id", operation)]
    examine(system, service, folder, "--phases", "examples,coverage", *without, *more)
    examine(system, service, folder, "--phases", "fuzzing,stateful", "--max-examples", most, *more)
