"""The embedded run: small, private, clean at its end, and not to be broken by a kill."""

import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import httpx
import psutil
import pytest

from tests.deploy.running import ROOT, Embedded, environment, free_ports, launched, ready

MEGABYTE = 1_000_000


def organisation_of(embedded: Embedded) -> str:
    run = embedded.run
    headers = {"Authorization": f"Bearer {run['adminKey']}"}
    answer = httpx.get(f"{run['survey']}/v1/organisation", headers=headers)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


def proportional(processes: list[psutil.Process]) -> float:
    """Shared pages counted once."""
    return sum(process.memory_full_info().pss for process in processes)


def refused(home: Path, port: int | str) -> str:
    process = subprocess.run(
        [sys.executable, "-m", "deploy.embedded"],
        check=False, cwd=ROOT, env={**environment(home, 0), "KLANKBORD_PORT": str(port)},
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert process.returncode == 1
    assert "Traceback" not in process.stderr
    return process.stderr


def test_a_life(tmp_path: Path) -> None:
    """Started, used, stopped, started again: by both signals, with the same data, in little memory."""
    home, port = tmp_path / "home", free_ports()
    with ready(home, port) as embedded:
        organisation = organisation_of(embedded)
        assert (embedded.run["survey"], embedded.run["analytics"]) == (
            f"http://127.0.0.1:{port}",
            f"http://127.0.0.1:{port + 1}",
        )
        for name in ("run.json", "secrets.json"):
            assert stat.S_IMODE((home / name).stat().st_mode) == 0o600
        assert embedded.run["adminKey"] in (home / "secrets.json").read_text()
        assert embedded.run["adminKey"] in embedded.said
        processes = embedded.all_processes()
        assert proportional(processes) < 700 * MEGABYTE
        listening = {c.laddr.ip for each in processes for c in each.net_connections("inet") if c.status == "LISTEN"}
        assert listening == {"127.0.0.1"}
        assert embedded.stop(signal.SIGINT) == 0
        assert not (home / "run.json").exists()
        assert [process for process in processes if process.is_running()] == []
    with ready(home, port) as embedded:
        assert organisation_of(embedded) == organisation
        assert embedded.stop(signal.SIGTERM) == 0


@pytest.mark.proof
def test_the_second_start_takes_seconds(tmp_path: Path) -> None:
    home, port = tmp_path / "home", free_ports()
    with ready(home, port) as embedded:
        assert embedded.stop(signal.SIGTERM) == 0
    begun = time.monotonic()
    with ready(home, port):
        assert time.monotonic() - begun < 15


def test_it_survives_kills(tmp_path: Path) -> None:
    """A child that is killed comes back, with a word about it; what a killed supervisor leaves is cleared away."""
    home, port = tmp_path / "home", free_ports()
    with ready(home, port) as embedded:
        organisation = organisation_of(embedded)
        for name in ("survey", "analytics", "notification", "mails", "postgres"):
            embedded.family()[name].kill()
            deadline = time.monotonic() + 30
            while f"{name} was ended by SIGKILL" not in embedded.said:
                assert time.monotonic() < deadline, embedded.said
                time.sleep(0.05)
            embedded.wait_answers()
        assert organisation_of(embedded) == organisation
        left = embedded.all_processes()
        embedded.process.kill()
        embedded.process.wait()
    with ready(home, port) as embedded:
        assert organisation_of(embedded) == organisation
        assert [process for process in left if process.is_running()] == []


@pytest.mark.parametrize("name", ["postgres", "supervisor"])
def test_killed_between_two_starts(tmp_path: Path, name: str) -> None:
    home, port = tmp_path / "home", free_ports()
    with ready(home, port) as embedded:
        organisation = organisation_of(embedded)
        embedded.family()[name].kill()
        if name != "supervisor":
            assert embedded.stop() == 0
        embedded.process.wait()
    with ready(home, port) as embedded:
        assert organisation_of(embedded) == organisation


def test_a_taken_port_is_said(tmp_path: Path) -> None:
    port = free_ports()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port + 1))
        taken.listen()
        said = refused(tmp_path / "home", port)
    assert f"port {port + 1}, meant for analytics, cannot be used" in said
    assert "KLANKBORD_PORT" in said


def test_a_wrong_port_is_said(tmp_path: Path) -> None:
    assert "not a port" in refused(tmp_path / "home", "http")


def test_a_folder_that_cannot_be_one_is_said(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")
    assert "cannot write to the data folder" in refused(tmp_path / "home", free_ports())


def test_a_broken_data_folder_is_said(tmp_path: Path) -> None:
    home, port = tmp_path / "home", free_ports()
    with launched(home, port) as embedded:
        while not (home / "postgres" / "PG_VERSION").exists():
            assert embedded.process.poll() is None, embedded.said
            time.sleep(0.05)
        assert refused(home, port).count("in use by a Klankbord that runs already") == 1
    control = home / "postgres" / "global" / "pg_control"
    whole = control.read_bytes()
    control.write_bytes(b"broken" * 1000)
    assert "does not start" in refused(home, port)
    control.write_bytes(whole)
    (home / "postgres" / "PG_VERSION").write_text("9.6\n")
    assert "is not a PostgreSQL 18 data folder" in refused(home, port)
    (home / "secrets.json").write_text("{")
    assert "secrets.json cannot be read" in refused(home, port)
    (home / "secrets.json").unlink()
    assert "has a database but no secrets.json" in refused(home, port)
