"""The figures of the views that were fetched, in the shape of the plain figures, beside what the files say of each."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from deploy.demo import plain
from deploy.demo.folder import Folder
from deploy.demo.manager import Views
from deploy.demo.plain import WHOLE, Tally
from deploy.demo.play import Played
from deploy.demo.readback import Figures

Row = dict[str, Any]
Pair = tuple[Row, Row]  # by the files, by the API
NOBODY: Mapping[str, Any] = {"n": 0, "mean": None}  # a service, or all of a provider, that too few rated


def held(folder: Folder, played: Played, views: Views) -> tuple[Figures, Figures]:
    """By the files and by the API, table by table."""
    ground = _Ground(folder, played)
    tables = {"scorecard": list(ground.scorecard(views.scorecard)), "response": ground.response(views.scorecard)}
    if views.cross_section is not None:
        tables["cross-section"] = list(ground.cross_section(views.cross_section))
    plain_rows = {name: [of_files for of_files, _ in pairs] for name, pairs in tables.items()}
    return plain_rows, {name: [told for _, told in pairs] for name, pairs in tables.items()}


class _Ground:
    def __init__(self, folder: Folder, played: Played) -> None:
        self.folder, self.played = folder, played
        self.people = plain.population(folder)
        self.wave_names = {wave_id: name for name, wave_id in played.waves.items()}
        self.newest = list(played.waves)[-1]
        self.whole = {
            (name, row.get("provider"), row.get("service"), row["question"]): row
            for name, wave in played.plain.items()
            for row in wave["questions"]
        }
        self.answers = plain.read_wave(folder, self.newest)
        said = played.said[self.newest]["cells"]
        self.readable = [(row["service"], row["unit"]) for row in said if not row.get("suppressed")]

    def scorecard(self, card: Row) -> Iterator[Pair]:
        provider = self.played.units.names[card["unitId"]]
        yield from self._line(card, {"provider": provider}, self.people.customers[provider, WHOLE])
        for line in card["services"]:
            service = self.played.services.names[line["serviceId"]]
            yield from self._line(line, {"service": service}, self.people.users[service, WHOLE])

    def _line(self, line: Row, whose: Row, population: int) -> Iterator[Pair]:
        """Of one service, or of all of the provider: the overall figure, the topics and the trend."""
        figures = [(self.newest, self.folder.overall, line["overall"])] if line["overall"] is not None else []
        figures += [(self.newest, topic["questionId"], topic["figure"]) for topic in line["topics"]]
        figures += [(self.wave_names[p["waveId"]], self.folder.overall, p["figure"]) for p in line["trend"]]
        for wave, question, figure in figures:
            row = self.whole.get((wave, whose.get("provider"), whose.get("service"), question or ""), NOBODY)
            key = {**whose, "question": question}
            yield _of_files(key, row, population), _told(key, figure)

    def response(self, card: Row) -> list[Pair]:
        answered = self.played.plain[self.newest]["response"][0]["answered"]
        told = card["response"]["answered"]
        hidden = {"suppressed": True, "reason": "belowMinimum"}
        return [({"answered": answered}, hidden if told is None else {"answered": told})]

    def cross_section(self, view: Row) -> Iterator[Pair]:
        """Of a question that is not the overall one it is not known which services are readable in a unit."""
        question = view["questionId"]
        for cell in view["cells"]:
            provider = self.played.units.names[cell["providerId"]]
            unit = self.played.units.names[cell["consumerId"]] if cell["consumerId"] else WHOLE
            own = {s for s, row in self.folder.services.items() if row["providerExternalId"] == provider}
            named = {self.played.services.names[service] for service in cell["serviceIds"]}
            pooled = self._pooled(unit) if not unit or question == self.folder.overall else named
            services = sorted(own & pooled)
            key = {"provider": provider, "unit": unit or None, "question": question}
            row = _of_files(key, self._sum(services, unit, question), self.people.customers[provider, unit])
            told = _told(key, cell["figure"]) | ({"services": sorted(named)} if named else {})
            yield {**row, "services": services}, told

    def _pooled(self, unit: str) -> set[str]:
        """Of the whole organisation what enough people rated, of a unit what can be read there."""
        if unit:
            return {service for service, where in self.readable if where == unit}
        return {service for service, people in self.answers.raters.items() if people >= self.folder.minimum}

    def _sum(self, services: Iterable[str], unit: str, question: str) -> Row:
        joined = Tally()
        for service in services:
            joined.join(self.answers.tallies.get((service, unit, question), Tally()))
        return plain.statistics(joined, self.folder.questions[question].kind)


def _of_files(key: Row, row: Mapping[str, Any], population: int) -> Row:
    return {**key, "n": row["n"], "mean": row["mean"], "population": population}


def _told(key: Row, figure: Row) -> Row:
    """What a hidden figure tells all the same is left in, for the comparison to find."""
    if figure["suppressed"]:
        return {**key, **{name: value for name, value in figure.items() if value is not None}}
    return {**key, **{name: figure[name] for name in ("n", "mean", "population")}}
