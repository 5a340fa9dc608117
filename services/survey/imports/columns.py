"""The columns of each kind of file, by the names that the contract gives them, and what a file's own columns are."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from services.survey.imports import dates, instants, values
from services.survey.imports.values import Raw, Reader, clean

Kind = Literal["units", "employees", "services", "audiences", "interactions", "costs"]
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


_INSTANT = instants.instant([], ZoneInfo("UTC"))  # one that knows the organisation's zone takes its place, see `Known`
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
    "interactions": (
        _ID,
        _reference("serviceExternalId", "service_id"),
        _reference("employeeExternalId", "employee_id"),
        Column("kind", "kind", _SHORT, needed=True, filled=True),
        Column("channel", "channel", _SHORT, needed=True, filled=True),
        Column("openedAt", "opened_at", _INSTANT, needed=True, filled=True),
        Column("closedAt", "closed_at", _INSTANT),
        Column("durationMinutes", "duration_minutes", instants.minutes),
    ),
    "costs": (
        _reference("serviceExternalId", "service_id"),
        Column("year", "year", values.whole(1900, 2999), needed=True, filled=True),
        Column("amount", "amount", values.amount, needed=True, filled=True),
        Column("currency", "currency", values.currency, needed=True, filled=True),
    ),
}
KEYS: Mapping[Kind, tuple[str, ...]] = {
    "units": ("external_id",),
    "employees": ("external_id",),
    "services": ("external_id",),
    "audiences": ("service_id", "unit_id"),
    "interactions": ("external_id",),
    "costs": ("service_id", "year"),
}
COMPLETED: Mapping[Kind, tuple[str, ...]] = {"services": ("yearly_cost_currency", "commercial_price_currency")}
MAPS: Mapping[Kind, str] = {"employees": "attributes", "services": "name"}


def told(kind: Kind) -> str:
    """The columns of a file, in Markdown, those in bold that it must have."""
    names = [f"**`{column.name}`**" if column.needed else f"`{column.name}`" for column in FIXED[kind]]
    more = {"employees": ["one for each declared attribute"], "services": ["**`nameNl`**, `nameEn`, … (one at least)"]}
    return f"{kind}: {', '.join([*names, *more.get(kind, [])])}"


def targets(kind: Kind) -> tuple[str, ...]:
    """What a row of a file gives, in the order of the staging table."""
    plain = dict.fromkeys([*(column.target for column in FIXED[kind]), *COMPLETED.get(kind, ())])
    return (*plain, MAPS[kind]) if kind in MAPS else tuple(plain)


@dataclass(frozen=True)
class Told:
    """How to read a file, where it does not say so itself: by a saved mapping and by the query. `columns` are the file's
    headers with our names; without it the file has our names. `values` by our names. Above `header_line` stand titles,
    between it and `data_line` more that is no row."""

    columns: Mapping[str, str] | None = None
    constants: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    date_formats: Sequence[str] = ()
    duration_format: str | None = None
    delimiter: str | None = None
    charset: str | None = None
    decimal: str | None = None
    sheet: str | None = None
    header_line: int | None = None
    data_line: int | None = None


@dataclass
class Known:
    """The columns of one kind in one organisation."""

    kind: Kind
    attributes: Iterable[str] = ()
    told: Told = field(default_factory=Told)
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    _folded: dict[str, Column] = field(init=False)
    _headers: dict[str, str] | None = field(init=False)

    def __post_init__(self) -> None:
        declared = [Column(key, "attributes", _SHORT, part=key) for key in self.attributes]
        columns = [*FIXED[self.kind], *(declared if self.kind == "employees" else ())]
        self._folded = {column.name.casefold(): self._as_told(column) for column in columns}
        given = self.told.columns
        self._headers = None if given is None else {clean(name).casefold(): ours for name, ours in given.items()}

    def find(self, header: str) -> Column | None:
        """Whatever the case, since spreadsheets and people change it."""
        if self._headers is None:
            return self.named(header)
        ours = self._headers.get(header.casefold())
        return None if ours is None else self.named(ours)

    def named(self, name: str) -> Column | None:
        found = self._folded.get(name.casefold())
        if found is None and self.kind == "services" and (language := _NAME.fullmatch(name)):
            found = self._as_told(_name_in(language[1]))
        return found

    def constants(self) -> list[tuple[Column, str]]:
        found = [(self.named(name), value) for name, value in self.told.constants.items()]
        return [(column, value) for column, value in found if column is not None]

    def missing(self, present: Iterable[Column]) -> list[str]:
        present = list(present)
        names = {column.name for column in present} | self.told.constants.keys()
        missing = [column.name for column in FIXED[self.kind] if column.needed and column.name not in names]
        if self.kind == "services" and not any(_NAME.fullmatch(name) for name in names):
            missing.append("nameNl")
        return missing

    def _as_told(self, column: Column) -> Column:
        read = column.read
        patterns = [dates.pattern(each) for each in self.told.date_formats]
        if read is values.day and patterns:
            read = values.told_day(patterns)
        elif read is _INSTANT:
            read = instants.instant(patterns, self.zone)
        elif read is instants.minutes and self.told.duration_format is not None:
            read = instants.told_minutes(self.told.duration_format)
        elif read is values.amount and self.told.decimal is not None:
            read = values.told_amount(self.told.decimal)
        name = column.name.casefold()
        table = next((each for told, each in self.told.values.items() if told.casefold() == name), None)
        return replace(column, read=_translated(table, read) if table else read)


def _translated(table: Mapping[str, str], read: Reader) -> Reader:
    """`*` stands for whatever is not named."""
    folded = {clean(before).casefold(): after for before, after in table.items()}

    def translate(raw: Raw) -> object:
        given = clean(raw).casefold() if raw is None or isinstance(raw, str) else str(raw).casefold()
        return read(folded.get(given, folded.get("*", raw)))

    return translate


def _name_in(tag: str) -> Column:
    """`nameNl`, `nameEnGB`, however they are written, so that one that stands twice is seen."""
    plain = tag.replace("-", "")
    split = 2 if len(plain) in (2, 4) else 3
    language, country = plain[:split].lower(), plain[split:].upper()
    part = f"{language}-{country}" if country else language
    return Column(f"name{language.capitalize()}{country}", "name", _SHORT, part=part)
