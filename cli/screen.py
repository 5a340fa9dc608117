"""What is shown. Results go to standard output; bars, questions and remarks to standard error, so that output can be
piped. Without a terminal there are no colours, no bars and no questions, and tables have a tab between columns."""

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text


class Screen:
    """Made for each command: Rich looks at the streams once."""

    def __init__(self) -> None:
        self.out = Console(highlight=False)
        self.error = Console(stderr=True, highlight=False)

    @property
    def asks(self) -> bool:
        return sys.stdin is not None and sys.stdin.isatty() and self.error.is_terminal

    def say(self, text: str) -> None:
        self._print(self.error, Text(plain(text, keep="\n")))

    def warn(self, text: str) -> None:
        self._print(self.error, Text(plain(text, keep="\n"), style="yellow"))

    def fail(self, message: str, then: str | None) -> None:
        self._print(self.error, Text.assemble(("failed: ", "bold red"), plain(message, keep="\n")))
        if then:
            self._print(self.error, Text.assemble(("next:   ", "bold"), plain(then, keep="\n")))

    def write(self, text: str) -> None:
        self._print(self.out, Text(plain(text, keep="\n")))

    def confirm(self, question: str) -> bool:
        """Who gives up, by Ctrl-C or Ctrl-D, has not agreed."""
        try:
            return typer.confirm(question, err=True)
        except typer.Abort:
            self.say("")
            return False

    def json(self, value: Any) -> None:
        typer.echo(json.dumps(value, ensure_ascii=False, indent=2))

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        if not self.out.is_terminal:
            for row in [columns, *rows]:
                typer.echo("\t".join(plain(cell) for cell in row))
            return
        table = Table(*columns, box=None, pad_edge=False, header_style="bold")
        for row in rows:
            cells = [Text(plain(cell), justify="right" if isinstance(cell, int) else "left") for cell in row]
            table.add_row(*cells)
        self.out.print(table)

    def bars(self) -> Progress:
        """Gone when the work is done; nothing without a terminal."""
        return Progress(
            SpinnerColumn(), TextColumn("{task.description:<24}", markup=False), BarColumn(),
            TextColumn("{task.fields[shown]:>16}", markup=False), TimeElapsedColumn(),
            console=self.error, transient=True, disable=not self.error.is_terminal,
        )  # fmt: skip

    def _print(self, console: Console, text: Text) -> None:
        """Wrapped by the terminal alone: a line in a log stays one line."""
        console.print(text, soft_wrap=True)


def plain(value: Any, keep: str = "") -> str:
    """Names and files are other people's: what would steer a terminal is not let through."""
    text = "" if value is None else str(value)
    return "".join(sign if sign.isprintable() or sign in keep else "\N{REPLACEMENT CHARACTER}" for sign in text)


def words(value: Any) -> str:
    """Of a language map the English, else the first."""
    if isinstance(value, dict):
        return str(value.get("en") or next(iter(value.values()), ""))
    return plain(value)
