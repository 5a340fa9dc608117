"""JSON of a file as what it should be, or as nothing: other people's files have anything anywhere."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

Object = dict[str, Any]


def mapping(value: Any) -> Object:
    return value if isinstance(value, dict) else {}


def listing(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def said(value: Any) -> str:
    """Of text and numbers; of anything else nothing."""
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def keyed(value: Any) -> Object:
    """What PHP writes as an object, or as a list when its keys count from 0."""
    return {str(place): each for place, each in enumerate(value)} if isinstance(value, list) else mapping(value)


def whole(value: Any, least: int, most: int) -> int | None:
    found = decimal(value)
    return int(found) if found is not None and found == int(found) and least <= found <= most else None


def decimal(value: Any) -> int | float | None:
    """A number that a question can have as a bound."""
    try:
        found = float(said(value))
    except ValueError:
        return None
    if not -1e12 <= found <= 1e12:
        return None
    return int(found) if found.is_integer() else round(found, 6)


def places(value: Any) -> int:
    """Decimals of a number, also where it is written as `1e-06`."""
    return max(0, -int(Decimal(said(value)).normalize().as_tuple().exponent))


def first(node: Mapping[str, Any], *names: str) -> str:
    return next((said(node[name]) for name in names if said(node.get(name)).strip()), "")
