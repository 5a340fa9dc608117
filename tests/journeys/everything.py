"""Every row that the API has of a wave, in all units, against the input files."""

from collections.abc import Iterator
from typing import Any

from deploy.demo import plain
from deploy.demo.api import Api
from deploy.demo.compare import same
from deploy.demo.folder import Folder
from deploy.demo.plain import WHOLE, Population, Tally, Wave
from deploy.demo.readback import Ids

Row = dict[str, Any]
FIGURES = ("n", "notApplicable", "responseRate", "mean", "standardDeviation", "ci95", "top2Box", "bottom2Box", "nps",
           "distribution", "services")  # fmt: skip


class Everything:
    def __init__(self, folder: Folder, name: str, units: Ids, services: Ids) -> None:
        self.folder, self.units, self.services = folder, units, services
        self.wave: Wave = plain.read_wave(folder, name)
        self.people: Population = plain.population(folder)
        self.minimum = int(folder.organisation["minimumGroup"])
        # The top of the tree is the whole organisation, which pools what enough people rated.
        self.whole = {WHOLE, *(unit for unit, row in folder.units.items() if not row["parentExternalId"])}
        self.provider = {name: row["providerExternalId"] for name, row in folder.services.items()}
        self.rated = {service for service, people in self.wave.raters.items() if people >= self.minimum}

    async def faults(self, analytics: Api, wave_id: str) -> list[str]:
        rows = [row async for row in analytics.items("/scores", waveId=wave_id)]
        keyed = {self.key(row): row for row in rows}
        assert len(keyed) == len(rows)
        wrong = [f"{self.key(row)}: {fault}" for row in rows for fault in self.row_faults(row, keyed)]
        return wrong + [f"{key} is left out" for key in self.owed() - keyed.keys()]

    def key(self, row: Row) -> tuple[str, str, str, str]:
        ids = (self.units.names.get(row["providerId"]), self.services.names.get(row["serviceId"]))
        return ids[0] or WHOLE, ids[1] or WHOLE, self.units.names.get(row["consumerId"]) or WHOLE, row["questionId"]

    def owed(self) -> set[tuple[str, str, str, str]]:
        """A service has a row a question in every unit that has users of it."""
        asked = [q["key"] for s in self.folder.survey["sections"] if s.get("repeatFor") for q in s["questions"]]
        shown = [key for key in asked if self.folder.questions[key].kind != "text"]
        return {(self.provider[s], s, unit, question) for s, unit in self.people.users for question in shown}

    def row_faults(self, row: Row, keyed: dict[tuple[str, str, str, str], Row]) -> Iterator[str]:
        _, service, unit, question = self.key(row)
        if service and row["population"] != self.people.users[service, unit]:
            yield f"population {row['population']} instead of {self.people.users[service, unit]}"
        tally = self.tally(row)
        if row["suppressed"]:
            told = [name for name in FIGURES if row[name] is not None]
            if told:
                yield f"hidden, but tells {told}"
            if row["reason"] == "belowMinimum" and tally is not None and tally.n >= self.minimum:
                yield f"hidden as below the minimum with {tally.n}"
            return
        assert tally is not None
        if tally.n < self.minimum:
            yield f"readable with {tally.n} answers"
        if row["services"] is not None and unit not in self.whole:
            named = [self.services.names[each] for each in row["services"]]
            hidden = [s for s in named if keyed[self.provider[s], s, unit, question]["suppressed"]]
            if hidden:
                yield f"pools services that are hidden there: {hidden}"
        for name, value in plain.statistics(tally, self.folder.questions[question].kind).items():
            said = {k: n for k, n in row[name].items() if n} if name == "distribution" else row[name]
            if not same(value, said):
                yield f"{name} is {said}, by the files {value}"

    def tally(self, row: Row) -> Tally | None:
        """None: a hidden pooled figure of a unit, which does not say what it would have held."""
        provider, service, unit, question = self.key(row)
        about_self = next(
            (True for s in self.folder.survey["sections"] if not s.get("repeatFor") for q in s["questions"]
             if q["key"] == question), False
        )  # fmt: skip
        if service or about_self:
            return self.wave.tallies.get((service, unit, question), Tally())
        if unit not in self.whole and row["services"] is None:
            return None
        pooled = {s for s in self.rated if provider in (WHOLE, self.provider[s])}
        if row["services"] is not None:
            named = {self.services.names[each] for each in row["services"]}
            assert unit not in self.whole or named == pooled, (self.key(row), named, pooled)
            pooled = named
        joined = Tally()
        for each in pooled:
            joined.join(self.wave.tallies.get((each, unit, question), Tally()))
        return joined
