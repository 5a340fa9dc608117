"""A pushed file in pieces, as they are stored: never whole in memory."""

import io
from collections.abc import Callable, Iterator

Pieces = Callable[[int], bytes]


class Source:
    """`piece` gives one by its number, and may wait for the database: it is called in a thread. Can be gone through more
    than once; `share` says how far the present time is."""

    def __init__(self, count: int, piece: Pieces) -> None:
        self.count, self.piece = count, piece
        self.at = 0

    def __iter__(self) -> Iterator[bytes]:
        for number in range(self.count):
            self.at = number
            yield self.piece(number)
        self.at = self.count

    @property
    def share(self) -> float:
        return self.at / max(1, self.count)


class Seekable(io.RawIOBase):
    """The same for those who jump about in it, as a ZIP archive makes them. All pieces but the last are of one size."""

    def __init__(self, source: Source) -> None:
        self.source, self.place = source, 0
        self.held, self.number = (source.piece(0), 0) if source.count else (b"", 0)
        self.piece_size = max(1, len(self.held))
        last = source.piece(source.count - 1) if source.count else b""
        self.size = self.piece_size * max(0, source.count - 1) + len(last)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.place

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self.place, io.SEEK_END: self.size}[whence]
        self.place = max(0, base + offset)
        return self.place

    def read(self, size: int | None = -1) -> bytes:
        wanted = self.size - self.place if size is None or size < 0 else size
        taken = []
        while wanted > 0 and self.place < self.size:
            number, start = divmod(self.place, self.piece_size)
            if number != self.number:
                self.held, self.number = self.source.piece(number), number
                self.source.at = number
            found = self.held[start : start + wanted]
            taken.append(found)
            self.place += len(found)
            wanted -= len(found)
        return b"".join(taken)

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # the stub's wider protocol
        found = self.read(len(buffer))
        buffer[: len(found)] = found
        return len(found)
