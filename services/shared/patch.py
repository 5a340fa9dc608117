"""JSON Merge Patch, RFC 7396."""

from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from fastapi import Body
from pydantic import ValidationError

from services.shared.problems import UNREADABLE, field_errors, invalid
from services.shared.schemas import Schema

MEDIA_TYPE = "application/merge-patch+json"

S = TypeVar("S", bound=Schema)

MergePatch = Annotated[
    dict[str, Any],
    Body(media_type=MEDIA_TYPE, description="Only what is to change; null removes (RFC 7396)"),
]


def merge_patch(target: Any, patch: Any) -> Any:
    try:
        return _merged(target, patch)
    except RecursionError:
        raise invalid([UNREADABLE]) from None


def _merged(target: Any, patch: Any) -> Any:
    if not isinstance(patch, Mapping):
        return patch
    merged = dict(target) if isinstance(target, Mapping) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = _merged(merged.get(key), value)
    return merged


def patched(current: S, patch: Mapping[str, Any]) -> S:
    """`current` with the patch applied, validated as a whole, as if it were sent anew."""
    return patched_as(type(current), current.model_dump(mode="json"), patch)


def patched_as(schema: type[S], current: Mapping[str, Any], patch: Mapping[str, Any]) -> S:
    """Null for a key that the schema has not is no removal but a mistake: it is left in, to be refused."""
    known = {field.alias or name for name, field in schema.model_fields.items()}
    unknown = dict.fromkeys(patch.keys() - known)
    return validated(schema, {**merge_patch(current, patch), **unknown})


def validated(schema: type[S], body: Any) -> S:
    """A body that was put together here, refused as one that was sent would be."""
    try:
        return schema.model_validate(body)
    except ValidationError as refused:
        errors = [{**error, "loc": ("body", *error["loc"])} for error in refused.errors()]
        raise invalid(field_errors(errors, body)) from None


def patches(body: type[Schema]) -> dict[str, Any]:
    """For a route's `openapi_extra`: a patch has the properties of `body`, none required, and null removes those that
    the body can do without."""
    schema = body.model_json_schema(by_alias=True)
    definitions, required = schema.get("$defs", {}), schema.get("required", ())
    properties = {
        name: _partial(_inlined(of, definitions), nullable=name not in required)
        for name, of in schema["properties"].items()
    }
    patch = {"type": "object", "properties": properties, "additionalProperties": False}
    given = {name: schema["properties"][name].get("examples") for name in required or properties}
    example = dict([[(name, examples[0]) for name, examples in given.items() if examples][-1]])
    return {"requestBody": {"content": {MEDIA_TYPE: {"schema": patch, "example": example}}}}


NULL = {"type": "null"}


def _partial(schema: dict[str, Any], *, nullable: bool) -> dict[str, Any]:
    """A patch goes into objects, and replaces everything else as a whole."""
    made = {key: value for key, value in schema.items() if key not in ("default", "required", "minProperties")}
    for key in ("anyOf", "oneOf"):
        if key in made:
            made[key] = [_partial(option, nullable=False) for option in made[key]]
    if "properties" in made:
        required = schema.get("required", ())
        made["properties"] = {
            name: _partial(of, nullable=name not in required) for name, of in made["properties"].items()
        }
    if isinstance(made.get("additionalProperties"), dict):
        made["additionalProperties"] = _partial(made["additionalProperties"], nullable=True)
    return {"anyOf": [made, NULL]} if nullable and NULL not in made.get("anyOf", ()) else made


def _inlined(node: Any, definitions: Mapping[str, Any]) -> Any:
    if isinstance(node, list):
        return [_inlined(entry, definitions) for entry in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return _inlined(definitions[node["$ref"].rsplit("/", 1)[1]], definitions)
    # A discriminator maps to `$defs`, which are not there any more; the alternatives tell themselves apart.
    return {
        key: _named(value) if key == "items" else _inlined(value, definitions)
        for key, value in node.items()
        if key != "discriminator"
    }


def _named(node: Any) -> Any:
    """Lists are replaced whole, so what stands in them is what the document has for the body."""
    if isinstance(node, list):
        return [_named(entry) for entry in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return {"$ref": "#/components/schemas/" + node["$ref"].rsplit("/", 1)[1]}
    return {key: _named(value) for key, value in node.items() if key != "discriminator"}
