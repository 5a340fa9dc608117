"""What a snapshot may take away."""

from collections import Counter
from collections.abc import Mapping
from uuid import UUID


def removable_units(
    missing: set[UUID], parents: Mapping[UUID, UUID | None], occupied: Mapping[UUID, str]
) -> tuple[set[UUID], dict[UUID, str]]:
    """Of units that are missing from a snapshot those that can go, and why the others cannot. `parents` as the file
    leaves them; `occupied` names what a unit has beside units."""
    below = Counter(parent for parent in parents.values() if parent is not None)
    staying = {unit: occupied[unit] for unit in missing if unit in occupied}
    going: set[UUID] = set()
    waiting = [unit for unit in missing if unit not in staying and not below[unit]]
    while waiting:
        unit = waiting.pop()
        going.add(unit)
        parent = parents.get(unit)
        if parent is not None:
            below[parent] -= 1
            if parent in missing and parent not in staying and not below[parent]:
                waiting.append(parent)
    return going, staying | {unit: "unitHasUnits" for unit in missing if unit not in going and unit not in staying}
