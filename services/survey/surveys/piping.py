"""Names in texts: `{service}`, `{provider}`, `{organisation}`. Two braces are one."""

import re
from collections.abc import Iterator, Mapping

TOKEN = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
EVERYWHERE = ("organisation",)
OF_SERVICES = ("service", "provider", "organisation")


def mistakes(text: str, names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Codes and what to do."""
    for found in TOKEN.finditer(text):
        if found[0] in ("{", "}"):
            yield "loneBrace", f"has a {found[0]} on its own: write it twice, or name one of {_listed(names)}"
        elif found[1] is not None and found[1] not in names:
            here = "in sections asked for each service" if found[1] in OF_SERVICES else "here"
            reason = f"{{{found[1]}}} is there only {here}" if found[1] in OF_SERVICES else f"{found[0]} is not known"
            yield "unknownName", f"{reason}: there are {_listed(names)}; {{{{ is a brace"


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(f"{{{name}}}" for name in names)


def filled(text: str, names: Mapping[str, str]) -> str:
    """With the names put in, as somebody reads it. What is not among the names stays as it is."""
    if "{" not in text and "}" not in text:
        return text
    return TOKEN.sub(lambda found: _of(found, names), text)


def _of(found: re.Match[str], names: Mapping[str, str]) -> str:
    if found[0] in ("{{", "}}"):
        return found[0][0]
    return names.get(found[1] or "", found[0])


def partly(text: str, names: Mapping[str, str]) -> str:
    """With these names put in, and the rest, braces too, as it must be for `filled`."""
    if "{" not in text:
        return text
    return TOKEN.sub(lambda found: _escaped(names[found[1]]) if found[1] in names else found[0], text)


def _escaped(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")
