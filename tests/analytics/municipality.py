"""The municipality of the data set as a world, straight from its files."""

import csv
import json
from collections import Counter
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

from services.survey.responses.ballot import Answer, Ballot, Part
from tests.analytics.worlds import World, an_id, upwards

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "deploy" / "demo" / "municipality"


def read(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


@lru_cache
def expected() -> dict[str, Any]:
    figures: dict[str, Any] = json.loads((FOLDER / "expected.json").read_text("utf-8"))
    return figures


@lru_cache
def names() -> dict[UUID, str]:
    """The external id of each unit and service."""
    keys = [row["externalId"] for name in ("units.csv", "services.csv") for row in read(name)]
    return {an_id(key): key for key in keys}


@lru_cache
def municipality(wave: str) -> World:
    tree = {an_id(row["externalId"]): _parent(row["parentExternalId"]) for row in read("units.csv")}
    employees = {row["externalId"]: row for row in read("employees.csv")}
    providers = {an_id(row["externalId"]): an_id(row["providerExternalId"]) for row in read("services.csv")}
    named: dict[UUID, set[UUID]] = {service: set() for service in providers}
    for row in read("audiences.csv"):
        named[an_id(row["serviceExternalId"])].add(an_id(row["unitExternalId"]))
    audience = {
        service: frozenset(unit for unit in tree if units & set(upwards(tree, unit)))
        for service, units in named.items()
    }
    with (FOLDER / f"answers-{wave}.ndjson").open(encoding="utf-8") as file:
        ballots = [_ballot(json.loads(line), employees) for line in file]
    return World(
        tree=tree,
        staff=Counter(an_id(row["unitExternalId"]) for row in employees.values()),
        providers=providers,
        audience=audience,
        definition=json.loads((FOLDER / "survey.json").read_text("utf-8")),
        ballots=ballots,
        wave_id=an_id(f"wave {wave}"),
    )


def _parent(external_id: str) -> UUID | None:
    return an_id(external_id) if external_id else None


def _ballot(line: dict[str, Any], employees: dict[str, dict[str, str]]) -> Ballot:
    employee = employees[line["employeeExternalId"]]
    parts: dict[str | None, list[Answer]] = {}
    for entry in line["answers"]:
        parts.setdefault(entry.get("service"), []).append(Answer(entry["question"], entry.get("value")))
    return Ballot(
        unit=an_id(employee["unitExternalId"]),
        language=line["language"],
        parts=[Part(an_id(service) if service else None, answers) for service, answers in parts.items()],
    )
