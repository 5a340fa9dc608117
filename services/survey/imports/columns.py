"""The columns of each kind of file, by the names that the contract gives them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

from services.survey.imports import values
from services.survey.imports.values import Reader

Kind = Literal["units", "employees", "services", "audiences"]
KINDS: tuple[Kind, ...] = get_args(Kind)
_NAME = re.compile(r"name([A-Z]{2,3}(?:-?[A-Z]{2})?)", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True)
class Column:
    """`needed`: the file must have it. `filled`: no row may leave it empty. `part`: the key within a map."""

    name: str
    target: str
    read: Reader
    needed: bool = False
    filled: bool = False
    part: str | None = None


def _reference(name: str, target: str, *, filled: bool = True) -> Column:
    return Column(name, target, values.text(100), needed=filled or name == "parentExternalId", filled=filled)


_ID = Column("externalId", "external_id", values.text(100), needed=True, filled=True)
_SHORT = values.text(200)
FIXED: Mapping[Kind, Sequence[Column]] = {
    "units": (
        _ID,
        Column("name", "name", _SHORT, needed=True, filled=True),
        _reference("parentExternalId", "parent_id", filled=False),
        Column("isProvider", "is_provider", values.boolean),
        Column("isConsumer", "is_consumer", values.boolean),
    ),
    "employees": (
        _ID,
        Column("givenName", "given_name", _SHORT, needed=True, filled=True),
        Column("familyName", "family_name", _SHORT, needed=True, filled=True),
        Column("email", "email", values.mail),
        _reference("unitExternalId", "unit_id"),
        _reference("managerExternalId", "manager_id", filled=False),
        Column("language", "language", values.language),
        Column("hiredOn", "hired_on", values.day),
        Column("active", "active", values.boolean),
        Column("leaveStartDate", "leave_start_date", values.day),
        Column("leaveEndDate", "leave_end_date", values.day),
        Column("optedOut", "opted_out", values.boolean),
    ),
    "services": (
        _ID,
        _reference("providerExternalId", "provider_id"),
        Column("category", "category", _SHORT),
        Column("yearlyCost", "yearly_cost", values.amount),
        Column("commercialPricePerUser", "commercial_price_per_user", values.amount),
        Column("currency", "currency", values.currency),
        Column("commercialSource", "commercial_source", _SHORT),
    ),
    "audiences": (_reference("serviceExternalId", "service_id"), _reference("unitExternalId", "unit_id")),
}
KEYS: Mapping[Kind, tuple[str, ...]] = {
    "units": ("external_id",),
    "employees": ("external_id",),
    "services": ("external_id",),
    "audiences": ("service_id", "unit_id"),
}


@dataclass
class Known:
    """The columns of one kind in one organisation."""

    kind: Kind
    attributes: Iterable[str] = ()
    _exact: dict[str, Column] = field(init=False)
    _folded: dict[str, Column] = field(init=False)

    def __post_init__(self) -> None:
        declared = [Column(key, "attributes", _SHORT, part=key) for key in self.attributes]
        columns = [*FIXED[self.kind], *(declared if self.kind == "employees" else ())]
        self._exact = {column.name: column for column in columns}
        self._folded = {column.name.casefold(): column for column in columns}

    def find(self, name: str) -> Column | None:
        """Whatever the case, since spreadsheets and people change it."""
        found = self._exact.get(name) or self._folded.get(name.casefold())
        if found is None and self.kind == "services" and (language := _NAME.fullmatch(name)):
            found = _name_in(language[1])
        return found

    def missing(self, present: Iterable[Column]) -> list[str]:
        present = list(present)
        names = {column.name for column in present}
        missing = [column.name for column in FIXED[self.kind] if column.needed and column.name not in names]
        if self.kind == "services" and not any(column.target == "name" for column in present):
            missing.append("nameNl")
        return missing


def _name_in(tag: str) -> Column:
    """`nameNl`, `nameEnGB`."""
    plain = tag.replace("-", "")
    split = 2 if len(plain) in (2, 4) else 3
    language = plain[:split].lower() + (f"-{plain[split:].upper()}" if len(plain) > 3 else "")
    return Column(f"name{plain[:1].upper()}{plain[1:]}", "name", _SHORT, part=language)
