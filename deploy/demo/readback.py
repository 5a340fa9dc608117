"""What the API says, in the shape of the plain figures: a row that it hides has `suppressed`, the reason, no figure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from deploy.demo.api import Api
from deploy.demo.folder import Folder
from deploy.demo.plain import NUMERIC
from deploy.embedded.trouble import Trouble

Figures = dict[str, Any]
Key = tuple[str | None, str | None, str]  # provider, service, question


@dataclass(frozen=True)
class Ids:
    """The ids of one kind of resource by external id, and the other way round."""

    by_name: Mapping[str, str]
    names: Mapping[str, str]


async def ids(api: Api, path: str) -> Ids:
    names = {item["id"]: item["externalId"] async for item in api.items(path) if item["externalId"]}
    return Ids({name: each for each, name in names.items()}, names)


async def wave_figures(
    folder: Folder, analytics: Api, wave_id: str, units: Ids, services: Ids, plain: Figures
) -> Figures:
    """For the rows that the plain figures have: each must be there, readable or hidden."""
    cells: dict[tuple[str, str], Figures] = {}
    for unit in dict.fromkeys(row["unit"] for row in plain["cells"]):
        query = {"consumerId": units.by_name[unit], "questionId": folder.overall, "attribute": "none"}
        async for row in analytics.items("/scores", waveId=wave_id, **query):
            if row["serviceId"]:
                cells[services.names[row["serviceId"]], unit] = row
    rates = {row["unitId"]: row async for row in analytics.items("/response-rates", waveId=wave_id)}
    whole = await _whole(analytics, wave_id, units, services)
    return {
        "response": [_rate(row, _rate_row(rates, units, row["unit"])) for row in plain["response"]],
        "questions": [_question(folder, row, whole) for row in plain["questions"]],
        "cells": [_cell(row, cells.get((row["service"], row["unit"]))) for row in plain["cells"]],
    }


async def _whole(analytics: Api, wave_id: str, units: Ids, services: Ids) -> dict[Key, Figures]:
    query = {"waveId": wave_id, "consumerId": "none", "attribute": "none"}
    return {
        (units.names.get(row["providerId"]), services.names.get(row["serviceId"]), row["questionId"]): row
        async for row in analytics.items("/scores", **query)
    }


def _rate_row(rates: Mapping[str | None, Figures], units: Ids, unit: str | None) -> Figures | None:
    return rates.get(units.by_name[unit] if unit else None)


def _rate(plain: Figures, row: Figures | None) -> Figures:
    found = _there(row, f"the response rate of {plain['unit'] or 'the whole'}")
    start = {"unit": plain["unit"], "population": found["population"]}
    if found.get("suppressed"):
        return {**start, "suppressed": True, "reason": found["reason"]}
    # In the input's own sense, of all employees; the API's `rate` is of those invited.
    rate = found["answered"] / found["population"]
    return {"unit": plain["unit"], "answered": found["answered"], "population": found["population"], "rate": rate}


def _question(folder: Folder, plain: Figures, whole: Mapping[Key, Figures]) -> Figures:
    key: Figures = {name: plain[name] for name in ("scope", "service", "provider", "question") if name in plain}
    service = plain.get("service")
    provider = folder.services[service]["providerExternalId"] if service else plain.get("provider")
    row = _there(whole.get((provider, service, plain["question"])), f"the score of {key}")
    return {**key, **statistics(row, folder.questions[plain["question"]].kind)}


def statistics(row: Figures, kind: str) -> Figures:
    if row["suppressed"]:
        return {"suppressed": True, "reason": row["reason"]}
    figures: Figures = {"n": row["n"]}
    if row.get("notApplicable"):
        figures["notApplicable"] = row["notApplicable"]
    if kind in NUMERIC:
        figures["mean"] = row["mean"]
        figures["standardDeviation"] = row["standardDeviation"]
    if kind == "nps":
        figures["nps"] = row["nps"]
    figures["distribution"] = dict(sorted(_counts(row["distribution"]), key=_in_order))
    return figures


def _counts(distribution: Any) -> Iterable[tuple[str, int]]:
    pairs = distribution.items() if isinstance(distribution, dict) else ((e["value"], e["count"]) for e in distribution)
    return ((str(value).lower() if isinstance(value, bool) else str(value), n) for value, n in pairs if n)


def _in_order(pair: tuple[str, int]) -> tuple[float, str]:
    try:
        return float(pair[0]), ""
    except ValueError:
        return 0.0, pair[0]


def _cell(plain: Figures, row: Figures | None) -> Figures:
    found = _there(row, f"the cell of {plain['service']} in {plain['unit']}")
    key = {"service": plain["service"], "unit": plain["unit"], "population": found["population"]}
    if found["suppressed"]:
        return {**key, "suppressed": True, "reason": found["reason"]}
    # A readable cell never is below the minimum: the comparison holds this against the files.
    return {**key, "n": found["n"], "mean": found["mean"], "belowMinimum": False}


def _there(row: Figures | None, what: str) -> Figures:
    if row is None:
        raise Trouble(f"the API leaves out {what}, which must be there, readable or hidden")
    return row
