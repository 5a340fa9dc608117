"""`klankbord import` and `klankbord imports`."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from cli.commands import AsJson, IdempotencyKey, Yes, agreed, examples, group, session
from cli.exports.targets import printed, writable
from cli.failure import Failure, usage
from cli.imports.report import Wanted, end
from cli.imports.waiting import WAITING, followed, if_meant, import_path, send, settled, why
from cli.screen import plain
from cli.shapes import IMPORT
from cli.uploads import Format, opened

Kind = Literal["units", "employees", "services", "audiences", "interactions", "costs"]
Status = Literal["queued", "running", "waitingForApproval", "done", "failed"]
EXAMPLES = examples(
    "klankbord import employees.csv --kind employees --diff",
    "klankbord import employees.csv --kind employees --mode snapshot --errors refused.csv",
    "klankbord import export.xlsx --kind employees --mapping AFAS --yes",
    "zcat tickets.ndjson.gz | klankbord import - --kind interactions --format ndjson",
)
app = group(help="What became of pushed files: list, watch, approve, cancel.")
Errors = Annotated[
    Path | None,
    typer.Option(help="Write every refused row and remark to this CSV file.", dir_okay=False, show_default=False),
]
Which = Annotated[str | None, typer.Argument(help="Its id; the newest by default.", show_default=False)]


def import_file(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="The file, or - for standard input.")],
    kind: Annotated[Kind, typer.Option(help="What its rows are.", show_default=False)],
    mode: Annotated[
        Literal["merge", "snapshot"], typer.Option(help="snapshot: who is missing from the file has left.")
    ] = "merge",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what it would do.")] = False,
    diff: Annotated[bool, typer.Option("--diff", help="The same, row by row.")] = False,
    atomic: Annotated[bool, typer.Option("--atomic", help="All rows or none.")] = False,
    mapping: Annotated[str | None, typer.Option(help="A saved mapping of column names.", show_default=False)] = None,
    form: Annotated[
        Format | None, typer.Option("--format", help="By default what the name ends in.", show_default=False)
    ] = None,
    encoding: Annotated[
        str | None, typer.Option(help="Such as windows-1252; by default recognised.", show_default=False)
    ] = None,
    errors: Errors = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Approve removals without asking.")] = False,
    wait: Annotated[bool, typer.Option(help="Wait for the end, or only send the file.")] = True,
    idempotency_key: IdempotencyKey = None,
    as_json: AsJson = False,
) -> None:
    """Import a file: units, employees, services, audiences, interactions or costs.

    Ends with 1 if a row was refused. Where a snapshot would remove many it asks first, and says why.
    """
    here = session(ctx)
    query = {"kind": kind, "mode": mode, "dryRun": _flag(dry_run or diff), "atomic": _flag(atomic)}
    if mapping:
        query["mapping"] = mapping
    wanted = _wanted(errors, as_json, diff=diff)
    with opened(file, form, encoding) as upload:
        sent = send(here, upload, query, idempotency_key)
    if not wait:
        if as_json:
            here.screen.json(sent)
        here.screen.say(f"The file has arrived. To see what becomes of it: klankbord imports watch {sent['id']}")
        return
    end(here, settled(here, sent, yes=yes), wanted)


@app.command("list", epilog=examples("klankbord imports list", "klankbord imports list --status failed --json"))
def list_imports(
    ctx: typer.Context,
    kind: Annotated[Kind | None, typer.Option(help="Only of this kind.", show_default=False)] = None,
    status: Annotated[Status | None, typer.Option(help="Only in this state.", show_default=False)] = None,
    limit: Annotated[int, typer.Option(help="How many at the most.", min=1, max=200)] = 20,
    as_json: AsJson = False,
) -> None:
    """The newest first."""
    here = session(ctx)
    query = {name: value for name, value in {"kind": kind, "status": status, "limit": limit}.items() if value}
    found = here.survey.page("/imports", IMPORT, query)
    if as_json:
        here.screen.json(found)
        return
    names = ("read", "created", "changed", "removed", "refused")
    rows = [
        (each["id"], plain(each.get("createdAt"))[:19], each["kind"], each["mode"], "yes" if each["dryRun"] else "no",
         each["status"], *(each["counts"][name] for name in names))
        for each in found
    ]  # fmt: skip
    here.screen.table(["id", "came", "kind", "mode", "dry run", "status", *names], rows)


@app.command(epilog=examples("klankbord imports watch", "klankbord imports watch 0198c6… --errors refused.csv"))
def watch(
    ctx: typer.Context,
    which: Which = None,
    errors: Errors = None,
    diff: Annotated[bool, typer.Option("--diff", help="Of a dry run: row by row.")] = False,
    as_json: AsJson = False,
) -> None:
    """Follow an import to its end; of one that has ended, tell how."""
    here = session(ctx)
    wanted = _wanted(errors, as_json, diff=diff)
    found = followed(here, here.survey.get(import_path(_id(ctx, which)), IMPORT))
    if found["status"] == WAITING:
        here.screen.warn(f"{why(found)}\n{if_meant(found['id'])}")
    end(here, found, wanted)


@app.command(epilog=examples("klankbord imports approve", "klankbord imports approve 0198c6… --yes"))
def approve(
    ctx: typer.Context, which: Which = None, errors: Errors = None, yes: Yes = False, as_json: AsJson = False
) -> None:
    """Let a snapshot remove as many as it said, and follow it to its end."""
    here = session(ctx)
    wanted = _wanted(errors, as_json)
    found = here.survey.get(import_path(_id(ctx, which)), IMPORT)
    if found["status"] != WAITING:
        raise Failure(f"This import does not wait for approval: it is {found['status']}.")
    end(here, settled(here, found, yes=yes), wanted)


@app.command(epilog=examples("klankbord imports cancel 0198c6…"))
def cancel(
    ctx: typer.Context, which: Annotated[str, typer.Argument(help="Its id.")], yes: Yes = False, as_json: AsJson = False
) -> None:
    """Give up an import that waits: nothing of it takes effect."""
    here = session(ctx)
    agreed(here.screen, f"Cancel import {which}?", yes=yes, otherwise="Repeat it with --yes.")
    cancelled = here.survey.post(f"{import_path(which)}/cancel", IMPORT)
    if as_json:
        here.screen.json(cancelled)
    here.screen.say("Cancelled: nothing of the file took effect.")


def _wanted(errors: Path | None, as_json: bool, *, diff: bool = False) -> Wanted:
    """Fails where it could not be written, before anything is sent."""
    if errors is not None and printed(errors) and as_json:
        raise usage("CSV and JSON cannot both go to standard output.", "Give --errors a file; the JSON has them too.")
    if errors is not None:
        writable(errors)
    return Wanted(errors, as_json, diff)


def _id(ctx: typer.Context, which: str | None) -> str:
    if which is not None:
        return which
    newest = session(ctx).survey.page("/imports", {"id": str}, {"limit": 1})
    if not newest:
        raise Failure("No file was pushed yet.", "See `klankbord import --help`.")
    return str(newest[0]["id"])


def _flag(value: bool) -> str:
    return "true" if value else "false"
