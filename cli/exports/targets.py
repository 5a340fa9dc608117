"""Where an export goes: a stream that is open, a pipe or a device, or a file that is there whole or not at all."""

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from cli.failure import Failure, closed

OUTPUT, ERROR = 1, 2
STREAMS = {"-": OUTPUT, "/dev/stdout": OUTPUT, "/dev/stderr": ERROR}
NUMBERED = re.compile(r"/(?:dev|proc/self)/fd/([0-9]{1,9})")


def printed(path: Path | None) -> bool:
    """Whether it is standard output."""
    return path is None or _stream(path) == OUTPUT


@contextmanager
def target(path: Path | None) -> Iterator[IO[str]]:
    """What is exported is often about people: a file is for its owner alone."""
    if path is None or printed(path):
        if sys.stdout is None:
            raise closed("output")
        yield sys.stdout
        sys.stdout.flush()
    elif _stays(path):
        with _texts(_reached(path)) as file:
            yield file
    else:
        with _in_place_of(path) as file:
            yield file


def writable(path: Path) -> None:
    """Fails if it is not, before there is something to write."""
    if printed(path):
        if sys.stdout is None:
            raise closed("output")
    elif _stream(path) is not None:
        os.close(_reached(path))
    elif not _stays(path):
        fresh, descriptor = _begun(path)
        os.close(descriptor)
        fresh.unlink()
    elif not os.access(path, os.W_OK):  # to open and close a pipe would end it for its reader
        raise _unwritable(path, "Permission denied")


def _stream(path: Path) -> int | None:
    """Of one that is open already. Opened anew by its name it would begin where its file does, over what the command
    itself writes there; and that may be forbidden."""
    name = os.path.normpath(path).replace("//", "/")
    if numbered := NUMBERED.fullmatch(name):
        return int(numbered[1])
    return STREAMS.get(name) or next((stream for stream in (OUTPUT, ERROR) if _shows(path, stream)), None)


def _shows(path: Path, stream: int) -> bool:
    """Whether it is another name for what the stream goes to, such as a link or the shell's `/proc/$$/fd/1`."""
    try:
        return os.path.samestat(path.stat(), os.fstat(stream))
    except OSError:  # one of the two is not there
        return False


def _stays(path: Path) -> bool:
    """Whether it is there, and is no file that another could take the place of."""
    return _stream(path) is not None or (path.exists() and not path.is_file())


def _reached(path: Path) -> int:
    stream = _stream(path)
    try:
        if stream is None:
            return os.open(path, os.O_WRONLY)
        if sys.stderr is not None:
            sys.stderr.flush()
        return os.dup(stream)
    except OSError as error:
        raise _unwritable(path, error.strerror) from error


@contextmanager
def _in_place_of(path: Path) -> Iterator[IO[str]]:
    fresh, descriptor = _begun(path)
    try:
        with _texts(descriptor) as file:
            yield file
        try:
            fresh.replace(os.path.realpath(path))
        except OSError as error:
            raise _unwritable(path, error.strerror) from error
    finally:
        fresh.unlink(missing_ok=True)


def _begun(path: Path) -> tuple[Path, int]:
    """Beside the file that a link shows."""
    shown = Path(os.path.realpath(path))
    fresh = shown.with_name(f".{shown.name}.{os.getpid()}.part")
    try:
        return fresh, os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    except OSError as error:
        raise _unwritable(path, error.strerror) from error


def _texts(descriptor: int) -> IO[str]:
    return os.fdopen(descriptor, "w", encoding="utf-8", newline="")


def _unwritable(path: Path, why: str | None) -> Failure:
    return Failure(f"{path} cannot be written: {why}.", "Choose another place.")
