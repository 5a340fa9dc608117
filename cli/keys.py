"""`klankbord keys`: keys to the API for people and systems."""

import sys
from contextlib import nullcontext
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import UUID

import typer

from cli.access import private
from cli.api import Api
from cli.commands import AsJson, IdempotencyKey, Session, Yes, agreed, examples, group, session
from cli.failure import Failure, closed, usage
from cli.shapes import KEY, MADE_KEY

Role = Literal["admin", "director", "provider-manager", "provider-staff", "consumer-manager", "integrator", "bi-reader"]
app = group(help="Keys to the API: list, make, revoke.")


@app.command("list", epilog=examples("klankbord keys list", "klankbord keys list --json"))
def list_keys(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Who may call. The keys themselves are kept nowhere."""
    here = session(ctx)
    found = list(here.survey.items("/api-keys", KEY))
    if as_json:
        here.screen.json(found)
        return
    rows = [
        (key["id"], key["name"], key["role"], len(key["unitIds"]) or "all", key.get("expiresAt") or "never",
         key.get("lastUsedDate") or "never")
        for key in found
    ]  # fmt: skip
    here.screen.table(["id", "name", "role", "units", "expires", "last used"], rows)


@app.command(
    epilog=examples(
        "klankbord keys make --name 'HR system' --role integrator -o hr-system.key",
        "klankbord keys make --name Paula --role provider-manager --unit external:OE-9-1 --expires 2027-12-31",
    )
)
def make(
    ctx: typer.Context,
    name: Annotated[str, typer.Option(help="Whom or what it is for.", show_default=False)],
    role: Annotated[Role, typer.Option(help="What it may do.", show_default=False)],
    unit: Annotated[
        list[str], typer.Option(help="Only for this unit and those below: an id, or external:… May be repeated.")
    ] = [],  # noqa: B006 - Typer copies it
    expires: Annotated[
        datetime | None, typer.Option(help="The last day it works.", formats=["%Y-%m-%d"], show_default=False)
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Write it to this file, for you alone; else, or with -, it is printed.",
                     show_default=False),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over the file, should it be there.")] = False,
    idempotency_key: IdempotencyKey = None,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Make a key. It is shown once: whoever loses it needs another one."""
    if str(output) == "-":
        output = None
    if output is None and sys.stdout is None:
        raise closed("output")
    if output is not None and output.exists() and not force:
        raise usage(f"{output} is there already; if a key is in it, nobody can get that back.",
                    "Choose another file, or write over it with --force.")  # fmt: skip
    here = session(ctx)
    body = {"name": name, "role": role, "unitIds": unit, "expiresAt": _end_of(expires.date()) if expires else None}
    made = _made(here.survey, body, idempotency_key, output)
    if as_json or output is None:
        _printed(here, made, as_json=as_json)
    where = f"is in {output}" if output else "is shown here and never again"
    here.screen.say(f"The key of {name} ({role}) {where}. Its id is {made['id']}.")


def _made(api: Api, body: dict[str, Any], idempotency_key: str | None, output: Path | None) -> dict[str, Any]:
    """Without the key itself, if that is in a file."""
    made: dict[str, Any] = {}
    try:
        with private(output) if output else nullcontext() as file:
            made = api.post("/api-keys", MADE_KEY, body, idempotency_key=idempotency_key)
            if file:
                file.write(made.pop("key") + "\n")
    except Failure as failure:
        if not made:
            raise
        raise _lost(made, failure) from failure
    return made


def _printed(here: Session, made: dict[str, Any], *, as_json: bool) -> None:
    try:
        here.screen.json(made) if as_json else typer.echo(made["key"])
    except OSError as error:
        if "key" not in made:
            raise
        why = Failure(f"Standard output cannot be written: {error.strerror}.")
        raise _lost(made, why) from error


def _lost(made: dict[str, Any], why: Failure) -> Failure:
    lost = f"{why.message} The key is made all the same, and lost: its id is {made['id']}."
    return Failure(lost, f"klankbord keys revoke {made['id']}")


@app.command(epilog=examples("klankbord keys revoke 'HR system'", "klankbord keys revoke 0198c6… --yes"))
def revoke(
    ctx: typer.Context, key: Annotated[str, typer.Argument(help="Its id, or its name.")], yes: Yes = False
) -> None:
    """End a key for good, at once."""
    here = session(ctx)
    found = _named(here.survey, key)
    question = f"Revoke {found['name']} ({found['role']}, last used {found.get('lastUsedDate') or 'never'})?"
    agreed(here.screen, question, yes=yes, otherwise="Repeat it with --yes.")
    here.survey.delete(f"/api-keys/{found['id']}")
    here.screen.say(f"The key of {found['name']} is revoked.")


def _named(api: Api, key: str) -> dict[str, Any]:
    try:
        return api.get(f"/api-keys/{UUID(key)}", KEY)
    except ValueError:
        pass
    same = [each for each in api.items("/api-keys", KEY) if each["name"] == key]
    if not same:
        raise Failure(f"There is no key with the name {key}.", "See `klankbord keys list`.")
    if len(same) > 1:
        ids = ", ".join(each["id"] for each in same)
        raise Failure(f"There are {len(same)} keys with the name {key}: {ids}.", "Give the id.")
    return same[0]


def _end_of(day: date) -> str:
    """Where the administrator is, so that the day itself still counts."""
    return datetime.combine(day + timedelta(days=1), time()).astimezone().astimezone(UTC).isoformat()
