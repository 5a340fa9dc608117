"""Child processes: started so that none outlives us, watched, and stopped in order."""

import asyncio
import ctypes
import json
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from deploy.embedded.home import Home, write_private
from deploy.embedded.trouble import Trouble

PR_SET_PDEATHSIG = 1
LOG_LIMIT = 20_000_000  # bytes, after which a start sets the log aside
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass(frozen=True)
class Command:
    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str]
    stop_signal: signal.Signals = signal.SIGTERM
    patience: float = 15  # seconds between the stop signal and the kill
    user: int | None = None


@dataclass
class Child:
    command: Command
    process: asyncio.subprocess.Process
    log: Path

    def tail(self, lines: int = 15) -> str:
        return "\n".join(self.log.read_text("utf-8", "replace").splitlines()[-lines:])


def _dies_with_parent(stop: signal.Signals) -> Callable[[], None] | None:
    """Linux tells a child when its parent is gone; elsewhere `stop_leftovers` of the next start does the work."""
    if _LIBC is None:
        return None
    return lambda: _LIBC.prctl(PR_SET_PDEATHSIG, stop)


async def start(command: Command, home: Home) -> Child:
    """In a session of its own: Ctrl-C reaches us alone, and we stop the children in their order."""
    log = home.logs / f"{command.name}.log"
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_suffix(".log.1"))
    with log.open("ab") as output:
        process = await asyncio.create_subprocess_exec(
            *command.arguments,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=dict(command.environment),
            start_new_session=True,
            preexec_fn=_dies_with_parent(command.stop_signal),
            user=command.user,
            group=command.user,
            extra_groups=None if command.user is None else [],
        )
    _remember(home, command.name, process.pid)
    return Child(command, process, log)


async def run(command: Command, home: Home, seconds: float = 120) -> None:
    """Runs to its end; its output is shown only when it fails."""
    child = await start(command, home)
    try:
        async with asyncio.timeout(seconds):
            code = await child.process.wait()
    except TimeoutError:
        raise Trouble(
            f"{command.name} was not done in {seconds:.0f} s; the end of {child.log}:\n{child.tail()}"
        ) from None
    finally:
        await stop(child)
    if code != 0:
        raise Trouble(f"{command.name} failed; the end of {child.log}:\n{child.tail()}")


async def stop(child: Child) -> None:
    process = child.process
    for step in (child.command.stop_signal, signal.SIGKILL):
        if process.returncode is not None:
            return
        process.send_signal(step)
        try:
            async with asyncio.timeout(child.command.patience):
                await process.wait()
        except TimeoutError:
            continue


def how_it_ended(code: int) -> str:
    return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"


def _remember(home: Home, name: str, pid: int) -> None:
    known = [entry for entry in _remembered(home) if _alive(entry) is not None]
    with suppress(psutil.NoSuchProcess):  # ended already
        born = psutil.Process(pid).create_time()
        known.append({"name": name, "pid": pid, "started": born, "home": str(home.path.resolve())})
    write_private(home.processes, known)


def _remembered(home: Home) -> list[dict[str, float | str]]:
    try:
        entries: list[dict[str, float | str]] = json.loads(home.processes.read_text("utf-8"))
    except (OSError, ValueError):
        return []
    return [entry for entry in entries if entry.get("home") == str(home.path.resolve())]  # not of a folder copied here


def _alive(entry: dict[str, float | str]) -> psutil.Process | None:
    """A process id is given out again and again: only with its time of birth is it a name."""
    try:
        process = psutil.Process(int(entry["pid"]))
        same = abs(process.create_time() - float(entry["started"])) < 1
        return process if same and process.status() != psutil.STATUS_ZOMBIE else None
    except (psutil.Error, KeyError, ValueError):
        return None


def stop_leftovers(home: Home) -> None:
    """What a run that was killed has left: nobody else holds the folder's lock, so these have no master."""
    left = {process: entry for entry in _remembered(home) if (process := _alive(entry)) is not None}
    for process, entry in left.items():
        process.send_signal(signal.SIGINT if entry["name"] == "postgres" else signal.SIGTERM)
    _, stubborn = psutil.wait_procs(list(left), timeout=20)
    for process in stubborn:
        process.kill()
    psutil.wait_procs(stubborn, timeout=10)
    home.processes.unlink(missing_ok=True)
