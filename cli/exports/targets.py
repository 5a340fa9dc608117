"""Where an export goes: standard output, or a file that is there whole or not at all."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from cli.failure import Failure, closed


@contextmanager
def target(path: Path | None) -> Iterator[IO[str]]:
    """None and `-` are standard output. What is exported is often about people: the file is for its owner alone."""
    if path is None or str(path) == "-":
        if sys.stdout is None:
            raise closed("output")
        yield sys.stdout
        sys.stdout.flush()
        return
    fresh, descriptor = _begun(path)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            yield file
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def writable(path: Path) -> None:
    """Fails if it is not, before there is something to write."""
    if str(path) != "-":
        fresh, descriptor = _begun(path)
        os.close(descriptor)
        fresh.unlink()


def _begun(path: Path) -> tuple[Path, int]:
    fresh = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        return fresh, os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    except OSError as error:
        raise Failure(f"{path} cannot be written: {error.strerror}.", "Choose another place.") from error
