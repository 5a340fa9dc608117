"""The cross-section as rows: one a cell."""

from collections.abc import Iterator
from uuid import UUID

from services.analytics.cross_section.schemas import CrossSection
from services.analytics.scorecards.table import figures

HEADER = ("provider", "providerId", "consumer", "consumerId", "questionId", "n", "population", "mean", "ci95Low",
          "ci95High", "suppressed", "reason")  # fmt: skip


def table(view: CrossSection) -> Iterator[tuple[object, ...]]:
    names: dict[UUID | None, str | None] = {unit.unit_id: unit.name for unit in (*view.providers, *view.consumers)}
    yield HEADER
    for cell in view.cells:
        yield (names.get(cell.provider_id), cell.provider_id, names.get(cell.consumer_id), cell.consumer_id,
               view.question_id, *figures(cell.figure))  # fmt: skip
