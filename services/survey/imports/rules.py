"""Which rows of a file may take effect together. Rows come in any order and refer to each other and to what is there;
what is refused may take others with it, so each check is repeated until nothing more falls."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from services.survey.imports.refusals import Refusal

Above = dict[UUID, UUID | None]


@dataclass
class Placed:
    """A row with the id it has or will have. References in `values` are keys, as the file has them."""

    line: int
    id: UUID
    key: str
    new: bool
    values: dict[str, Any]


@dataclass
class Checked:
    rows: dict[UUID, Placed]
    refusals: list[Refusal] = field(default_factory=list)

    def refuse(self, row: Placed, column: str, code: str, detail: str) -> None:
        self.refusals.append(Refusal(row.line, column, code, detail))
        self.rows.pop(row.id, None)

    def leave_out_manager(self, row: Placed) -> None:
        detail = f"the row of {row.values.pop('manager_id')} is refused: left out"
        self.refusals.append(Refusal(row.line, "managerExternalId", "managerRefused", detail, "warning"))


def circles(above: Mapping[UUID, UUID | None]) -> list[list[UUID]]:
    """Every circle, each once."""
    done: set[UUID] = set()
    found = []
    for start in above:
        path: dict[UUID, int] = {}
        node: UUID | None = start
        while node is not None and node not in done and node not in path:
            path[node] = len(path)
            node = above.get(node)
        if node is not None and node in path:
            found.append(list(path)[path[node] :])
        done.update(path)
    return found


def check_units(
    rows: Iterable[Placed], ids: Mapping[str, UUID], parents: Above, providers: set[UUID], refused: set[str]
) -> Checked:
    """`ids` and `parents` are of the units that are there. `providers` deliver services and must stay providers.
    `refused` rows are not among `rows`."""
    checked = Checked({row.id: row for row in rows})
    in_file = {row.key: row.id for row in checked.rows.values()}
    for row in list(checked.rows.values()):
        if row.values.get("is_provider") is False and row.id in providers:
            checked.refuse(row, "isProvider", "unitHasServices", "provides services; give these to another unit first")
    _refuse_orphans(checked, ids, refused, in_file)
    while _refuse_misplaced(checked, in_file, ids, parents):
        pass
    return checked


def _refuse_orphans(checked: Checked, ids: Mapping[str, UUID], refused: set[str], in_file: Mapping[str, UUID]) -> None:
    for row in list(checked.rows.values()):
        parent = row.values["parent_id"]
        if parent is None or parent in ids or parent in in_file:
            continue
        if parent in refused:
            checked.refuse(row, "parentExternalId", "parentRefused", f"the row of its parent {parent} is refused")
        else:
            checked.refuse(row, "parentExternalId", "unknownParent", f"{parent} does not exist")


def _refuse_misplaced(checked: Checked, in_file: Mapping[str, UUID], ids: Mapping[str, UUID], parents: Above) -> bool:
    before = len(checked.rows)
    above = dict(parents)
    for row in list(checked.rows.values()):
        parent = row.values["parent_id"]
        parent_id = None if parent is None else ids.get(parent) or in_file[parent]
        if parent is not None and parent not in ids and parent_id not in checked.rows:
            checked.refuse(row, "parentExternalId", "parentRefused", f"the row of its parent {parent} is refused")
        else:
            above[row.id] = parent_id
    _refuse_circles(checked, above, "parentExternalId", "unitCircle")
    if len(checked.rows) == before:
        _refuse_second_roots(checked, above, parents)
    return len(checked.rows) < before


def _refuse_circles(checked: Checked, above: Mapping[UUID, UUID | None], column: str, code: str) -> None:
    for circle in circles(above):
        keys = {node: checked.rows[node].key for node in circle if node in checked.rows}
        shown = " → ".join(keys.get(node, "…") for node in [*circle[:10], circle[0]])
        for node in circle:
            if node in checked.rows:
                checked.refuse(checked.rows[node], column, code, f"is in a circle: {shown}")


def _refuse_second_roots(checked: Checked, above: Above, parents: Above) -> None:
    """Whoever is the root stays it, unless the file puts it below another; else the first in the file is."""
    roots = [node for node, parent in above.items() if parent is None]
    candidates = sorted((checked.rows[node] for node in roots if node in checked.rows), key=lambda row: row.line)
    staying = next((node for node in roots if node in parents and parents[node] is None), None)
    root = staying or (candidates[0].id if candidates else None)
    for row in candidates:
        if row.id != root:
            checked.refuse(row, "parentExternalId", "secondRoot", "there is a unit at the top already; name a parent")


@dataclass(frozen=True)
class Somebody:
    """An employee who is there. `email` in lower case."""

    id: UUID
    email: str | None
    manager_id: UUID | None
    active: bool = True


def check_employees(
    rows: Iterable[Placed],
    there: Mapping[str, Somebody],
    units: Mapping[str, UUID],
    leaving: set[UUID],
    refused: set[str],
) -> Checked:
    """A mistake in a row refuses it; a manager's refused row does not: without it a typing error at the top would keep
    a whole organisation out. `leaving` give their addresses free."""
    checked = Checked({row.id: row for row in rows})
    in_file = {row.key: row for row in checked.rows.values()}
    for row in list(checked.rows.values()):
        unit, manager = row.values["unit_id"], row.values.get("manager_id")
        if unit not in units:
            checked.refuse(row, "unitExternalId", "unknownUnit", f"{unit} does not exist")
        elif manager == row.key:
            checked.refuse(row, "managerExternalId", "managerCircle", "is their own manager")
        elif manager is None or manager in there or manager in in_file:
            continue
        elif manager in refused:
            checked.leave_out_manager(row)
        else:
            checked.refuse(row, "managerExternalId", "unknownManager", f"{manager} does not exist")
    while _refuse_addresses(checked, there, leaving) or _refuse_managers(checked, in_file, there):
        pass
    return checked


def _refuse_addresses(checked: Checked, there: Mapping[str, Somebody], leaving: set[UUID]) -> bool:
    """Who has an address keeps it before those who would get it."""
    before = len(checked.rows)
    known = {somebody.id: somebody for somebody in there.values()}
    owners = {
        somebody.email: f"employee {key}"
        for key, somebody in there.items()
        if somebody.active and somebody.email and somebody.id not in checked.rows and somebody.id not in leaving
    }
    claims: list[tuple[bool, int, str, Placed]] = []
    for row in checked.rows.values():
        somebody = known.get(row.id)
        email = row.values.get("email", somebody.email if somebody else None)
        if email is not None and row.values.get("active", somebody.active if somebody else True):
            new = somebody is None or not somebody.active or somebody.email != email.lower()
            claims.append((new, row.line, email.lower(), row))
    for _, line, email, row in sorted(claims, key=lambda claim: claim[:2]):
        if owners.setdefault(email, f"line {line}") != f"line {line}":
            checked.refuse(row, "email", "emailTaken", f"is the address of {owners[email]} already")
    return len(checked.rows) < before


def _refuse_managers(checked: Checked, in_file: Mapping[str, Placed], there: Mapping[str, Somebody]) -> bool:
    before = len(checked.rows)
    above: Above = {somebody.id: somebody.manager_id for somebody in there.values()}
    for row in list(checked.rows.values()):
        manager = row.values.get("manager_id")
        if manager is None:
            if "manager_id" in row.values:
                above[row.id] = None
            continue
        known = there[manager].id if manager in there else in_file[manager].id
        if manager not in there and known not in checked.rows:
            checked.leave_out_manager(row)
        else:
            above[row.id] = known
    _refuse_circles(checked, above, "managerExternalId", "managerCircle")
    return len(checked.rows) < before


def check_services(rows: Iterable[Placed], units: Mapping[str, UUID], providers: set[UUID]) -> Checked:
    """A file has one `currency` for both amounts; here each amount gets its own."""
    checked = Checked({row.id: row for row in rows})
    for row in list(checked.rows.values()):
        provider, names = row.values["provider_id"], row.values.get("name", {})
        currency = row.values.pop("currency", None)
        amounts = {name: row.values.get(name) for name in ("yearly_cost", "commercial_price_per_user")}
        if provider not in units:
            checked.refuse(row, "providerExternalId", "unknownUnit", f"{provider} does not exist")
        elif units[provider] not in providers:
            checked.refuse(row, "providerExternalId", "notAProvider", f"{provider} is not a provider")
        elif not any(names.values()):
            checked.refuse(row, "nameNl", "empty", "needs a name in at least one language")
        elif currency is None and any(amount is not None for amount in amounts.values()):
            checked.refuse(row, "currency", "empty", "is needed beside an amount")
        for name, target in (
            ("yearly_cost", "yearly_cost_currency"),
            ("commercial_price_per_user", "commercial_price_currency"),
        ):
            if name in row.values:
                row.values[target] = None if row.values[name] is None else currency
    return checked


def refused_lines(refusals: Sequence[Refusal]) -> set[int]:
    """The rows that are refused, warnings not counted."""
    return {refusal.line for refusal in refusals if refusal.severity == "error" and refusal.line is not None}
