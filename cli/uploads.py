"""A file on its way: read a piece at a time, so that its size does not matter here."""

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal

from cli.failure import Failure, closed, usage

Format = Literal["csv", "ndjson", "xlsx"]
MEDIA_TYPES: dict[str, str] = {
    "csv": "text/csv",
    "ndjson": "application/x-ndjson",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
SUFFIXES: dict[str, Format] = {
    ".csv": "csv", ".tsv": "csv", ".txt": "csv", ".ndjson": "ndjson", ".jsonl": "ndjson", ".xlsx": "xlsx",
}  # fmt: skip
PIECE = 1 << 18


def _unseen(_sent: int) -> None:
    pass


@dataclass
class Upload:
    """`advance` hears how many bytes have gone, from zero again when it has to be sent again."""

    file: IO[bytes]
    size: int
    media_type: str
    advance: Callable[[int], None] = _unseen

    @property
    def headers(self) -> Mapping[str, str]:
        """With the length, so that a server refuses what is too large before it comes."""
        return {"Content-Type": self.media_type, "Content-Length": str(self.size)}

    def chunks(self) -> Iterator[bytes]:
        self.file.seek(0)
        sent = 0
        while piece := self.file.read(min(PIECE, self.size - sent)):
            yield piece
            sent += len(piece)
            self.advance(sent)
        if sent < self.size:
            raise Failure("The file became shorter while it was read.", "Send it again once it is complete.")


@contextmanager
def opened(path: Path, form: Format | None, encoding: str | None) -> Iterator[Upload]:
    """`-` is standard input. What can be read once only is put aside: it may have to be sent twice."""
    if path.is_dir():
        raise usage(f"{path} is a folder, not a file.")
    media_type = MEDIA_TYPES[form or _format_of(path)] + (f"; charset={encoding}" if encoding else "")
    if str(path) == "-":
        if sys.stdin is None:
            raise closed("input")
        with _aside(sys.stdin.buffer) as file:
            yield Upload(file, file.tell(), media_type)
        return
    try:
        given = path.open("rb")
    except OSError as error:
        raise usage(f"{path} cannot be read: {error.strerror}.") from error
    with given, nullcontext(given) if given.seekable() else _aside(given) as file:
        yield Upload(file, file.seek(0, 2), media_type)


@contextmanager
def _aside(given: IO[bytes]) -> Iterator[IO[bytes]]:
    """In a file without a name, read to its end."""
    with tempfile.TemporaryFile() as file:
        shutil.copyfileobj(given, file, PIECE)
        yield file


def _format_of(path: Path) -> Format:
    form = SUFFIXES.get(path.suffix.lower())
    if form is None:
        raise usage(f"What kind of file {path.name} is does not show.", "Say it: --format csv, ndjson or xlsx.")
    return form
