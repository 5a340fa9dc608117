"""The municipality's files, as far as the tests of responses need them."""

import csv
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

FOLDER = Path(__file__).parents[3] / "deploy" / "demo" / "municipality"


@dataclass(frozen=True)
class Person:
    employee: str
    unit: UUID
    language: str
    answers: list[dict[str, Any]]

    @property
    def rated(self) -> set[UUID]:
        return {id_of(answer["service"]) for answer in self.answers if "service" in answer}


@dataclass(frozen=True)
class Municipality:
    tree: dict[UUID, UUID | None]
    root: UUID
    services: dict[UUID, UUID]
    names: list[tuple[str, str]]
    survey: dict[str, Any]
    waves: dict[str, list[Person]]


def id_of(external_id: str) -> UUID:
    return uuid5(NAMESPACE_OID, external_id)


@cache
def read() -> Municipality:
    units = _rows("units.csv")
    employees = {row["externalId"]: row for row in _rows("employees.csv")}
    return Municipality(
        tree={id_of(row["externalId"]): _parent(row["parentExternalId"]) for row in units},
        root=next(id_of(row["externalId"]) for row in units if not row["parentExternalId"]),
        services={id_of(row["externalId"]): id_of(row["providerExternalId"]) for row in _rows("services.csv")},
        names=[(row["givenName"], row["familyName"]) for row in employees.values()],
        survey=json.loads((FOLDER / "survey.json").read_text()),
        waves={wave: _people(wave, employees) for wave in ("2025", "2026")},
    )


def truth() -> list[dict[str, Any]]:
    return [json.loads(line) for line in (FOLDER / "comments-truth.ndjson").read_text().splitlines()]


def _parent(external_id: str) -> UUID | None:
    return id_of(external_id) if external_id else None


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(newline="") as file:
        return list(csv.DictReader(file))


def _people(wave: str, employees: dict[str, dict[str, str]]) -> list[Person]:
    people = []
    for line in (FOLDER / f"answers-{wave}.ndjson").read_text().splitlines():
        row = json.loads(line)
        employee = employees[row["employeeExternalId"]]
        unit = id_of(employee["unitExternalId"])
        people.append(Person(employee["externalId"], unit, row["language"], row["answers"]))
    return people
