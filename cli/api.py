"""A caller of the public API that waits when it is told to, and asks again when the connection broke: every request here
may be repeated, because a POST carries an Idempotency-Key and the rest is harmless twice."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import sleep
from typing import Any
from uuid import uuid4

import httpx

from cli import problems
from cli.failure import Failure, usage
from cli.shapes import OBJECT, Shape, fits, items_of
from cli.uploads import Upload

TRIES = 6
LONGEST_WAIT = 120.0  # seconds at the most that a server may ask for
HOPELESS = (httpx.LocalProtocolError, httpx.UnsupportedProtocol)
PASSING = (429, 502, 503, 504)
TIMEOUT = httpx.Timeout(60, connect=10)
WORKING = httpx.Timeout(60, connect=10, read=300)  # a large file is stored, or a wave drawn, before it is answered
HUNG = 2  # times: a server that took a request and says nothing for so long twice hardly does so the next time

Query = Mapping[str, Any]


def new_client() -> httpx.Client:
    return httpx.Client(timeout=TIMEOUT, headers={"User-Agent": "klankbord"})


def _nothing(_: Any) -> None:
    pass


@dataclass(frozen=True)
class Api:
    """One service; `base` is without `/v1`. `say` hears why nothing happens for a while."""

    client: httpx.Client
    base: str
    key: str = field(repr=False)
    say: Callable[[str], None] = _nothing

    def get(self, path: str, shape: Shape, query: Query | None = None) -> dict[str, Any]:
        return _read(self.call("GET", path, query=query), shape)

    def post(self, path: str, shape: Shape, body: Any = None, *, idempotency_key: str | None = None) -> dict[str, Any]:
        return _read(self.call("POST", path, body=body, idempotency_key=idempotency_key), shape)

    def upload(
        self, path: str, shape: Shape, query: Query, upload: Upload, *, idempotency_key: str | None = None
    ) -> dict[str, Any]:
        return _read(self.call("POST", path, query=query, upload=upload, idempotency_key=idempotency_key), shape)

    def page(self, path: str, shape: Shape, query: Query) -> list[dict[str, Any]]:
        """The first of a list."""
        found: list[dict[str, Any]] = self.get(path, items_of(shape), query)["items"]
        return found

    def items(self, path: str, shape: Shape = OBJECT, query: Query | None = None) -> Iterator[dict[str, Any]]:
        """Every item of a list, page after page, one page in memory."""
        cursor: dict[str, str] = {}
        while True:
            found = self.get(path, items_of(shape), {"limit": 200, **(query or {}), **cursor})
            yield from found["items"]
            if not found.get("nextCursor"):
                return
            cursor = {"cursor": found["nextCursor"]}

    def delete(self, path: str) -> None:
        """With the ETag of what is there now. That it is gone at a second try means that the first arrived."""
        tag = self.call("GET", path).headers.get("ETag", "*")
        answer, tries = self._send("DELETE", path, {"If-Match": tag})
        if not (answer.is_success or (answer.status_code == 404 and tries > 1)):
            raise self._refusal("DELETE", path, answer)

    def call(
        self,
        method: str,
        path: str,
        *,
        query: Query | None = None,
        body: Any = None,
        upload: Upload | None = None,
        idempotency_key: str | None = None,
    ) -> httpx.Response:
        headers = {"Idempotency-Key": idempotency_key or str(uuid4())} if method == "POST" else {}
        answer, _ = self._send(method, path, headers, query=query, body=body, upload=upload)
        if answer.is_success:
            return answer
        raise self._refusal(method, path, answer)

    def _send(
        self,
        method: str,
        path: str,
        headers: dict[str, str],
        *,
        query: Query | None = None,
        body: Any = None,
        upload: Upload | None = None,
    ) -> tuple[httpx.Response, int]:
        """The answer, and at which try it came."""
        headers = {**headers, "Authorization": f"Bearer {self.key}", **(upload.headers if upload else {})}
        _check(headers)
        given: dict[str, Any] = {"timeout": WORKING if method == "POST" else TIMEOUT}
        if body is not None:
            given["json"] = body
        hung = 0
        for number in range(1, TRIES + 1):
            if upload is not None:
                given["content"] = upload.chunks()
            try:
                answer = self.client.request(method, f"{self.base}/v1{path}", params=query, headers=headers, **given)
            except (httpx.TransportError, httpx.InvalidURL) as error:
                hung += isinstance(error, httpx.ReadTimeout)
                if number == TRIES or isinstance(error, HOPELESS) or hung == HUNG:
                    raise self._broken(error, headers) from error
                if hung and method != "GET":  # it may be at work, and would begin anew
                    given["timeout"] = WORKING
                why = f"no answer from {self.base} ({type(error).__name__})"
                self._wait(0.5 * 2 ** (number - 1), why, given["timeout"].read if hung else None)
                continue
            except httpx.DecodingError as error:  # as it would be the next time
                raise self._broken(error, headers) from error
            if answer.status_code not in PASSING or number == TRIES:
                return answer, number
            self._wait(_asked(answer, number), f"the server answers {answer.status_code}")
        raise AssertionError

    def _wait(self, seconds: float, why: str, longest: float | None = None) -> None:
        """`longest`: how long the next try may take."""
        when = f" in {seconds:.0f} s" if seconds >= 1 else ""
        self.say(f"{why}; trying again{when}" + (f", for {longest:.0f} s at most" if longest else ""))
        sleep(seconds)

    def _broken(self, error: Exception, headers: Mapping[str, str]) -> Failure:
        then = "Check the address and the connection, then try again."
        if key := headers.get("Idempotency-Key"):
            then = f"It may have arrived or not. Repeat it with --idempotency-key {key}: it is done once."
        what = "sends what cannot be read" if isinstance(error, httpx.DecodingError) else "does not answer"
        return Failure(f"{self.base} {what}: {type(error).__name__}: {error}", then)

    def _refusal(self, method: str, path: str, answer: httpx.Response) -> Failure:
        """A 404 may say that the thing is not there, or that this server knows no such thing."""
        if answer.status_code not in (404, 405) or self._offers(method, path) is not False:
            return problems.failure(answer)
        return Failure(
            f"The Klankbord at {self.base} does not offer {method} /v1{path}: it is older than this command, or"
            " another service.",
            f"Update the server, or check the address. What it offers is at {self.base}/docs",
        )

    def _offers(self, method: str, path: str) -> bool | None:
        """Its own document tells; None if it shows none."""
        try:
            answer = self.client.get(f"{self.base}/v1/openapi.json")
            paths = answer.json()["paths"] if answer.is_success else None
        except (httpx.HTTPError, ValueError, KeyError, TypeError):
            return None
        if not isinstance(paths, dict) or not all(isinstance(methods, dict) for methods in paths.values()):
            return None
        return any(_fits(template, path) and method.lower() in methods for template, methods in paths.items())


def _check(headers: Mapping[str, str]) -> None:
    """A key copied with what stood around it, or a name with an accent, is no header."""
    for name, value in headers.items():
        if not (value.isascii() and value.isprintable()):
            what = "The key" if name == "Authorization" else name
            raise usage(f"{what} has a sign that cannot be sent.", "It holds plain letters, digits and signs only.")


def _fits(template: str, path: str) -> bool:
    parts = re.split(r"(\{[^{}]*\})", template)
    return (
        re.fullmatch("".join("[^/]+" if part.startswith("{") else re.escape(part) for part in parts), path) is not None
    )


def _read(answer: httpx.Response, shape: Shape) -> dict[str, Any]:
    try:
        found = answer.json()
    except (ValueError, RecursionError) as error:
        raise problems.failure(answer) from error
    if not fits(found, shape):
        raise Failure(f"{answer.url} does not answer as Klankbord does.", "Check the address.")
    made: dict[str, Any] = found
    return made


def _asked(answer: httpx.Response, number: int) -> float:
    """`Retry-After`, in seconds or as a date; without it longer each time."""
    asked = answer.headers.get("Retry-After", "")
    if asked.isdecimal():
        return min(float(asked), LONGEST_WAIT)
    try:
        seconds = (parsedate_to_datetime(asked) - datetime.now(UTC)).total_seconds()
    except (TypeError, ValueError):
        seconds = 2.0 ** (number - 1)
    return min(max(seconds, 0), LONGEST_WAIT)
