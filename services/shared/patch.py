"""JSON Merge Patch, RFC 7396."""

from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from fastapi import Body
from pydantic import ValidationError

from services.shared.problems import field_error, invalid
from services.shared.schemas import Schema

MEDIA_TYPE = "application/merge-patch+json"

S = TypeVar("S", bound=Schema)

MergePatch = Annotated[
    dict[str, Any],
    Body(media_type=MEDIA_TYPE, description="Only what is to change; null removes (RFC 7396)"),
]


def merge_patch(target: Any, patch: Any) -> Any:
    if not isinstance(patch, Mapping):
        return patch
    merged = dict(target) if isinstance(target, Mapping) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = merge_patch(merged.get(key), value)
    return merged


def patched(current: S, patch: Mapping[str, Any]) -> S:
    """`current` with the patch applied, validated as a whole, as if it were sent anew."""
    return validated(type(current), merge_patch(current.model_dump(mode="json"), patch))


def validated(schema: type[S], body: Any) -> S:
    """A body that was put together here, refused as one that was sent would be."""
    try:
        return schema.model_validate(body)
    except ValidationError as refused:
        raise invalid([field_error({**error, "loc": ("body", *error["loc"])}) for error in refused.errors()]) from None


def patches(body: type[Schema]) -> dict[str, Any]:
    """For a route's `openapi_extra`: a patch has the properties of `body`, none required, and null removes those that
    the body can do without."""
    schema = body.model_json_schema(by_alias=True)
    definitions, required = schema.get("$defs", {}), schema.get("required", ())
    properties = {
        name: _inlined(of, definitions) if name in required else _or_null(_inlined(of, definitions))
        for name, of in schema["properties"].items()
    }
    patch = {"type": "object", "properties": properties, "additionalProperties": False}
    return {"requestBody": {"content": {MEDIA_TYPE: {"schema": patch}}}}


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    schema = {key: value for key, value in schema.items() if key != "default"}
    null = {"type": "null"}
    return schema if null in schema.get("anyOf", ()) else {"anyOf": [schema, null]}


def _inlined(node: Any, definitions: Mapping[str, Any]) -> Any:
    if isinstance(node, list):
        return [_inlined(entry, definitions) for entry in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return _inlined(definitions[node["$ref"].rsplit("/", 1)[1]], definitions)
    # A discriminator maps to `$defs`, which are not there any more; the alternatives tell themselves apart.
    return {key: _inlined(value, definitions) for key, value in node.items() if key != "discriminator"}
