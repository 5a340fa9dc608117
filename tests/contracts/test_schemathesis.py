"""Schemathesis against the three running services: every check, and none that finds anything."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from email import policy
from email.parser import BytesParser
from pathlib import Path
from typing import Any

import pytest

from tests.contracts.test_design_rules import OPENAPI, SERVICES
from tests.deploy.running import ROOT, Embedded, free_ports, ready
from tests.journeys.folders import make_folder

HERE = Path(__file__).parent
LARGE = ("makeSurvey", "changeSurvey", "previewSurvey")  # thousands of cases each, for every form of a question


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    """With an organisation in which a wave was answered and released, and without limits that would be in the way."""
    folder = tmp_path_factory.mktemp("contracts")
    with pytest.MonkeyPatch.context() as patch:
        for limit in ("RATE", "RESPOND", "FORGED"):
            patch.setenv(f"KLANKBORD_{limit}_LIMIT", "1000000")
        with ready(folder / "home", free_ports()) as embedded:
            settings = {**os.environ, "KLANKBORD_HOME": str(embedded.home), "RUN": "",
                        "DATA": str(make_folder(folder / "data", 5, people=60, waves=1))}  # fmt: skip
            command = [sys.executable, "-m", "deploy.demo"]
            subprocess.run(command, cwd=ROOT, env=settings, capture_output=True, timeout=600, check=True)
            yield embedded


def given(system: Embedded) -> dict[str, Any]:
    """For the hooks: what a document cannot say."""
    mails = [BytesParser(policy=policy.default).parsebytes(path.read_bytes()) for path in _mails(system)]
    bodies = [part.get_content() for mail in mails if (part := mail.get_body(("plain",))) is not None]
    links = {word.rpartition("/r/")[2] for body in bodies for word in body.split() if "/r/" in word}
    key = json.loads((system.home / "demo" / "run.json").read_text())["adminKey"]
    return {"adminKey": key, "operatorKey": system.run["operatorKey"], "tokens": sorted(links)}


def _mails(system: Embedded) -> list[Path]:
    return sorted(Path(system.run["mailFolder"]).rglob("*.eml"))


def examine(system: Embedded, service: str, folder: Path, *more: str) -> None:
    command = [
        sys.executable, "-m", "schemathesis.cli", "--config-file", str(HERE / "schemathesis.toml"), "run",
        str(OPENAPI / f"{service}.yaml"), "--url", system.run[service] + "/v1", "--checks", "all",
        "--continue-on-failure", *more,
    ]  # fmt: skip
    settings = {**os.environ, "SCHEMATHESIS_HOOKS": "tests.contracts.hooks", "PYTHONPATH": str(ROOT),
                "KLANKBORD_CONTRACT": json.dumps(given(system))}  # fmt: skip
    done = subprocess.run(command, cwd=folder, env=settings, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2_000:]


@pytest.mark.parametrize("service", SERVICES)
def test_a_bounded_search_finds_nothing(system: Embedded, service: str, tmp_path: Path) -> None:
    without = [part for operation in LARGE for part in ("--exclude-operation-id", operation)]
    examine(system, service, tmp_path, "--phases", "examples,coverage", *(without if service == "survey" else ()))
    examine(system, service, tmp_path, "--phases", "fuzzing,stateful", "--max-examples", "10")


@pytest.mark.proof
@pytest.mark.parametrize("service", SERVICES)
def test_a_long_search_finds_nothing(system: Embedded, service: str, tmp_path: Path) -> None:
    examine(system, service, tmp_path, "--phases", "examples,coverage,fuzzing,stateful", "--max-examples", "200")
