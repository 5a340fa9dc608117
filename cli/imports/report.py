"""How an import ended: its counts, what was refused and, of a dry run, what it would change."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import typer

from cli.commands import Session
from cli.exports.formats import write_csv
from cli.exports.targets import printed, target
from cli.failure import FAILED
from cli.imports.waiting import Import, arrived, import_path
from cli.shapes import CHANGE, COUNTS

SHOWN, SHOWN_CHANGES = 20, 50
COLUMNS = ("line", "column", "code", "detail", "severity")
SIGNS = {"created": "+", "changed": "~", "removed": "-"}


@dataclass(frozen=True)
class Wanted:
    """`errors` is the file to write them to."""

    errors: Path | None
    as_json: bool
    diff: bool = False


def end(here: Session, found: Import, wanted: Wanted) -> None:
    """Tells it; ends the command with 1 unless every row was taken."""
    with arrived(here, found["id"], f"The import itself is {found['status']}."):
        _tell(here, found, wanted)
    if found["status"] != "done" or found["counts"]["refused"]:
        raise typer.Exit(FAILED)


def _tell(here: Session, found: Import, wanted: Wanted) -> None:
    if wanted.errors is not None:
        with target(wanted.errors) as file:
            write_csv(file, here.survey.items(f"{import_path(found['id'])}/errors"), COLUMNS)
    if wanted.as_json:
        _as_json(here, found, wanted)
        return
    _counts(here, found)
    _errors(here, found, wanted.errors)
    if wanted.diff:
        _diff(here, found)


def _as_json(here: Session, found: Import, wanted: Wanted) -> None:
    path = import_path(found["id"])
    told: dict[str, Any] = {**found, "errors": list(here.survey.items(f"{path}/errors"))}
    if wanted.diff:
        told["diff"] = list(here.survey.items(f"{path}/diff", CHANGE))
    here.screen.json(told)


def _counts(here: Session, found: Import) -> None:
    would = ", a dry run: nothing has changed" if found["dryRun"] else ""
    here.screen.say(f"{found['kind']} ({found['mode']}{would}): {found['status']}")
    if failure := found.get("failure"):
        here.screen.fail(f"{failure['detail']} ({failure['code']})", None)
    if found["dryRun"] and (reason := found.get("approvalReason")):
        here.screen.warn(f"It would wait for approval: {reason['detail']}")
    here.screen.table(["rows", "number"], [(name, found["counts"][name]) for name in COUNTS])
    if ignored := found["ignoredColumns"]:
        here.screen.warn(
            f"Columns that are not known here were left out: {', '.join(ignored)}. To take them: declare them as attributes"
            " of the organisation, or say with --mapping what they are called here."
        )


def _errors(here: Session, found: Import, kept: Path | None) -> None:
    errors = list(islice(here.survey.items(f"{import_path(found['id'])}/errors"), SHOWN + 1))
    if not errors:
        return
    here.screen.say("\nRefused rows and remarks:")
    here.screen.table(COLUMNS, [[error.get(name) for name in COLUMNS] for error in errors[:SHOWN]])
    if kept is not None and not printed(kept):
        here.screen.say(f"All are in {kept}.")
    elif kept is None and len(errors) > SHOWN:
        here.screen.say(f"There are more. All as CSV: klankbord imports watch {found['id']} --errors FILE")


def _diff(here: Session, found: Import) -> None:
    """As many as fit on a screen or two, as the server orders them."""
    number = sum(found["counts"][kind] for kind in SIGNS)
    here.screen.write("\nWhat it would do:" if number else "\nIt would change nothing.")
    for item in islice(here.survey.items(f"{import_path(found['id'])}/diff", CHANGE), SHOWN_CHANGES):
        line = f"{SIGNS.get(item['kind'], ' ')} {item.get('externalId') or ''}  {'; '.join(_changes(item))}"
        here.screen.write(line.rstrip())
    if number > SHOWN_CHANGES:
        here.screen.say(
            f"… and {number - SHOWN_CHANGES:,} more. All: klankbord imports watch {found['id']} --diff --json"
        )


def _changes(item: Mapping[str, Any]) -> Iterator[str]:
    before, after = item.get("before") or {}, item.get("after") or {}
    if item["kind"] == "removed":
        return
    for name in dict.fromkeys([*before, *after]):
        old, new = before.get(name), after.get(name)
        if old != new and not before:
            yield f"{name} {_value(new)}"
        elif old != new:
            yield f"{name} {_value(old)} → {_value(new)}"


def _value(value: Any) -> str:
    return "(none)" if value is None else str(value)
