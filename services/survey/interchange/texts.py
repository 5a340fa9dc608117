"""Texts of other tools as the plain text that is asked here: HTML goes, and so does what a tool would fill in."""

import re
from html.parser import HTMLParser
from typing import NamedTuple

LONGEST, LONGEST_SOURCE = 5_000, 200_000  # characters
BLOCKS = frozenset({
    "address", "article", "blockquote", "br", "caption", "dd", "div", "dl", "dt", "fieldset", "footer", "form", "h1", "h2",
    "h3", "h4", "h5", "h6", "header", "hr", "li", "ol", "p", "pre", "section", "table", "tr", "ul",
})  # fmt: skip
# What a text loses when it becomes plain, in the words of the report. Emphasis and the like are counted apart.
LOST = {
    "img": "an image", "svg": "an image", "picture": "an image", "video": "a video", "audio": "sound",
    "iframe": "an embedded page", "object": "an embedded object", "embed": "an embedded object", "script": "a script",
    "a": "the address of a link", "table": "a table", "input": "an input field", "select": "an input field",
    "textarea": "an input field",
}  # fmt: skip
SILENT = frozenset({"script", "style", "head", "title"})
FORMATS = frozenset({
    "b", "strong", "i", "em", "u", "s", "font", "center", "big", "small", "sub", "sup", "span", "h1", "h2", "h3", "h4", "h5",
    "h6", "ul", "ol",
})  # fmt: skip
_SPACES = re.compile(r"[^\S\n]+")
_LINES = re.compile(r" ?\n[ \n]*")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_MARKUP = re.compile(r"</?[A-Za-z!][^>]*>|&(#\d+|#x[0-9A-Fa-f]+|\w+);")


class Plain(NamedTuple):
    """`lost`: what a reader of the original would miss. `formatted`: it had emphasis or the like."""

    text: str
    lost: frozenset[str]
    formatted: bool


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.lost: set[str] = set()
        self.formatted = False
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in SILENT:
            self.silent += 1
        if tag in BLOCKS:
            self.parts.append("\n")
        if tag == "li":
            self.parts.append("- ")
        if tag in ("td", "th"):
            self.parts.append(" ")
        if tag in LOST and not (tag == "a" and not dict(attrs).get("href")):
            self.lost.add(LOST[tag])
        if tag == "img":
            self.parts.append(f" {dict(attrs).get('alt') or ''} ")
        self.formatted = self.formatted or tag in FORMATS

    def handle_endtag(self, tag: str) -> None:
        if tag in SILENT:
            self.silent = max(0, self.silent - 1)
        if tag in BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.parts.append(data)


def plain(source: str) -> Plain:
    source = source[:LONGEST_SOURCE]
    if not _MARKUP.search(source):
        return Plain(tidy(source), frozenset(), formatted=False)
    reader = _Reader()
    reader.feed(source)
    reader.close()
    return Plain(tidy("".join(reader.parts)), frozenset(reader.lost), reader.formatted)


def tidy(text: str) -> str:
    """One space between words, one line break between lines, and no character that could not be kept."""
    text = _CONTROL.sub("", text.replace("\r", "\n"))
    return _LINES.sub("\n", _SPACES.sub(" ", text)).strip()


def braces_kept(text: str) -> str:
    """Braces are for what is filled in here; these were braces and nothing else."""
    return text.replace("{", "{{").replace("}", "}}")


def cut(text: str, longest: int = LONGEST) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip("{}") + "…"
