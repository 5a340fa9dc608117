"""What can be done with a file of each kind."""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.survey.imports import staging_queries
from services.survey.imports.kinds import audiences, costs, employees, interactions, services, units
from services.survey.imports.kinds.plan import Plan, Run
from services.survey.imports.targets import TARGETS, Target


@dataclass(frozen=True)
class Handling:
    """`doubled` is the column that a key which stands in the file twice is told of; None: of the whole row."""

    target: Target
    plan: Callable[[AsyncSession, Run], Coroutine[Any, Any, Plan]]
    doubled: str | None = None

    def staged_types(self) -> list[str]:
        return staging_queries.staged_types(self.target)

    async def settle(self, session: AsyncSession) -> None:
        """Of rows with one key the first stays."""
        await staging_queries.refuse_doubles(session, self.target, self.doubled)


class Interactions(Handling):
    async def settle(self, session: AsyncSession) -> None:
        """Several rows may tell of one: its states, of which the latest wins."""


KINDS: Mapping[str, Handling] = {
    "units": Handling(TARGETS["units"], units.plan, "externalId"),
    "employees": Handling(TARGETS["employees"], employees.plan, "externalId"),
    "services": Handling(TARGETS["services"], services.plan, "externalId"),
    "audiences": Handling(TARGETS["audiences"], audiences.plan),
    "interactions": Interactions(TARGETS["interactions"], interactions.plan),
    "costs": Handling(TARGETS["costs"], costs.plan),
}
