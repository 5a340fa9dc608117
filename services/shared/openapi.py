"""The document that the code makes, brought to the conventions that FastAPI does not know: paths after the base path,
errors as problem documents on every operation, the headers of every answer, one way to say null."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

import yaml
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import RouteContext
from pydantic.json_schema import models_json_schema

from services.shared.examples import add_examples
from services.shared.headers import HEADERS, by_operation, component, declared, sent_by, sent_with
from services.shared.naming import name_well
from services.shared.problems import CODES, ProblemDocument

Document = dict[str, Any]
METHODS = ("get", "put", "post", "patch", "delete")
PROBLEM = "application/problem+json"
ALWAYS = (400, 401, 403, 404, 405, 406, 413, 415, 429, 500, 503)
TITLES = {
    400: "The request is not valid", 401: "No valid credential", 403: "The role may not do this",
    404: "There is no such thing, or the caller may not see it", 405: "The method is not for this address",
    406: "None of the media types asked for can be made", 409: "The state of things refuses it",
    410: "It is over", 412: "The ETag is not the current one", 413: "The body is too large",
    415: "The body's media type is not for this operation", 422: "The Idempotency-Key was used for another request",
    428: "If-Match is missing", 429: "Too many requests", 500: "An error of ours", 503: "Not available for now",
}  # fmt: skip

REFUSED = (
    " What a schema cannot say has these codes at `errors`, beside those that an operation names: `unknownParameter`,"
    " `missing` (a patch leaves a part incomplete), `unreadable` (no JSON), `length` (of an Idempotency-Key),"
    " `notSortable`, `notABoolean`, `notAMoneyAmount`, `invalidCursor`, `unknownReference` (it names nothing here),"
    " `notAReference`, `unstorableText` (NUL or half a surrogate pair), `blank` (nothing but spaces),"
    " `notADate`, `notAnInstant`, `outOfRange` (an instant before 1900 or after 9998, a day of a plan after 9899),"
    " `notALanguage`, `duplicate`,"
    " `wrongType` (of none of the types that a value may have), `extraForbidden` (no such key)."
    " A preflight from an origin that the service does not allow has the code `corsNotAllowed`."
)


def document(app: FastAPI) -> Document:
    """Cached on the app, as FastAPI's own is. FastAPI does not see our mail address: to check it, it asks for a library
    that nothing else needs."""
    if app.openapi_schema is None:
        contact = dict(app.contact or {})
        email = contact.pop("email")
        routes = [*app.routes, *app.state.described]
        made = get_openapi(
            title=app.title, version=app.version, description=app.description,
            routes=routes,
            contact=contact, license_info=app.license_info, servers=app.servers, tags=app.openapi_tags,
        )  # fmt: skip
        made["info"]["contact"]["email"] = email
        _components(made)
        _paths(made, by_operation(routes))
        _basic_too(made)
        _one_null(made)
        _no_null_parameters(made)
        _drop_titles(made)
        name_well(made)
        add_examples(made)
        app.openapi_schema = made
    return app.openapi_schema


def as_yaml(made: Mapping[str, Any]) -> str:
    return yaml.safe_dump(dict(made), sort_keys=False, allow_unicode=True, width=110)


def _components(made: Document) -> None:
    components = made.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for left in ("HTTPValidationError", "ValidationError"):
        schemas.pop(left, None)
    _, problem = models_json_schema(
        [(ProblemDocument, "serialization")], ref_template="#/components/schemas/{model}", by_alias=True
    )
    schemas.update(problem["$defs"])
    components["headers"] = {component(name): dict(header) for name, header in HEADERS.items()}
    components["headers"]["ApiVersion"]["example"] = made["info"]["version"]
    components["parameters"] = {
        "IdempotencyKey": {
            "name": "Idempotency-Key", "in": "header", "required": False,
            "description": "A repeat of the request with the same key gets the first answer",
            "schema": {"type": "string", "minLength": 1, "maxLength": 200},
        }
    }  # fmt: skip
    components["responses"] = {f"Problem{status}": _response(status, title) for status, title in TITLES.items()}
    components["schemas"] = dict(sorted(schemas.items()))


def _response(status: int, title: str) -> Document:
    example = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": title + ".",
               "instance": "/v1/example", "code": CODES[status]}  # fmt: skip
    return {
        "description": f"{title} (`{CODES[status]}`).{REFUSED if status == 400 else ''}",
        "headers": declared(*sent_with(status)),
        "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/ProblemDocument"}, "example": example}},
    }


def _basic_too(made: Document) -> None:
    """The scheme that `auth.py` declares is the bearer's; the same keys are taken as a password."""
    made["components"].get("securitySchemes", {})["basic"] = {
        "type": "http", "scheme": "basic",
        "description": "The key as the password, whatever the user's name: for BI tools that know nothing else.",
    }  # fmt: skip
    for item in made["paths"].values():
        for _, operation in _operations(item):
            if "security" in operation:
                operation["security"].append({"basic": []})


