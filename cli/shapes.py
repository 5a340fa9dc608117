"""What is read of answers. All else in them may change; without this an answer is not Klankbord's, and is told as that
where it arrives, so that an error of our own behind it stays one."""

from collections.abc import Mapping
from types import NoneType
from typing import Any

# A type, some of which one fits, a list of one shape, or an object with its properties; absent is null.
Shape = type | tuple[Any, ...] | list[Any] | Mapping[str, Any]

OBJECT: Shape = {}
TEXT_OR_NONE = (str, NoneType)
NAME = (str, dict, NoneType)  # plain, or in languages
REASON = (NoneType, {"code": str, "detail": str})
COUNTS = ("read", "created", "changed", "unchanged", "removed", "refused")
IMPORT: Shape = {
    "id": str, "kind": str, "mode": str, "dryRun": bool, "status": str, "progress": (int, float),
    "counts": dict.fromkeys(COUNTS, int), "ignoredColumns": list, "failure": REASON, "approvalReason": REASON,
}  # fmt: skip
CHANGE: Shape = {"kind": str, "externalId": TEXT_OR_NONE, "before": (dict, NoneType), "after": (dict, NoneType)}
KEY: Shape = {
    "id": str, "name": str, "role": str, "unitIds": list, "expiresAt": TEXT_OR_NONE, "lastUsedDate": TEXT_OR_NONE,
}  # fmt: skip
MADE_KEY: Shape = {"id": str, "key": str}
PROGRAMME: Shape = {
    "id": str, "title": NAME, "name": NAME, "schedule": {"kind": str}, "active": bool, "nextRunAt": TEXT_OR_NONE,
}  # fmt: skip
WAVE: Shape = {"id": str, "title": NAME, "name": NAME}
SURVEY: Shape = {"id": str, "latestVersion": (int, NoneType)}
ORGANISATION: Shape = {"name": str}


def items_of(shape: Shape) -> Shape:
    """A page of a list."""
    return {"items": [shape], "nextCursor": TEXT_OR_NONE}


def fits(value: Any, shape: Any) -> bool:
    if isinstance(shape, tuple):
        return any(fits(value, each) for each in shape)
    if isinstance(shape, Mapping):
        return isinstance(value, dict) and all(fits(value.get(name), inner) for name, inner in shape.items())
    if isinstance(shape, list):
        return isinstance(value, list) and all(fits(each, shape[0]) for each in value)
    return isinstance(value, shape)
