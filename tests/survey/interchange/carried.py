"""What a file became, for a test to look at."""

from dataclasses import dataclass
from typing import Any

from services.survey.interchange.bringing import Brought, brought

Question = dict[str, Any]


@dataclass
class Carried:
    brought: Brought

    @property
    def definition(self) -> dict[str, Any]:
        return self.brought.body.model_dump(mode="json", exclude_unset=True)

    @property
    def questions(self) -> dict[str, Question]:
        return {
            question["key"]: question for section in self.definition["sections"] for question in section["questions"]
        }

    def told(self, code: str | None = None) -> list[tuple[str, str]]:
        """Element and code, of what the report has."""
        return [
            (finding.place.name, finding.code)
            for finding in self.brought.report.findings
            if code in (None, finding.code)
        ]

    def said_of(self, element: str) -> str:
        return " ".join(finding.detail for finding in self.brought.report.findings if finding.place.name == element)


def carried(data: bytes) -> Carried:
    return Carried(brought(data, None, None, None))
