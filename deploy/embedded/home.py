"""KLANKBORD_HOME: the one folder that a run writes to."""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from deploy.embedded.trouble import Trouble

PATIENCE = 10.0  # seconds for the one before to let go of the folder


@dataclass(frozen=True)
class Home:
    path: Path

    @property
    def postgres(self) -> Path:
        return self.path / "postgres"

    @property
    def mails(self) -> Path:
        return self.path / "mails"

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def secrets(self) -> Path:
        return self.path / "secrets.json"

    @property
    def run(self) -> Path:
        return self.path / "run.json"

    @property
    def processes(self) -> Path:
        return self.path / "processes.json"


def home_path() -> Path:
    return Path(os.environ.get("KLANKBORD_HOME") or ".klankbord").expanduser().resolve()


@contextmanager
def claimed(path: Path) -> Iterator[Home]:
    """The lock is the kernel's, so that it goes with its holder, however that one ends."""
    home = Home(path)
    try:
        path.mkdir(parents=True, exist_ok=True)
        # Root starts PostgreSQL as another user, who must get through here; what is secret has a mode of its own.
        path.chmod(0o711 if os.geteuid() == 0 else 0o700)
        for folder in (home.mails, home.logs):
            folder.mkdir(mode=0o700, exist_ok=True)
        lock = (path / "lock").open("a+", encoding="utf-8")
    except OSError as error:
        raise Trouble(f"cannot write to the data folder {path}: {error.strerror}") from error
    with lock:
        if not _locked(lock):
            lock.seek(0)
            raise Trouble(f"{path} is in use by a Klankbord that runs already (process {lock.read().strip()})")
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        home.run.unlink(missing_ok=True)  # of a run that was killed: who waits for the file must not read it
        yield home


def _locked(lock: TextIO) -> bool:
    """One whose `make` was killed notices, and then needs a moment to stop."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.1)
        else:
            return True


def write_private(path: Path, value: Any) -> None:
    """Whole or not at all, and never readable by others, not even for a moment."""
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(value, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    fresh.rename(path)
