"""Something wrong with a definition."""

from collections.abc import Mapping
from typing import Any, NamedTuple

Definition = Mapping[str, Any]
Path = tuple[str | int, ...]


class Fault(NamedTuple):
    path: Path
    code: str
    detail: str
