"""Which headers an answer has, told by the kind of its route: for the document. A test holds it against real answers."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fastapi.routing import RouteContext, iter_route_contexts
from starlette.routing import BaseRoute

from services.shared.pages import Page

Document = dict[str, Any]
HEADERS: Mapping[str, Document] = {
    "API-Version": {"description": "The full version of the API", "schema": {"type": "string"}},
    "ETag": {"description": "The version of what is answered", "schema": {"type": "string"}, "example": '"1"'},
    "Link": {
        "description": 'Where the next page is, with `rel="next"`; not there on the last', "schema": {"type": "string"},
    },
    "Location": {
        "description": "Where what was made is to be read", "schema": {"type": "string", "format": "uri-reference"},
    },
    "RateLimit": {
        "description": "How many requests are left, and seconds until there are more", "schema": {"type": "string"},
        "example": '"default";r=599;t=60',
    },
    "RateLimit-Policy": {
        "description": "How many requests are allowed in how many seconds", "schema": {"type": "string"},
        "example": '"default";q=600;w=60',
    },
    "Retry-After": {"description": "Seconds to wait", "schema": {"type": "integer"}},
}  # fmt: skip
LIMITS = ("RateLimit", "RateLimit-Policy")
UNLIMITED = (413, 500)  # answered before the limits are looked at, or in spite of them


def by_operation(routes: Sequence[BaseRoute]) -> dict[tuple[str, str], RouteContext]:
    return {
        (str(route.path).removeprefix("/v1"), method.lower()): route
        for route in iter_route_contexts(routes)
        for method in route.methods or ()
    }


def sent_by(route: RouteContext, status: int) -> Iterator[str]:
    """An operation that asks for its `Response` sends an ETag, but for what it only queues (202 of a collection); the
    pages of a list ask for it themselves."""
    yield from ("API-Version", *LIMITS)
    queued = status == 202 and "{" not in str(route.path)
    if route.dependant.response_param_name and not queued:
        yield "ETag"
    if queued or status == 201:
        yield "Location"
    if isinstance(route.response_model, type) and issubclass(route.response_model, Page):
        yield "Link"


def sent_with(status: int) -> Iterator[str]:
    """With a problem."""
    yield "API-Version"
    if status not in UNLIMITED:
        yield from LIMITS
    if status in (429, 503):
        yield "Retry-After"


def declared(*names: str) -> Document:
    return {name: {"$ref": f"#/components/headers/{component(name)}"} for name in names}


def component(header: str) -> str:
    return header.replace("-", "").replace("API", "Api")
