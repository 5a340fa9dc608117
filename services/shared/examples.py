"""An example of every body, in and out: put together from those of its fields, so that each stands in one place."""

from collections.abc import Iterator, Mapping
from typing import Any

Node = dict[str, Any]
FORMATS = {
    "uuid": "0198f3a2-6c1e-7b3d-9a4f-2b6a1c0e8f37", "date": "2026-03-09", "date-time": "2026-03-09T08:00:00Z",
}  # fmt: skip
TEXT, WHOLE, FRACTION = "…", 12, 0.75  # of what has no example of its own


def add_examples(made: Node) -> None:
    schemas: Node = made["components"]["schemas"]
    for media in _media(made):
        reference = media.get("schema", {}).get("$ref")
        if reference is not None:
            schema = _named(reference, schemas)
            schema.setdefault("examples", [example(schema, schemas)])


def _media(made: Node) -> Iterator[Node]:
    """Those of requests and of what is answered to good ones."""
    operations = [operation for item in made["paths"].values() for operation in item.values()]
    for operation in operations:
        answers = [answer for status, answer in operation["responses"].items() if status.startswith("2")]
        for body in (operation.get("requestBody", {}), *answers):
            yield from body.get("content", {}).values()


def example(schema: Node, schemas: Mapping[str, Node]) -> Any:
    for known in ("examples", "enum"):
        if known in schema and (known == "examples" or None not in schema[known]):
            return schema[known][0]
    if "const" in schema:
        return schema["const"]
    if "$ref" in schema:
        return example(_named(schema["$ref"], schemas), schemas)
    if schema.get("default") is not None:
        return schema["default"]
    options = schema.get("anyOf") or schema.get("oneOf")
    if options:
        return None if {"type": "null"} in options else example(options[0], schemas)
    return _of_type(schema, schemas)


def _of_type(schema: Node, schemas: Mapping[str, Node]) -> Any:
    kinds = schema.get("type", "string")
    kind = kinds if isinstance(kinds, str) else kinds[0]
    if kind == "object":
        return {name: example(of, schemas) for name, of in schema.get("properties", {}).items()}
    if kind == "array":
        return [example(schema["items"], schemas)] * max(1, schema.get("minItems", 1))
    if kind == "boolean":
        return False
    if kind in ("integer", "number"):  # a figure that may be null is shown as one that is there
        return int(schema.get("minimum", WHOLE)) if kind == "integer" else schema.get("minimum", FRACTION)
    return None if "null" in kinds else FORMATS.get(schema.get("format", ""), TEXT)


def _named(reference: str, schemas: Mapping[str, Node]) -> Node:
    return schemas[reference.rpartition("/")[2]]
