"""What a file would do, worked out and staged, before anybody decides whether it does."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.survey.imports.rules import Effect
from services.survey.imports.targets import Target


@dataclass(frozen=True)
class Run:
    """`valid_from`: from when movers and leavers are where the file has them."""

    snapshot: bool
    valid_from: date


@dataclass
class Plan(ABC):
    """`effects` counts rows by what they would do. `removed` is SQL: which rows `t` of the target would go; and so are
    `noted` and `taken`: what the diff says of a row `p`, and of a row `t` that would go, beside its fields."""

    target: Target
    effects: dict[str, int]
    effect: Effect
    removed: str = "false"
    noted: str = "'{}'::jsonb"
    taken: str = "'{}'::jsonb"

    @abstractmethod
    async def apply(self, session: AsyncSession) -> None: ...
