"""What a manager sees at the end: a provider's scorecard and the cross-section, as tables and as pictures."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from deploy.demo.play import Played

PICTURES = {"svg": "image/svg+xml", "png": "image/png"}


@dataclass(frozen=True)
class Views:
    scorecard: dict[str, Any]
    cross_section: dict[str, Any]


async def read(played: Played, folder: Path) -> Views:
    """Of the newest wave; the scorecard of the provider with the most ratings."""
    name, wave_id = list(played.waves.items())[-1]
    counted = {row["provider"]: row.get("n") or 0 for row in played.said[name]["questions"] if "provider" in row}
    most = max(counted, key=lambda provider: counted[provider])
    paths = {"scorecard": f"/scorecards/{played.units.by_name[most]}", "cross-section": "/cross-section"}
    for view, path in paths.items():
        for ending, media_type in PICTURES.items():
            picture = await played.analytics.picture(path, media_type, {"waveId": wave_id})
            (folder / f"{view}.{ending}").write_bytes(picture)
    read = [await played.analytics.get(path, waveId=wave_id) for path in paths.values()]
    return Views(*read)


def show(views: Views, console: Console) -> None:
    card, view = views.scorecard, views.cross_section
    table = Table(title=f"Scorecard of {card['name']}: {said(card['waveTitle'])}", title_justify="left")
    table.add_column("service")
    for heading in ("mark", "95 % interval", "n", "users"):
        table.add_column(heading, justify="right")
    for service in card["services"]:
        figure = service["overall"]
        table.add_row(said(service["name"]), mark(figure), interval(figure), *counts(figure))
    table.add_section()
    table.add_row("all of them", mark(card["overall"]), interval(card["overall"]), *counts(card["overall"]))
    console.print(table)
    console.print(cross_table(view))


def cross_table(view: Mapping[str, Any]) -> Table:
    cells = {(cell["consumerId"], cell["providerId"]): cell["figure"] for cell in view["cells"]}
    table = Table(title=f"Cross-section: {said(view['waveTitle'])}   (· is hidden)", title_justify="left")
    table.add_column("used by")
    for provider in view["providers"]:
        table.add_column(provider["name"], justify="right")
    whole = {"unitId": None, "name": "the whole organisation"}
    for consumer in (whole, *view["consumers"]):
        figures = [cells.get((consumer["unitId"], provider["unitId"])) for provider in view["providers"]]
        table.add_row(consumer["name"], *("" if figure is None else mark(figure) for figure in figures))
    return table


def said(text: Mapping[str, str]) -> str:
    return text.get("en") or next(iter(text.values()))


def mark(figure: Mapping[str, Any]) -> str:
    return "·" if figure["mean"] is None else f"{figure['mean']:.2f}"


def interval(figure: Mapping[str, Any]) -> str:
    found = figure["ci95"]
    return f"{found['low']:.2f} to {found['high']:.2f}" if found else ""


def counts(figure: Mapping[str, Any]) -> tuple[str, str]:
    return str(figure["n"] if figure["n"] is not None else "·"), str(figure["population"] or "")
