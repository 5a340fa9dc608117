"""What the server says when it refuses, in words that help."""

from collections.abc import Iterator
from typing import Any

import httpx

from cli.failure import Failure

# By which command those are listed that the server says it has not.
LISTED = {
    "programme": "klankbord programmes list", "import": "klankbord imports list", "API key": "klankbord keys list",
    "survey": "klankbord export surveys",
}  # fmt: skip
# What a part of an address that is no id at all was to be the id of.
IDS = {"programmeId": "a programme", "importId": "an import"}


def document(answer: httpx.Response) -> dict[str, Any] | None:
    """RFC 9457; None from whatever is not Klankbord (a proxy, another site)."""
    if not answer.headers.get("Content-Type", "").startswith("application/problem+json"):
        return None
    try:
        found = answer.json()
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def failure(answer: httpx.Response) -> Failure:
    if answer.is_redirect:
        return Failure(f"{answer.url} has moved to {answer.headers.get('Location')}.", "Log in with that address.")
    problem = document(answer)
    if problem is None:
        kind = answer.headers.get("Content-Type", "no content type")
        return Failure(
            f"{answer.url} answered {answer.status_code} ({kind}), not as Klankbord does.", "Check the address."
        )
    wrong = [str(error.get("parameter")) for error in _errors(problem)]
    if len(wrong) == 1 and wrong[0] in IDS:
        what = IDS[wrong[0]]
        return Failure(f"That is no id of {what}.", _listed(what.partition(" ")[2]))
    lines = [f"{problem.get('detail')} ({problem.get('code')})", *_places(problem)]
    return Failure("\n".join(lines), _next(answer.status_code, str(problem.get("detail"))))


def _errors(problem: dict[str, Any]) -> list[dict[str, Any]]:
    """Those that are what they should be: an older or newer server may have others."""
    found = problem.get("errors")
    return [error for error in found if isinstance(error, dict)] if isinstance(found, list) else []


def _places(problem: dict[str, Any]) -> Iterator[str]:
    for error in _errors(problem):
        place = error.get("parameter") or error.get("pointer") or "body"
        yield f"  {place}: {error.get('detail')} ({error.get('code')})"


def _next(status: int, detail: str) -> str | None:
    if status == 404:
        return next((_listed(what) for what in LISTED if detail == f"There is no such {what}."), None)
    if status == 401:
        return "Ask an administrator for a new key, then `klankbord login`."
    if status == 403:
        return "An administrator makes a key with that role: `klankbord keys make --help`."
    if status == 412:
        return "Somebody else changed it at the same time: try again."
    if status == 413:
        return "Cut the file into several, or ask who runs the server to raise its limit."
    if status >= 500:
        return "Try again later; if it stays, tell who runs the server."
    return None


def _listed(what: str) -> str:
    return f"Those that there are: `{LISTED[what]}`."
