"""In a terminal there are bars, colours and questions; elsewhere nothing of these."""

import asyncio
import os
import pty
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.calling import Site
from tests.cli.test_imports import filled, lessened
from tests.survey.imports.pushing import EMPLOYEES, UNITS

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0


def in_a_terminal(site: Site, answer: str, *words: str | Path) -> tuple[int, str]:
    """All that a terminal shows, and the exit code. `answer` is typed when a question stands there."""
    ours, theirs = pty.openpty()
    given = {name: value for name, value in site.shell.environment.items() if value is not None}
    command = [sys.executable, "-m", "cli", *(str(word) for word in words)]
    environment = {"PATH": os.environ["PATH"], "TERM": "xterm-256color", **given}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        shown, asked, deadline = b"", False, time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                piece = os.read(ours, 4096)
            except OSError:  # Linux: the other end is closed
                break
            if not piece:
                break
            shown += piece
            if b"[y/N]" in shown and not asked:
                asked = True
                os.write(ours, f"{answer}\n".encode())
        code = process.wait(PATIENCE)
    os.close(ours)
    return code, shown.decode()


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "units.csv").write_text(UNITS)
    (tmp_path / "employees.csv").write_text(EMPLOYEES)
    return tmp_path


CTRL_D = "\x04"


@pytest.mark.parametrize(("answer", "code", "left"), [("y", 0, 15), ("n", 1, 20), ("", 1, 20), (CTRL_D, 1, 20)])
async def test_it_asks_before_it_removes(site: Site, files: Path, answer: str, code: int, left: int) -> None:
    await filled(site, files)
    words = ("import", lessened(files, 5), "--kind", "employees", "--mode", "snapshot")
    ended, shown = await asyncio.to_thread(in_a_terminal, site, answer, *words)
    assert (ended, len(await site.items("employees?active=true"))) == (code, left)
    assert "would remove 5 of 20 employees (25.0%)" in shown
    assert shown.index("25.0%") < shown.index("Remove 5? [y/N]")
    assert ("It waits. If it is meant: klankbord imports approve" in shown) == (code == 1)


async def test_bars_and_colours_are_for_terminals(site: Site, files: Path) -> None:
    words = ("import", files / "units.csv", "--kind", "units")
    code, shown = await asyncio.to_thread(in_a_terminal, site, "", *words)
    assert code == 0
    assert "\x1b[" in shown
    assert "sending" in shown
    assert "━" in shown
    piped = await site.shell(*words)
    assert piped.code == 0
    assert "\x1b" not in piped.out + piped.error
    assert "━" not in piped.out + piped.error
