"""A workbook's shared texts by their numbers: on disk, since there may be millions of them."""

import os
import tempfile
from types import TracebackType
from typing import Self

_KEPT = 10_000
_PLACE = 16  # bytes: where a text begins and where it ends


class SharedTexts:
    """Two files without names: the texts one after the other, and where each is. The last used are remembered."""

    def __init__(self) -> None:
        self.texts = tempfile.TemporaryFile()  # noqa: SIM115  # closed by __exit__
        self.places = tempfile.TemporaryFile()  # noqa: SIM115  # likewise
        self.count, self.end = 0, 0
        self.kept: dict[int, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.texts.close()
        self.places.close()

    def append(self, text: str) -> None:
        data = text.encode("utf-8", "surrogatepass")
        self.texts.write(data)
        self.places.write(self.end.to_bytes(8) + (self.end + len(data)).to_bytes(8))
        self.count, self.end = self.count + 1, self.end + len(data)

    def __getitem__(self, number: int) -> str:
        found = self.kept.get(number)
        if found is None:
            if not 0 <= number < self.count:
                raise IndexError(number)
            if not self.kept:
                self.texts.flush()
                self.places.flush()
            place = os.pread(self.places.fileno(), _PLACE, number * _PLACE)
            start, end = int.from_bytes(place[:8]), int.from_bytes(place[8:])
            found = os.pread(self.texts.fileno(), end - start, start).decode("utf-8", "surrogatepass")
            if len(self.kept) >= _KEPT:
                self.kept.clear()
            self.kept[number] = found
        return found
