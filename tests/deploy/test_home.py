"""The data folder: one Klankbord at a time, and nothing of it without the rest."""

import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from deploy.embedded import home as homes
from deploy.embedded.home import Home, claimed
from deploy.embedded.secrets import load_or_make, save
from deploy.embedded.trouble import Trouble

HOLD = """
import sys, time
from pathlib import Path
from deploy.embedded.home import claimed
with claimed(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(float(sys.argv[2]))
"""


def holder(path: Path, seconds: float) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", HOLD, str(path), str(seconds)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_one_that_is_stopping_is_waited_for(tmp_path: Path) -> None:
    with holder(tmp_path, 1.5) as process, claimed(tmp_path):
        process.wait(5)


def test_one_that_stays_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(homes, "PATIENCE", 0.5)
    with holder(tmp_path, 60) as process:
        begun = time.monotonic()
        with pytest.raises(Trouble, match=rf"in use by a Klankbord that runs already \(process {process.pid}\)"):
            claimed(tmp_path).__enter__()
        assert time.monotonic() - begun > 0.5
        process.kill()


def test_secrets_without_their_database_are_said(tmp_path: Path) -> None:
    home = Home(tmp_path)
    made = load_or_make(home)
    assert load_or_make(home) == made  # a first start that broke off goes on
    home.postgres.mkdir()
    made.admin_key = "kb_key"
    save(home, made)
    assert load_or_make(home) == made
    shutil.rmtree(home.postgres)
    with pytest.raises(Trouble, match=r"is gone: restore that folder, or move secrets.json away"):
        load_or_make(home)
    home.secrets.unlink()
    assert load_or_make(home).admin_key is None
