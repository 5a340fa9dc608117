"""Which language somebody reads, and what is there in it."""

from collections.abc import Mapping, Sequence
from typing import Any

PLAIN = "en"  # what is said in where nothing else fits


def preferred(accept_language: str | None, offered: Sequence[str], default: str | None = None) -> str:
    """The best of `offered` by an Accept-Language header (RFC 9110, 12.5.4); `default` if it names none of them, and
    the first offered if that is not there either. Never fails: a header that makes no sense asks for nothing."""
    for wish in [*_wishes(accept_language or ""), default or ""]:
        for language in offered:
            if language.lower() == wish:
                return language
        for language in offered:
            if wish and language.lower().partition("-")[0] == wish.partition("-")[0]:
                return language
    return offered[0]


def _wishes(header: str) -> list[str]:
    """The tags it names, best first."""
    weighed = []
    for part in header[:1_000].split(","):
        tag, _, parameter = part.partition(";")
        name, _, weight = parameter.partition("=")
        quality = 1.0
        if name.strip().lower() == "q":
            try:
                quality = float(weight)
            except ValueError:
                quality = 0.0
        if tag.strip() not in ("", "*") and quality > 0:
            weighed.append((quality, tag.strip().lower()))
    return [tag for _, tag in sorted(weighed, key=lambda wish: -wish[0])]


def in_language(text: Mapping[str, Any], language: str) -> Any:
    """The text in this language, else in a near one, else in whichever there is."""
    if language in text:
        return text[language]
    near = (text[tag] for tag in text if tag.partition("-")[0] == language.partition("-")[0])
    return next(near, None) or text.get(PLAIN) or next(iter(text.values()), "")
