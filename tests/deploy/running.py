"""An embedded system as a child process of a test, on ports and in a folder of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil

ROOT = Path(__file__).parents[2]
SERVICES = ("survey", "analytics", "notification")


def free_ports() -> int:
    """The first of three free ports in a row, below those that the kernel gives to anybody who asks for one."""
    for first in range(20_000 + os.getpid() % 9_000, 32_000, 3):
        try:
            for port in range(first, first + 3):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        return first
    raise AssertionError("no free ports")


def environment(home: Path, port: int) -> dict[str, str]:
    return {**os.environ, "KLANKBORD_HOME": str(home), "KLANKBORD_PORT": str(port)}


@dataclass
class Embedded:
    process: "subprocess.Popen[str]"
    home: Path
    output: Path
    stale: int = 0  # when the run.json was written that an earlier run left

    @property
    def run(self) -> dict[str, Any]:
        run: dict[str, Any] = json.loads((self.home / "run.json").read_text())
        return run

    @property
    def said(self) -> str:
        return self.output.read_text()

    def family(self) -> dict[str, psutil.Process]:
        """By name, the workers of the database left out."""
        supervisor = psutil.Process(self.process.pid)
        names = {entry["name"]: entry["pid"] for entry in json.loads((self.home / "processes.json").read_text())}
        children = {name: psutil.Process(pid) for name, pid in names.items() if psutil.pid_exists(pid)}
        return {"supervisor": supervisor, **children}

    def all_processes(self) -> list[psutil.Process]:
        supervisor = psutil.Process(self.process.pid)
        return [supervisor, *supervisor.children(recursive=True)]

    def wait_ready(self, seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while _written(self.home) in (0, self.stale):
            assert self.process.poll() is None, self.said
            assert time.monotonic() < deadline, self.said
            time.sleep(0.05)

    def answers(self) -> bool:
        try:
            return all(httpx.get(f"{self.run[name]}/readyz", timeout=5).status_code == 200 for name in SERVICES)
        except (httpx.TransportError, OSError):
            return False

    def wait_answers(self, seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while not self.answers():
            assert time.monotonic() < deadline, self.said
            time.sleep(0.1)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(how)
        return self.process.wait(60)


def _written(home: Path) -> int:
    try:
        return (home / "run.json").stat().st_mtime_ns
    except FileNotFoundError:
        return 0


@contextmanager
def launched(home: Path, port: int) -> Iterator[Embedded]:
    home.parent.mkdir(parents=True, exist_ok=True)
    output, stale = home.parent / f"{home.name}.output", _written(home)
    with output.open("w") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "deploy.embedded"],
            cwd=ROOT, env=environment(home, port), stdout=file, stderr=file, text=True,
        )  # fmt: skip
    embedded = Embedded(process, home, output, stale)
    try:
        yield embedded
    finally:
        if process.poll() is None:
            embedded.stop()


@contextmanager
def ready(home: Path, port: int) -> Iterator[Embedded]:
    with launched(home, port) as embedded:
        embedded.wait_ready()
        yield embedded
