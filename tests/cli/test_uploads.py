"""Large files pass through."""

import io
import os
import threading
import tracemalloc
from pathlib import Path

import pytest

from cli.failure import Failure
from cli.uploads import Upload, opened
from tests.cli.calling import Shell
from tests.cli.scripted import Scripted
from tests.cli.test_contract import importing
from tests.survey.imports.pushing import UNITS

SIZE = 60_000_000


class Counting(io.RawIOBase):
    """A file that is nowhere. Counts what is read of it."""

    def __init__(self) -> None:
        self.place = self.read_so_far = 0

    def seek(self, offset: int, whence: int = 0, /) -> int:
        self.place = offset
        return offset

    def read(self, size: int = -1, /) -> bytes:
        assert size >= 0
        piece = bytes(min(size, SIZE - self.place))
        self.place += len(piece)
        self.read_so_far += len(piece)
        return piece


def test_a_file_is_read_once_and_in_pieces() -> None:
    file = Counting()
    upload = Upload(file, SIZE, "text/csv")  # type: ignore[arg-type]  # it needs no more of a file
    tracemalloc.start()
    sent = sum(len(piece) for piece in upload.chunks())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sent == file.read_so_far == SIZE
    assert peak < 2_000_000


def test_a_file_that_grows_is_sent_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "units.csv"
    path.write_bytes(b"x" * 1000)
    with opened(path, None, None) as upload:
        with path.open("ab") as more:
            more.write(b"y" * 1000)
        assert b"".join(upload.chunks()) == b"x" * 1000
        assert b"".join(upload.chunks()) == b"x" * 1000  # again


def test_a_file_that_shrinks_is_not_taken_for_whole(tmp_path: Path) -> None:
    path = tmp_path / "units.csv"
    path.write_bytes(b"x" * 1000)
    with opened(path, None, None) as upload:
        path.write_bytes(b"x")
        with pytest.raises(Failure, match="shorter"):
            list(upload.chunks())


@pytest.mark.parametrize(
    ("name", "media_type"),
    [("a.CSV", "text/csv"), ("a.txt", "text/csv"), ("a.jsonl", "application/x-ndjson"),
     ("a.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")],
)  # fmt: skip
def test_the_name_says_what_it_is(tmp_path: Path, name: str, media_type: str) -> None:
    (tmp_path / name).write_bytes(b"")
    with opened(tmp_path / name, None, None) as upload:
        assert upload.headers["Content-Type"] == media_type


def test_a_pipe_can_be_imported(shell: Shell, scripted: Scripted, tmp_path: Path) -> None:
    importing(scripted, tmp_path)
    pipe = tmp_path / "units.csv"
    os.mkfifo(pipe)
    writing = threading.Thread(target=pipe.write_text, args=(UNITS,))
    writing.start()
    assert shell.run("import", pipe, "--kind", "units").code == 0
    writing.join()
    (sent,) = scripted.calls("POST", "/v1/imports")
    assert sent.body == UNITS.encode()
