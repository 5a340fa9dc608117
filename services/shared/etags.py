"""ETags from a row's version, and the If-Match that every change of a single resource needs."""

from typing import Annotated

from fastapi import Depends, Header, Request, Response

from services.shared.problems import Problem

Documented = Annotated[
    str | None,
    Header(alias="If-Match", description="The ETag of what is to be changed, or `*`", examples=['"1"']),
]


def _if_match(request: Request, _documented: Documented = None) -> str | None:
    """A list may come in several lines, of which FastAPI gives the first only."""
    return ", ".join(request.headers.getlist("if-match")) or None


IfMatch = Annotated[str | None, Depends(_if_match)]


def etag(version: int) -> str:
    return f'"{version}"'


def set_etag(response: Response, version: int) -> None:
    response.headers["ETag"] = etag(version)


def require_match(if_match: str | None, version: int) -> None:
    """428 without If-Match, 412 when somebody else changed the resource meanwhile."""
    if if_match is None:
        raise Problem(428, "preconditionRequired", "Send the ETag of your copy as If-Match, so that no change is lost.")
    given = {tag.strip().removeprefix("W/") for tag in if_match.split(",")}
    if "*" not in given and etag(version) not in given:
        raise Problem(412, "preconditionFailed", "This was changed since you read it; read it again.")
