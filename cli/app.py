"""The command `klankbord`: which commands there are."""

from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated

import typer

from cli import keys, login, programmes
from cli.commands import Commands, begun, examples, group
from cli.exports import commands as exports
from cli.imports import commands as imports

app = group(
    cls=Commands,
    epilog=examples(
        "klankbord login --run .klankbord/run.json",
        "klankbord import employees.csv --kind employees --diff",
        "klankbord import employees.csv --kind employees --mode snapshot",
        "klankbord export scores -o scores.csv",
    ),
)
app.command(epilog=login.EXAMPLES)(login.login)
app.command("import", epilog=imports.EXAMPLES)(imports.import_file)
app.add_typer(imports.app, name="imports")
app.add_typer(exports.app, name="export")
app.add_typer(programmes.app, name="programmes")
app.add_typer(keys.app, name="keys")


def _version(asked: bool) -> None:
    if asked:
        try:
            typer.echo(f"klankbord {version('klankbord')}")
        except PackageNotFoundError:
            typer.echo("klankbord, from its source")
        raise typer.Exit


@app.callback()
def klankbord(
    ctx: typer.Context,
    run: Annotated[
        Path | None,
        typer.Option(envvar="KLANKBORD_RUN", help="The run.json of `make run`: its addresses and its key.",
                     exists=True, dir_okay=False, show_default=False),
    ] = None,
    _shown: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Which one this is.")
    ] = False,
) -> None:  # fmt: skip
    """Klankbord on the command line: files in, figures out.

    Where the services are and the key to them: `--run`, else KLANKBORD_URL (with KLANKBORD_ANALYTICS_URL and
    KLANKBORD_NOTIFICATION_URL) and KLANKBORD_KEY, else what `klankbord login` kept. A key is never an argument.

    Exit codes: 0 done, 1 refused or failed, 2 called in a wrong way.
    """
    ctx.obj = ctx.with_resource(begun(run))
