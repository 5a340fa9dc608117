"""Levels of a tree. Pure."""

from collections.abc import Mapping
from uuid import UUID


def at_level(tree: Mapping[UUID, UUID | None], level: int) -> list[UUID]:
    """The root is at level 1, its children at level 2."""
    current = [unit for unit, parent in tree.items() if parent is None or parent not in tree]
    for _ in range(level - 1):
        above = set(current)
        current = [unit for unit, parent in tree.items() if parent in above]
    return sorted(current)
