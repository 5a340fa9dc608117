"""Where an export goes: standard output, a pipe or a device, or a file that is there whole or not at all."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from cli.failure import Failure, closed


def printed(path: Path | None) -> bool:
    """Whether it is standard output. To open that by its name may be forbidden, or begin anew what is in its file."""
    return path is None or str(path) in ("-", "/dev/stdout")


@contextmanager
def target(path: Path | None) -> Iterator[IO[str]]:
    """What is exported is often about people: a file is for its owner alone."""
    if path is None or printed(path):
        if sys.stdout is None:
            raise closed("output")
        yield sys.stdout
        sys.stdout.flush()
        return
    if _stays(path):
        with _texts(_opened(path, os.O_APPEND, path)) as file:
            yield file
        return
    path = Path(os.path.realpath(path))
    fresh, descriptor = _begun(path)
    try:
        with _texts(descriptor) as file:
            yield file
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def writable(path: Path) -> None:
    """Fails if it is not, before there is something to write."""
    if printed(path):
        if sys.stdout is None:
            raise closed("output")
    elif not _stays(path):
        fresh, descriptor = _begun(Path(os.path.realpath(path)))
        os.close(descriptor)
        fresh.unlink()
    elif not os.access(path, os.W_OK):  # to open and close a pipe would end it for its reader
        raise _unwritable(path, "Permission denied")


def _stays(path: Path) -> bool:
    """Whether it is there and is written into: no file, or one that the system has open already (`/dev/stderr`)."""
    if not path.is_file():
        return path.exists()
    return path.is_symlink() and path.parent.resolve().parts[1:2] in (("dev",), ("proc",))


def _begun(path: Path) -> tuple[Path, int]:
    fresh = path.with_name(f".{path.name}.{os.getpid()}.part")
    return fresh, _opened(fresh, os.O_CREAT | os.O_TRUNC, path)


def _opened(path: Path, how: int, meant: Path) -> int:
    try:
        return os.open(path, os.O_WRONLY | how, 0o600)
    except OSError as error:
        raise _unwritable(meant, error.strerror) from error


def _texts(descriptor: int) -> IO[str]:
    return os.fdopen(descriptor, "w", encoding="utf-8", newline="")


def _unwritable(path: Path, why: str | None) -> Failure:
    return Failure(f"{path} cannot be written: {why}.", "Choose another place.")
