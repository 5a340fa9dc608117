"""Routes that keep the conventions which FastAPI does not know: unknown query keys are refused, answers to an
`Idempotency-Key` are kept."""

import re
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import BaseModel

from services.shared import idempotency
from services.shared.problems import FieldError, Problem, invalid

_JSON = re.compile(r"application/(?:[\w.-]+\+)?json")


class Route(APIRoute):
    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        known = query_keys(self.dependant)

        async def handler(request: Request) -> Response:
            unknown = [key for key in request.query_params if key not in known]
            if unknown:
                raise invalid([FieldError(parameter=key, code="unknownParameter", detail=f"{key} is not known here")
                               for key in sorted(set(unknown))])  # fmt: skip
            if self.body_field is not None:
                refuse_other_media(request)
            try:
                response = await handle(request)
                await idempotency.keep(request, response)
            except idempotency.Repeated as repeated:
                return repeated.response
            return response

        return handler


def refuse_other_media(request: Request) -> None:
    """Of a body that is there. FastAPI would call it a body of a wrong type."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    empty = request.headers.get("content-length", "0") == "0" and "transfer-encoding" not in request.headers
    if not (_JSON.fullmatch(media_type) or (empty and not media_type)):
        raise Problem(415, "unsupportedMediaType", "Send the body as JSON, and say so in Content-Type.")
    refuse_encodings(request)


def refuse_encodings(request: Request) -> None:
    """Compressed bodies: read as they are they would be nonsense, and to unfold them is to be bombed."""
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Problem(415, "unsupportedMediaType", "Send the body without Content-Encoding.")


def query_keys(dependant: Dependant) -> set[str]:
    """The names of all query parameters of a route, those of its dependencies and of parameter models included."""
    keys: set[str] = set()
    for field in dependant.query_params:
        annotation = field.field_info.annotation
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            keys |= {info.alias or name for name, info in annotation.model_fields.items()}
        else:
            keys.add(field.alias)
    return keys.union(*(query_keys(below) for below in dependant.dependencies))


class Router(APIRouter):
    """Under `/v1`. Every operation's id is its function's name."""

    def __init__(self, *, tag: str, prefix: str = "/v1") -> None:
        super().__init__(
            prefix=prefix, tags=[tag], route_class=Route, generate_unique_id_function=operation_id,
            redirect_slashes=False,
        )  # fmt: skip


def operation_id(route: APIRoute) -> str:
    head, *rest = route.name.split("_")
    return head + "".join(part.capitalize() for part in rest)
