"""From bytes to text. A file in UTF-8 with a few broken bytes stays UTF-8; one without any UTF-8 is Windows-1252."""

import codecs
import re
from dataclasses import dataclass, field

from services.survey.imports.refusals import Unusable

_BROKEN = re.compile("[\udc80-\udcff]")


@dataclass(frozen=True)
class Decoded:
    """A byte that could not be read stands in `text` as a lone surrogate; `broken` has the positions of these bytes,
    counted from 1, in the same order."""

    text: str
    encoding: str
    broken: list[int] = field(default_factory=list)


def decode(data: bytes, charset: str | None = None) -> Decoded:
    if data.startswith(codecs.BOM_UTF8):
        return _leniently(data, "utf-8-sig", start=len(codecs.BOM_UTF8))
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _strictly(data, "utf-16")
    if charset is not None:
        return _as_told(data, charset)
    try:
        return Decoded(data.decode(), "utf-8")
    except UnicodeDecodeError:
        utf8 = _leniently(data, "utf-8")
    valid = sum(1 for character in utf8.text if character > "\x7f" and not "\udc80" <= character <= "\udcff")
    return utf8 if valid >= len(utf8.broken) else _leniently(data, "cp1252")


def _as_told(data: bytes, charset: str) -> Decoded:
    """Python has codecs that are no character sets, such as base64: these do not encode a text."""
    try:
        "a".encode(charset)
    except (LookupError, TypeError, ValueError):
        raise Unusable("unknownCharset", f"{charset[:40]} is not a character set known here.") from None
    return _leniently(data, codecs.lookup(charset).name)


def _strictly(data: bytes, encoding: str) -> Decoded:
    try:
        return Decoded(data.decode(encoding), encoding)
    except UnicodeError as error:
        where = f" at byte {error.start + 1}" if isinstance(error, UnicodeDecodeError) else ""
        raise Unusable("unreadableText", f"The file cannot be read as {encoding}{where}.") from None


def _leniently(data: bytes, encoding: str, start: int = 0) -> Decoded:
    """Python's `surrogateescape` gives each unreadable byte its own surrogate."""
    try:
        text = data.decode(encoding, "surrogateescape")
    except (UnicodeError, ValueError):
        raise Unusable("unreadableText", f"The file cannot be read as {encoding}.") from None
    if not _BROKEN.search(text):
        return Decoded(text, encoding)
    encoder = codecs.getincrementalencoder(encoding.removesuffix("-sig").replace("_", "-"))("surrogateescape")
    broken, position, taken = [], start, 0
    for found in _BROKEN.finditer(text):
        position += len(encoder.encode(text[taken : found.start()])) + 1
        taken = found.end()
        broken.append(position)
    return Decoded(text, encoding, broken)


def count_broken(text: str) -> int:
    return len(_BROKEN.findall(text))
