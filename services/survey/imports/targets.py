"""What each kind of file is merged into, and what its references are to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic.alias_generators import to_camel
from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import JSONB, dialect

from services.survey.base import Base
from services.survey.catalogue.models import AudienceUnit, Service, ServiceCost
from services.survey.imports.columns import FIXED, KEYS, MAPS, Kind, targets
from services.survey.interactions.models import Interaction
from services.survey.organisation.models import Employee, Unit


@dataclass(frozen=True)
class Reference:
    """`column` is one of the target, and of the staging table, where it holds the key that stands in the file. `own`: to
    rows of the same kind, which may be in the file. `waiting`: the target's column with the key of what may come later."""

    column: str
    name: str
    table: str
    unknown: str
    own: bool = False
    waiting: str | None = None


@dataclass(frozen=True)
class Target:
    """`defaults` is SQL for what a new row has of the columns that a file does not give."""

    kind: Kind
    table: Table
    references: Sequence[Reference]
    defaults: Mapping[str, str]
    has_id: bool = True
    staged: Sequence[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "staged", targets(self.kind))

    @property
    def columns(self) -> list[str]:
        """Of the table that a file may give."""
        return [name for name in self.staged if name in self.table.c]

    @property
    def named(self) -> dict[str, str]:
        """Its columns with the names that files have for them, without the externalId."""
        names = {column.target: column.name for column in FIXED[self.kind]}
        return {name: names.get(name, to_camel(name)) for name in self.columns if name != "external_id"}

    @property
    def key(self) -> tuple[str, ...]:
        return KEYS[self.kind]

    def type_of(self, name: str) -> str:
        return str(self.table.c[name].type.compile(dialect=dialect()))  # type: ignore[no-untyped-call]  # not theirs

    def is_map(self, name: str) -> bool:
        return name == MAPS.get(self.kind) and isinstance(self.table.c[name].type, JSONB)


def _table(model: type[Base]) -> Table:
    found: Any = model.__table__
    return found  # type: ignore[no-any-return]  # a Table, whatever a FromClause may be elsewhere


_UNIT = Reference("unit_id", "unitExternalId", "units", "unknownUnit")
_SERVICE = Reference("service_id", "serviceExternalId", "services", "unknownService")
TARGETS: Mapping[str, Target] = {
    "units": Target(
        "units", _table(Unit),
        (Reference("parent_id", "parentExternalId", "units", "unknownParent", own=True),),
        {"is_provider": "false", "is_consumer": "true"},
    ),
    "employees": Target(
        "employees", _table(Employee),
        (_UNIT, Reference("manager_id", "managerExternalId", "employees", "unknownManager", own=True)),
        {"attributes": "'{}'::jsonb", "active": "true", "opted_out": "false"},
    ),
    "services": Target(
        "services", _table(Service), (Reference("provider_id", "providerExternalId", "units", "unknownUnit"),), {}
    ),
    "audiences": Target("audiences", _table(AudienceUnit), (_SERVICE, _UNIT), {}, has_id=False),
    "interactions": Target(
        "interactions", _table(Interaction),
        (
            Reference("service_id", "serviceExternalId", "services", "", waiting="service_external_id"),
            Reference("employee_id", "employeeExternalId", "employees", "", waiting="employee_external_id"),
        ),
        {},
    ),
    "costs": Target("costs", _table(ServiceCost), (_SERVICE,), {}, has_id=False),
}  # fmt: skip
