"""JSON Merge Patch, RFC 7396."""

from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

import msgspec
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
    merged = merge_patch(current.model_dump(mode="json"), patch)
    try:
        return type(current).model_validate_json(msgspec.json.encode(merged))
    except ValidationError as refused:
        raise invalid([field_error({**error, "loc": ("body", *error["loc"])}) for error in refused.errors()]) from None
