"""The demo holds the views against the files too, and draws what is hidden as hidden."""

import io
from collections.abc import Iterable
from copy import deepcopy
from typing import Any

import httpx
import pytest
from rich.console import Console

from deploy.demo import plain
from deploy.demo.api import Api
from deploy.demo.compare import compare
from deploy.demo.folder import Folder
from deploy.demo.manager import Views, most_rated, show
from deploy.demo.plain import WHOLE
from deploy.demo.play import Played
from deploy.demo.readback import Ids
from deploy.demo.views import held
from tests.deploy.test_demo_figures import released
from tests.journeys.folders import make_folder

HIDDEN = {"n": None, "mean": None, "ci95": None, "suppressed": True, "reason": "belowMinimum"}
Row = dict[str, Any]


def ids(keys: Iterable[str]) -> Ids:
    by_name = {key: f"id of {key}" for key in keys}
    return Ids(by_name, {each: name for name, each in by_name.items()})


class Honest:
    """What an honest API says of a folder: each figure straight from the answers."""

    def __init__(self, folder: Folder) -> None:
        self.folder, figures = folder, plain.figures(folder)
        self.people, self.name = plain.population(folder), list(folder.waves)[-1]
        self.answers = plain.read_wave(folder, self.name)
        units, services = ids(folder.units), ids(folder.services)
        api = Api(httpx.AsyncClient(), "")
        waves = {name: f"id of {name}" for name in folder.waves}
        said = {name: released(wave, folder.minimum) for name, wave in figures.items()}
        self.played = Played("", api, api, waves, units, services, figures, said)

    def figure(self, services: list[str], unit: str, question: str, population: int) -> Row:
        told = [self.answers.tallies.get((service, unit, question), plain.Tally()) for service in services]
        n = sum(tally.n for tally in told)
        if n < self.folder.minimum:
            return {**HIDDEN, "population": population}
        total = sum(value * count for tally in told for value, count in tally.values.items())
        figure = {"n": n, "mean": total / n, "ci95": {"low": 1.0, "high": 2.0}, "suppressed": False, "reason": None}
        return {**figure, "population": population}

    def views(self) -> Views:
        provider = most_rated(self.folder, self.played.said[self.name]["questions"])
        own = [s for s, row in self.folder.services.items() if row["providerExternalId"] == provider]
        rated = [service for service in own if self.answers.raters[service] >= self.folder.minimum]
        lines = [self.line([service], self.people.users[service, WHOLE], service) for service in own]
        card = {"unitId": f"id of {provider}", "name": provider, "services": lines,
                "response": {"answered": self.answers.answered[WHOLE]}}  # fmt: skip
        card |= self.line(rated, self.people.customers[provider, WHOLE])
        cells = [self.cell(provider, unit, own, rated) for unit in (WHOLE, *plain.level2(self.folder))
                 if self.people.customers[provider, unit]]  # fmt: skip
        return Views(card, {"questionId": self.folder.overall, "cells": cells})

    def line(self, services: list[str], population: int, service: str = "") -> Row:
        overall = self.figure(services, WHOLE, self.folder.overall or "", population)
        topics = [{"questionId": "speed", "figure": self.figure(services, WHOLE, "speed", population)}]
        trend = [{"waveId": self.played.waves[self.name], "figure": overall}]
        return {"serviceId": f"id of {service}", "name": {"en": service}, "overall": overall, "topics": topics,
                "trend": trend, "waveTitle": {"en": "Wave"}}  # fmt: skip

    def cell(self, provider: str, unit: str, own: list[str], rated: list[str]) -> Row:
        overall = self.folder.overall or ""
        enough = [s for s in own if self.answers.tallies.get((s, unit, overall), plain.Tally()).n
                  >= self.folder.minimum]  # fmt: skip
        services = enough if unit else rated
        figure = self.figure(services, unit, overall, self.people.customers[provider, unit])
        named = [] if figure["suppressed"] else [f"id of {service}" for service in services]
        consumer = f"id of {unit}" if unit else None
        return {"providerId": f"id of {provider}", "consumerId": consumer, "serviceIds": named, "figure": figure}


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> Honest:
    return Honest(Folder(make_folder(tmp_path_factory.mktemp("views") / "input", 1, people=150)))


def wrong(honest: Honest, views: Views) -> list[str]:
    return compare(*held(honest.folder, honest.played, views), honest.folder.minimum).wrong


def test_honest_views_pass(honest: Honest) -> None:
    views = honest.views()
    assert wrong(honest, views) == []
    assert views.cross_section is not None
    assert len(views.cross_section["cells"]) > 3
    assert len(views.scorecard["services"]) > 1


def test_a_wrong_figure_of_a_view_is_found(honest: Honest) -> None:
    views = deepcopy(honest.views())
    views.scorecard["topics"][0]["figure"]["mean"] += 0.001
    views.scorecard["services"][0]["overall"]["n"] += 1
    views.scorecard["response"]["answered"] -= 1
    assert views.cross_section is not None
    whole, *units = views.cross_section["cells"]
    whole["figure"]["population"] += 1
    shown = next(cell for cell in units if not cell["figure"]["suppressed"])
    shown["serviceIds"] = shown["serviceIds"][1:]
    found = wrong(honest, views)
    for start in ("scorecard: ", "response: ", "cross-section: "):
        assert any(fault.startswith(start) for fault in found), (start, found)
    for part in ("mean is", "n is", "answered is", "population is", "services is"):
        assert any(part in fault for fault in found), (part, found)


def test_a_hidden_figure_that_tells_is_found(honest: Honest) -> None:
    views = deepcopy(honest.views())
    views.scorecard["overall"] = {**HIDDEN, "population": views.scorecard["overall"]["population"], "mean": 5.0}
    assert any("it tells mean" in fault for fault in wrong(honest, views))


def test_the_provider_with_the_most_ratings_is_shown(honest: Honest) -> None:
    providers = sorted({service["providerExternalId"] for service in honest.folder.services.values()})
    assert most_rated(honest.folder, []) == providers[0]
    rows = [{"provider": provider, "question": question, "n": n} for provider in providers
            for question, n in (("mark", 9 if provider == providers[-1] else 8), ("ways", 3))]  # fmt: skip
    assert most_rated(honest.folder, rows) == providers[-1]
    hidden = [{"provider": providers[0], "question": "mark", "suppressed": True}]
    assert most_rated(honest.folder, hidden) == providers[0]


def test_hidden_rows_are_shown_as_hidden() -> None:
    hidden = {**HIDDEN, "population": 9}
    line = {"name": {"en": "Desk"}, "overall": hidden, "topics": [{"name": {"en": "Speed"}, "figure": hidden}]}
    card = {**line, "name": "Facilities", "waveTitle": {"en": "Wave"}, "services": [line]}
    console = Console(record=True, width=140, file=io.StringIO())
    show(Views(card, None), console)
    show(Views({**card, "overall": None, "services": [{**line, "overall": None}]}, None), console)
    said = console.export_text()
    assert said.count("·") == 2 * 2 + 2
    assert "Speed" in said
