"""The figures computed straight from the files, without anything of the services: what the API must say.

Definitions: a mean is sum / n, the standard deviation is that of a sample (n - 1), the Net Promoter Score is the share
of 9 and 10 minus the share of 0 to 6, in percent (Reichheld, 2003). Pooled figures weigh ratings, and leave out the
services that fewer people than the minimum rated.
"""

import math
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from deploy.demo.folder import Folder

NUMERIC = frozenset(("rating", "nps", "effort", "importance", "lostTime", "number"))
WHOLE = ""  # as a unit: the whole organisation; as a service: a question asked once


@dataclass
class Tally:
    """Answers with a value, those that say not applicable, and how often each value (or option) was given."""

    n: int = 0
    not_applicable: int = 0
    values: Counter[Any] = field(default_factory=Counter)

    def add(self, entry: dict[str, Any], kind: str) -> None:
        """Of several choices each counts, of a ranking the first."""
        if entry.get("notApplicable"):
            self.not_applicable += 1
            return
        self.n += 1
        value = entry["value"]
        several = value if isinstance(value, list) else [value]
        self.values.update(several[:1] if kind == "ranking" else several)

    def join(self, other: "Tally") -> None:
        self.n += other.n
        self.not_applicable += other.not_applicable
        self.values.update(other.values)


@dataclass
class Wave:
    """`tallies` by service, unit (answers from in or below it) and question."""

    tallies: dict[tuple[str, str, str], Tally]
    answered: Counter[str]
    raters: Counter[str]


@dataclass(frozen=True)
class Population:
    """Employees, those invited (who use any service), users by service and customers by provider, each in or below a
    unit."""

    employees: Counter[str]
    invited: Counter[str]
    users: Counter[tuple[str, str]]
    customers: Counter[tuple[str, str]]


def population(folder: Folder) -> Population:
    counted = Population(Counter(), Counter(), Counter(), Counter())
    for employee in folder.employees.values():
        unit = employee["unitExternalId"]
        used = folder.uses(unit)
        providers = {folder.services[service]["providerExternalId"] for service in used}
        for place in (WHOLE, *folder.upwards(unit)):
            counted.employees[place] += 1
            counted.invited[place] += bool(used)
            counted.users.update((service, place) for service in used)
            counted.customers.update((provider, place) for provider in providers)
    return counted


def read_wave(folder: Folder, name: str) -> Wave:
    tallies: defaultdict[tuple[str, str, str], Tally] = defaultdict(Tally)
    wave = Wave(tallies, Counter(), Counter())
    places = {unit: (WHOLE, *folder.upwards(unit)) for unit in folder.units}
    for line in folder.answers(name):
        where = places[folder.employees[line["employeeExternalId"]]["unitExternalId"]]
        wave.answered.update(where)
        wave.raters.update({entry["service"] for entry in line["answers"] if entry.get("service")})
        for entry in line["answers"]:
            for place in where:
                tallies[entry.get("service") or WHOLE, place, entry["question"]].add(
                    entry, folder.questions[entry["question"]].kind
                )
    wave.tallies = dict(tallies)
    return wave


def statistics(tally: Tally, kind: str) -> dict[str, Any]:
    """In the shape of the row of one question; `distribution` holds what was chosen at least once."""
    figures: dict[str, Any] = {"n": tally.n}
    if tally.not_applicable:
        figures["notApplicable"] = tally.not_applicable
    if kind in NUMERIC:
        mean = math.fsum(value * count for value, count in tally.values.items()) / tally.n if tally.n else None
        figures["mean"] = mean
        figures["standardDeviation"] = _deviation(tally, mean)
    if kind == "nps" and tally.n:
        kept = [(value >= 9) - (value <= 6) for value in tally.values.elements()]
        figures["nps"] = 100 * sum(kept) / tally.n
    if kind != "text":
        figures["distribution"] = {as_key(value): tally.values[value] for value in sorted(tally.values)}
    return figures


def _deviation(tally: Tally, mean: float | None) -> float | None:
    if mean is None or tally.n < 2:
        return None
    return math.sqrt(math.fsum(n * (value - mean) ** 2 for value, n in tally.values.items()) / (tally.n - 1))


def as_key(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def pooled(folder: Folder, wave: Wave) -> dict[tuple[str, str], dict[str, Tally]]:
    """By scope and whose: every question's tally over the whole organisation."""
    minimum = folder.minimum
    scopes: defaultdict[tuple[str, str], dict[str, Tally]] = defaultdict(dict)
    for (service, place, question), tally in wave.tallies.items():
        if place != WHOLE:
            continue
        scopes["service" if service else "respondent", service][question] = tally
        if service and wave.raters[service] >= minimum:
            for scope in (("provider", folder.services[service]["providerExternalId"]), ("organisation", "")):
                scopes[scope].setdefault(question, Tally()).join(tally)
    return scopes


def figures(folder: Folder) -> dict[str, Any]:
    """In the shape of `expected.json`, at full precision; text questions are left out."""
    people = population(folder)
    waves = {name: read_wave(folder, name) for name in folder.waves}
    return {
        name: {
            "response": _response(folder, wave, people),
            "questions": _questions(folder, wave),
            "cells": _cells(folder, wave, people),
        }
        for name, wave in waves.items()
    }


def level2(folder: Folder) -> list[str]:
    roots = {unit for unit, row in folder.units.items() if not row["parentExternalId"]}
    return sorted(unit for unit, row in folder.units.items() if row["parentExternalId"] in roots)


def _response(folder: Folder, wave: Wave, people: Population) -> list[dict[str, Any]]:
    units = [unit for unit in level2(folder) if people.employees[unit]]
    return [
        {
            "unit": place or None,
            "answered": wave.answered[place],
            "population": people.employees[place],
            "rate": wave.answered[place] / people.employees[place],
        }
        for place in (WHOLE, *units)
    ]


def _questions(folder: Folder, wave: Wave) -> list[dict[str, Any]]:
    rows = []
    for (scope, whose), tallies in sorted(pooled(folder, wave).items()):
        for question, tally in sorted(tallies.items()):
            kind = folder.questions[question].kind
            if kind != "text":
                named = {scope: whose} if whose else {}
                rows.append({"scope": scope, **named, "question": question, **statistics(tally, kind)})
    return rows


def _cells(folder: Folder, wave: Wave, people: Population) -> list[dict[str, Any]]:
    if folder.overall is None:
        return []
    minimum, rows = folder.minimum, []
    units = set(level2(folder))
    for service, unit in sorted(key for key in people.users if key[1] in units):
        found = statistics(wave.tallies.get((service, unit, folder.overall), Tally()), "rating")
        kept = {"n": found["n"], "mean": found["mean"], "belowMinimum": found["n"] < minimum}
        rows.append({"service": service, "unit": unit, "population": people.users[service, unit], **kept})
    return rows
