"""`klankbord programmes`: what measures by itself, and a run of it now."""

from typing import Annotated, Any
from urllib.parse import quote

import typer

from cli.commands import AsJson, IdempotencyKey, examples, group, session
from cli.screen import words
from cli.shapes import PROGRAMME, WAVE

app = group(help="Programmes: list them, run one now.")


@app.command("list", epilog=examples("klankbord programmes list"))
def list_programmes(ctx: typer.Context, as_json: AsJson = False) -> None:
    """What is measured, and how often."""
    here = session(ctx)
    found = list(here.survey.items("/programmes", PROGRAMME))
    if as_json:
        here.screen.json(found)
        return
    rows = [
        (
            each["id"],
            _name(each),
            each["schedule"]["kind"],
            "active" if each["active"] else "paused",
            each.get("nextRunAt"),
        )
        for each in found
    ]
    here.screen.table(["id", "title", "kind", "status", "next run"], rows)


@app.command(epilog=examples("klankbord programmes run 0198c6…", "klankbord programmes run 0198c6… --json"))
def run(
    ctx: typer.Context,
    programme: Annotated[str, typer.Argument(help="Its id.")],
    idempotency_key: IdempotencyKey = None,
    as_json: AsJson = False,
) -> None:
    """Draw and invite now, without waiting for its time. Says which wave it became."""
    here = session(ctx)
    wave = here.survey.post(f"/programmes/{quote(programme, safe=':')}/run", WAVE, idempotency_key=idempotency_key)
    if as_json:
        here.screen.json(wave)
        return
    told = {"wave": wave["id"], "title": _name(wave), "status": wave.get("status"), "opens": wave.get("opensAt"),
            "closes": wave.get("closesAt")}  # fmt: skip
    here.screen.table(["", "value"], [(name, value) for name, value in told.items() if value])
    here.screen.say(f"It goes on at the server. How it goes: GET /v1/waves/{wave['id']}/progress")


def _name(shown: dict[str, Any]) -> str:
    return words(shown.get("title") or shown.get("name"))
