"""`klankbord export`."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Literal, cast, get_args

import typer

from cli.commands import Session, examples, group, session
from cli.exports.formats import Format, write
from cli.exports.lists import LISTS, List
from cli.exports.surveys import definition
from cli.exports.targets import target
from cli.failure import usage
from cli.screen import Screen

app = group(
    help="Write a list or a survey to a file.",
    epilog=examples(
        "klankbord export scores -o scores.csv",
        "klankbord export employees --filter active=true -o employees.ndjson",
        "klankbord export survey satisfaction --format surveyjs -o satisfaction.json",
    ),
)
SHOWN_EVERY = 100
Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", help="The file; by default standard output.", dir_okay=False, show_default=False),
]


def _exporting(name: str, found: List) -> Callable[..., None]:
    def export(
        ctx: typer.Context,
        output: Output = None,
        form: Annotated[
            Format | None,
            typer.Option(
                "--format",
                help="By default what the file's name ends in; csv where it has no ending.",
                show_default=False,
            ),
        ] = None,
        filters: Annotated[
            list[str], typer.Option("--filter", metavar="NAME=VALUE", help="A query key of the list; repeatable.")
        ] = [],  # noqa: B006 - Typer copies it
    ) -> None:
        here = session(ctx)
        query, wanted = dict(_filter(each) for each in filters), form or _format_of(output)
        with _counted(here.screen, name) as count, target(output) as file:
            write(file, count(_items(here, found, query)), wanted)

    export.__doc__ = found.says
    return export


for _name, _list in LISTS.items():
    app.command(_name, epilog=examples(f"klankbord export {_name} -o {_name}.csv"))(_exporting(_name, _list))


@app.command(epilog=examples("klankbord export survey satisfaction --format surveyjs -o satisfaction.json"))
def survey(
    ctx: typer.Context,
    key: Annotated[str, typer.Argument(help="The key of the survey.")],
    output: Output = None,
    form: Annotated[
        Literal["klankbord", "surveyjs"], typer.Option("--format", help="Whose JSON: Klankbord's own, or SurveyJS.")
    ] = "klankbord",
    version: Annotated[int | None, typer.Option(help="By default the latest.", min=1, show_default=False)] = None,
) -> None:
    """One survey as it was published, as JSON."""
    here = session(ctx)
    found = definition(here.survey, key, version, as_surveyjs=form == "surveyjs")
    with target(output) as file:
        file.write(json.dumps(found, ensure_ascii=False, indent=2) + "\n")


def _items(here: Session, found: List, query: dict[str, str]) -> Iterator[dict[str, Any]]:
    return here.service(found.service).items(found.path, query=query)


@contextmanager
def _counted(screen: Screen, name: str) -> Iterator[Callable[[Iterator[Any]], Iterator[Any]]]:
    """A list does not say how long it is, so the bar only shows that it goes on, and how far; at the end it is told."""
    number = 0
    with screen.bars() as bars:
        task = bars.add_task(name, total=None, shown="")

        def count(items: Iterator[Any]) -> Iterator[Any]:
            nonlocal number
            for number, item in enumerate(items, 1):
                if number % SHOWN_EVERY == 0:
                    bars.update(task, shown=f"{number:,}")
                yield item

        yield count
    screen.say(f"{number:,} {name}")


def _format_of(path: Path | None) -> Format:
    ending = path.suffix.removeprefix(".").lower() if path else ""
    if ending in get_args(Format):
        return cast("Format", ending)
    if path and ending not in ("", "jsonl"):
        raise usage(
            f"What {path.name} is to hold does not show from its name.", "Say it: --format csv, json or ndjson."
        )
    return "ndjson" if ending else "csv"


def _filter(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name:
        raise usage(f"--filter {text} is not NAME=VALUE.", "Such as --filter active=true")
    return name, value
