"""What a file would do, worked out and staged, before anybody decides whether it does."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.ids import new_id
from services.survey.imports.merge_queries import Effects
from services.survey.imports.reading.files import Reading, Row
from services.survey.imports.refusals import Refusal
from services.survey.imports.rules import Placed


@dataclass
class Plan(ABC):
    """`existing` counts what could be missing from a snapshot, `removals` what would go."""

    effects: Effects
    refusals: list[Refusal]
    existing: int = 0
    removals: int = 0

    @abstractmethod
    async def apply(self, session: AsyncSession) -> None: ...


def place(rows: Iterable[Row], there: Mapping[str, UUID]) -> list[Placed]:
    """Gives every row the id that it has or will have, so that rows may refer to each other."""
    placed = []
    for row in rows:
        values = dict(row.values)
        key = values["external_id"]
        known = there.get(key)
        placed.append(Placed(row.line, known or new_id(), key, known is None, values))
    return placed


def missing_from(reading: Reading, there: Mapping[str, UUID]) -> set[UUID]:
    """Whom a snapshot does not name. Rows that are refused name their key all the same."""
    named = {row.values["external_id"] for row in reading.rows} | refused_keys(reading)
    return {found for key, found in there.items() if key not in named}


def refused_keys(reading: Reading) -> set[str]:
    return {key[0] for key in reading.refused_keys}
