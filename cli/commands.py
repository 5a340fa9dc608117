"""What every command has: its caller, its screen, the options that are the same everywhere, and how it ends."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer
from typer.core import TyperGroup

from cli import access
from cli.api import Api, new_client
from cli.failure import Failure, of_system
from cli.screen import Screen

AsJson = Annotated[bool, typer.Option("--json", help="JSON on standard output, for machines.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
IdempotencyKey = Annotated[
    str | None,
    typer.Option(
        help="Your own name for this call (1 to 200 characters): under one name it is done once, however often repeated.",
        show_default=False,
    ),
]


@dataclass
class Session:
    """`run` is the `--run` of the command line."""

    run: Path | None
    client: httpx.Client
    screen: Screen

    @cached_property
    def access(self) -> access.Access:
        return access.find(self.run)

    @property
    def survey(self) -> Api:
        return self.service("survey")

    def service(self, name: str) -> Api:
        return Api(self.client, self.access.url(name), self.access.key, self.screen.warn)


def session(ctx: typer.Context) -> Session:
    found = ctx.find_object(Session)
    assert found is not None
    return found


@contextmanager
def begun(run: Path | None) -> Iterator[Session]:
    with new_client() as client:
        yield Session(run, client, Screen())


class Commands(TyperGroup):
    """Turns a failure into its message and exit code, in whatever command it happens, or in the help before one."""

    def make_context(self, *args: Any, **more: Any) -> Any:
        with _in_words():
            return super().make_context(*args, **more)

    def invoke(self, ctx: Any) -> Any:
        with _in_words():
            return super().invoke(ctx)


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except (Failure, OSError) as error:
        failure = error if isinstance(error, Failure) else of_system(error)
        _give_up_output()
        Screen().fail(failure.message, failure.then)
        raise typer.Exit(failure.exit_code) from error


def _give_up_output() -> None:
    """What cannot be written is not tried again at the end of Python, which would tell of it in a traceback."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def group(**settings: Any) -> typer.Typer:
    return typer.Typer(
        no_args_is_help=True, rich_markup_mode="markdown", pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]}, **settings,
    )  # fmt: skip


def examples(*lines: str) -> str:
    """The epilog of a help page, a line each."""
    return "\n\n".join(["**Examples**", *(f"`{line}`" for line in lines)])


def agreed(screen: Screen, question: str, *, yes: bool, otherwise: str) -> None:
    """Goes on, or ends the command: where nobody can be asked, nothing is done unasked."""
    if yes:
        return
    if not screen.asks:
        raise Failure(f"Not done, for nobody is there to be asked: {question}", otherwise)
    if not screen.confirm(question):
        raise Failure("Nothing was done.", otherwise)
