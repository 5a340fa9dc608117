"""The input: a folder of an organisation's files and its recorded answers."""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from deploy.embedded.trouble import Trouble

Row = dict[str, str]
PEOPLE_COLUMNS = frozenset(
    [
        "externalId",
        "givenName",
        "familyName",
        "email",
        "unitExternalId",
        "managerExternalId",
        "language",
        "hiredOn",
        "active",
    ]
)
SCALED = ("rating", "effort", "importance")
FILES = ("organisation.json", "survey.json", "units.csv", "employees.csv", "services.csv", "audiences.csv")


@dataclass(frozen=True)
class Question:
    key: str
    kind: str


@dataclass(frozen=True)
class Folder:
    path: Path

    def __post_init__(self) -> None:
        missing = [name for name in FILES if not (self.path / name).is_file()]
        if missing or not self.waves:
            lacking = ", ".join([*missing, *(() if self.waves else ("answers-*.ndjson",))])
            raise Trouble(f"{self.path} is not a folder to play: it lacks {lacking}")
        for name, path in self.waves.items():
            if next(self.answers(name), None) is None:
                raise Trouble(f"{path} holds no answers, so that there is nothing to play")

    @cached_property
    def organisation(self) -> dict[str, Any]:
        return self._json("organisation.json")

    @cached_property
    def minimum(self) -> int:
        """As the API has it where the file does not say."""
        return int(self.organisation.get("minimumGroup", 5))

    @cached_property
    def survey(self) -> dict[str, Any]:
        return self._json("survey.json")

    @cached_property
    def waves(self) -> dict[str, Path]:
        return {path.stem.removeprefix("answers-"): path for path in sorted(self.path.glob("answers-*.ndjson"))}

    @cached_property
    def units(self) -> dict[str, Row]:
        return {row["externalId"]: row for row in self._rows("units.csv")}

    @cached_property
    def services(self) -> dict[str, Row]:
        return {row["externalId"]: row for row in self._rows("services.csv")}

    @cached_property
    def employees(self) -> dict[str, Row]:
        return {row["externalId"]: row for row in self._rows("employees.csv")}

    @cached_property
    def audiences(self) -> dict[str, set[str]]:
        """The services by unit, as the file names them: for the unit and all below it."""
        services: dict[str, set[str]] = {}
        for row in self._rows("audiences.csv"):
            services.setdefault(row["unitExternalId"], set()).add(row["serviceExternalId"])
        return services

    @cached_property
    def attributes(self) -> list[str]:
        with (self.path / "employees.csv").open(encoding="utf-8", newline="") as file:
            return [column for column in next(csv.reader(file)) if column not in PEOPLE_COLUMNS]

    @cached_property
    def questions(self) -> dict[str, Question]:
        sections = self.survey["sections"]
        return {q["key"]: Question(q["key"], q["type"]) for section in sections for q in section["questions"]}

    @cached_property
    def overall(self) -> str | None:
        """As the contract has it: the question with that role, or the first rating without topic; none where that is
        asked once."""
        everything = [(section, question) for section in self.survey["sections"] for question in section["questions"]]
        start = self.survey["sections"][0]
        first = [(start, q) for q in start["questions"] if q["type"] == "rating" and not q.get("topic")]
        named = [(section, question) for section, question in everything if question.get("role") == "overall"]
        found = next(iter((*named, *first)), None)
        return str(found[1]["key"]) if found is not None and found[0].get("repeatFor") else None

    @cached_property
    def compared(self) -> str | None:
        """The question of the cross-section: the overall one, else the first on a scale about a service."""
        sections = [section for section in self.survey["sections"] if section.get("repeatFor")]
        scaled = [q["key"] for section in sections for q in section["questions"] if q["type"] in SCALED]
        return self.overall or next(iter(scaled), None)

    @cached_property
    def expected(self) -> dict[str, Any] | None:
        return self._json("expected.json") if (self.path / "expected.json").is_file() else None

    def answers(self, wave: str) -> Iterator[dict[str, Any]]:
        with self.waves[wave].open(encoding="utf-8") as file:
            yield from (json.loads(line) for line in file if line.strip())

    def upwards(self, unit: str) -> list[str]:
        """From the unit itself to the top."""
        path: list[str] = []
        while unit:
            path.append(unit)
            unit = self.units[unit]["parentExternalId"]
        return path

    def uses(self, unit: str) -> set[str]:
        return set[str]().union(*(self.audiences.get(above, set()) for above in self.upwards(unit)))

    def _json(self, name: str) -> dict[str, Any]:
        value: dict[str, Any] = json.loads((self.path / name).read_text("utf-8"))
        return value

    def _rows(self, name: str) -> Iterator[Row]:
        with (self.path / name).open(encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)
