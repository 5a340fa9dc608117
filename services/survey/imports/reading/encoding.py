"""From bytes to text, piece by piece. A file in UTF-8 with a few broken bytes stays UTF-8: these are refused, and said,
while every byte is a letter of Windows-1252, which is what a file with next to no UTF-8 is."""

import codecs
import re
from collections import deque
from collections.abc import Iterator

from services.survey.imports.reading.source import Source
from services.survey.imports.refusals import Unusable

ACCIDENT = 20  # of so many letters of Windows-1252 one may, with the next, look like UTF-8
_BROKEN = re.compile("[\udc80-\udcff]")
_BEYOND_ASCII = re.compile("[\x80-\ud7ff\ue000-\U0010ffff]")
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class Text:
    """Goes through the file once. A byte that could not be read stands in the text as a lone surrogate; `broken` has the
    positions of these bytes, counted from 1, in the same order, for what was given out and not taken yet."""

    def __init__(self, source: Source, charset: str | None = None) -> None:
        self.source = source
        self.broken: deque[int] = deque()
        first = source.piece(0)[:3] if source.count else b""
        self.skipped = len(codecs.BOM_UTF8) if first.startswith(codecs.BOM_UTF8) else 0
        if self.skipped:
            self.encoding = "utf-8"
        elif first.startswith(_UTF16):
            self.encoding = "utf-16"
        else:
            self.encoding = _guessed(source) if charset is None else _known(charset)

    def __iter__(self) -> Iterator[str]:
        """UTF-16 is read strictly: what follows a lost byte would be nonsense."""
        errors = "strict" if self.encoding == "utf-16" else "surrogateescape"
        decoder = codecs.getincrementaldecoder(self.encoding)(errors)
        position, held, skip = 0, 0, self.skipped
        try:
            for piece in self.source:
                held = len(decoder.getstate()[0])
                text = decoder.decode(piece[skip:])
                self._note(text, position + skip - held)
                position, skip = position + len(piece), 0
                yield text
            held = len(decoder.getstate()[0])
            text = decoder.decode(b"", final=True)
            self._note(text, position - held)
            yield text
        except (UnicodeError, ValueError) as error:
            where = f" at byte {position - held + error.start + 1}" if isinstance(error, UnicodeDecodeError) else ""
            raise Unusable("unreadableText", f"The file cannot be read as {self.encoding}{where}.") from None

    def _note(self, text: str, position: int) -> None:
        """`position` is that of the text's first byte. Python's `surrogateescape` gives each unreadable byte its own."""
        if text.isascii() or not _BROKEN.search(text):
            return
        encoder = codecs.getincrementalencoder(self.encoding)("surrogateescape")
        taken = 0
        for found in _BROKEN.finditer(text):
            position += len(encoder.encode(text[taken : found.start()])) + 1
            taken = found.end()
            self.broken.append(position)


def _known(charset: str) -> str:
    """Python has codecs that are no character sets, such as base64: these do not encode a text."""
    try:
        "a".encode(charset)
    except (LookupError, TypeError, ValueError):
        raise Unusable("unknownCharset", f"{charset[:40]} is not a character set known here.") from None
    return codecs.lookup(charset).name


def _guessed(source: Source) -> str:
    """Goes through the whole file, since the first letter that is not ASCII may be the last."""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    valid = broken = 0
    for piece in source:
        text = decoder.decode(piece)
        if not text.isascii():
            broken += len(_BROKEN.findall(text))
            valid += len(_BEYOND_ASCII.findall(text))
    broken += len(decoder.decode(b"", final=True))
    return "utf-8" if valid * ACCIDENT >= broken else "cp1252"


def count_broken(text: str) -> int:
    return 0 if text.isascii() else len(_BROKEN.findall(text))
