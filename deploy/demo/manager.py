"""What a manager sees at the end: a provider's scorecard and the cross-section, as tables and as pictures."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from deploy.demo.folder import Folder
from deploy.demo.play import Played

PICTURES = {"svg": "image/svg+xml", "png": "image/png"}


@dataclass(frozen=True)
class Views:
    """No cross-section of a survey that asks nothing on a scale."""

    scorecard: dict[str, Any]
    cross_section: dict[str, Any] | None


async def read(folder: Folder, played: Played, out: Path) -> Views:
    """Of the newest wave; the scorecard of the provider with the most ratings."""
    name, wave_id = list(played.waves.items())[-1]
    provider = most_rated(folder, played.said[name]["questions"])
    card_at = f"/scorecards/{played.units.by_name[provider]}"
    asked: dict[str, tuple[str, dict[str, str]]] = {"scorecard": (card_at, {"waveId": wave_id})}
    if folder.compared is not None:
        asked["cross-section"] = ("/cross-section", {"waveId": wave_id, "questionId": folder.compared})
    read: dict[str, dict[str, Any]] = {}
    for view, (path, query) in asked.items():
        for ending, media_type in PICTURES.items():
            (out / f"{view}.{ending}").write_bytes(await played.analytics.picture(path, media_type, query))
        read[view] = await played.analytics.get(path, **query)
    return Views(read["scorecard"], read.get("cross-section"))


def most_rated(folder: Folder, rows: Iterable[Mapping[str, Any]]) -> str:
    """Ratings are counted by one question; what is hidden counts for nothing, and a provider has no row at all if too
    few rated any of its services."""
    counted = {service["providerExternalId"]: 0 for service in folder.services.values()}
    for row in rows:
        if row.get("provider") and row["question"] == folder.compared:
            counted[row["provider"]] = row.get("n") or 0
    return max(sorted(counted), key=counted.__getitem__)


def show(views: Views, console: Console) -> None:
    console.print(card_table(views.scorecard))
    if views.cross_section is not None:
        console.print(cross_table(views.cross_section))


def card_table(card: Mapping[str, Any]) -> Table:
    """The marks; where the survey has no overall question, those of the topics."""
    table = Table(title=f"Scorecard of {card['name']}: {said(card['waveTitle'])}", title_justify="left")
    table.add_column("service")
    lines = [*((said(service["name"]), service) for service in card["services"]), ("all of them", card)]
    marked = card["overall"] is not None
    headings = ("mark", "95 % interval", "n", "users") if marked else [said(topic["name"]) for topic in card["topics"]]
    for heading in headings:
        table.add_column(heading, justify="right")
    for name, line in lines:
        figure, topics = line["overall"], [topic["figure"] for topic in line["topics"]]
        cells = (mark(figure), interval(figure), *counts(figure)) if marked else map(mark, topics)
        table.add_row(name, *cells, end_section=line in card["services"][-1:])
    return table


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
