"""What could not be carried from a file as it was: one finding for each thing, with its place in the file."""

from dataclasses import dataclass, field, replace
from typing import Any, Literal

from services.survey.interchange.texts import tidy

Code = Literal[
    "questionOmitted", "questionChanged", "optionOmitted", "optionChanged", "sectionChanged", "conditionLost",
    "conditionChanged", "validationLost", "layoutLost", "orderLost", "settingLost", "textChanged", "textCut",
    "translationMissing",
]  # fmt: skip
MOST_FINDINGS = 5_000


@dataclass(frozen=True, slots=True)
class Place:
    """`name` is what the source calls it; `line` counts from 1 (XML), `pointer` is a JSON pointer (JSON)."""

    name: str
    line: int | None = None
    pointer: str | None = None

    def within(self, name: str, path: str = "") -> "Place":
        return replace(self, name=name, pointer=None if self.pointer is None else self.pointer + path)

    def order(self) -> list[tuple[int, str]]:
        """Of places of one file; what is about the whole comes first."""
        if self.line is not None:
            return [(self.line, "")]
        return [(int(part), "") if part.isdecimal() else (0, part) for part in (self.pointer or "").split("/")[1:]]


@dataclass(frozen=True, slots=True)
class Finding:
    """`detail`: what it is that was not carried. `instead`: what the draft has in its place."""

    place: Place
    code: Code
    detail: str
    instead: str

    def as_json(self) -> dict[str, Any]:
        return {
            "element": tidy(self.place.name)[:200], "line": self.place.line, "pointer": self.place.pointer,
            "code": self.code, "detail": tidy(self.detail)[:1_000], "instead": tidy(self.instead)[:1_000],
        }  # fmt: skip


@dataclass
class Report:
    """`more` counts findings beyond those that are kept: a file can be made to have any number of them."""

    found: dict[Finding, None] = field(default_factory=dict)
    more: int = 0

    def add(self, place: Place, code: Code, detail: str, instead: str) -> None:
        """The same is said once."""
        if len(self.found) < MOST_FINDINGS:
            self.found.setdefault(Finding(place, code, detail, instead))
        else:
            self.more += 1

    @property
    def findings(self) -> list[Finding]:
        """In the order of the file."""
        return sorted(self.found, key=lambda finding: finding.place.order())