def _paths(made: Document, routes: Mapping[tuple[str, str], RouteContext]) -> None:
    made["paths"] = {path.removeprefix("/v1"): item for path, item in sorted(made["paths"].items())}
    for path, item in made["paths"].items():
        for method, operation in _operations(item):
            if method == "post":
                operation.setdefault("parameters", []).append({"$ref": "#/components/parameters/IdempotencyKey"})
            responses = operation["responses"]
            responses.pop("422", None)
            for status, answer in responses.items():
                if status.startswith(("2", "3")):
                    sent = declared(*sent_by(routes[path, method], int(status)))
                    answer.setdefault("headers", {}).update(sent)
            for status in _errors(method, operation):
                responses.setdefault(str(status), {"$ref": f"#/components/responses/Problem{status}"})
            operation["responses"] = dict(sorted(responses.items()))


def _errors(method: str, operation: Mapping[str, Any]) -> list[int]:
    names = {parameter.get("name") for parameter in operation.get("parameters", [])}
    errors = list(ALWAYS)
    if method != "get":
        errors.append(409)
    if "If-Match" in names:
        errors += [412, 428]
    if method == "post":
        errors.append(422)
    return errors


def _operations(item: Mapping[str, Any]) -> Iterator[tuple[str, Document]]:
    for method in METHODS:
        if method in item:
            yield method, item[method]


def _one_null(node: Any) -> None:
    """`anyOf: [X, null]` of a simple X becomes `type: [x, null]`, which keeps its format beside it."""
    if isinstance(node, list):
        for entry in node:
            _one_null(entry)
    elif isinstance(node, dict):
        options = node.get("anyOf")
        if isinstance(options, list) and {"type": "null"} in options:
            others = [option for option in options if option != {"type": "null"}]
            if len(others) == 1 and isinstance(others[0].get("type"), str):
                del node["anyOf"]
                node.update({**others[0], **node, "type": [others[0]["type"], "null"]})
                if "const" in node:
                    node["enum"] = [node.pop("const")]
                if "enum" in node and None not in node["enum"]:
                    node["enum"] = [*node["enum"], None]
        for value in node.values():
            _one_null(value)


def _no_null_parameters(made: Document) -> None:
    """A parameter is absent or has a value; there is no way to send null."""
    for item in made["paths"].values():
        for _, operation in _operations(item):
            for parameter in operation.get("parameters", ()):
                schema = parameter.get("schema", {})
                if isinstance(schema.get("type"), list):
                    schema["type"] = schema["type"][0]
                    if "enum" in schema:
                        schema["enum"] = [value for value in schema["enum"] if value is not None]
                options = [option for option in schema.get("anyOf", ()) if option != {"type": "null"}]
                if options:
                    schema["anyOf"] = options
                if schema.get("default", ...) is None:
                    del schema["default"]


def _drop_titles(node: Any, *, names: bool = False) -> None:
    """Titles that pydantic makes of the names say nothing. `names`: the keys here are names, not keywords."""
    if isinstance(node, list):
        for entry in node:
            _drop_titles(entry)
    elif isinstance(node, dict):
        if not names and isinstance(node.get("title"), str) and ("type" in node or "anyOf" in node or "$ref" in node):
            del node["title"]
        for key, value in node.items():
            if key not in ("example", "examples"):
                _drop_titles(value, names=key in ("properties", "schemas"))
