"""Questions that are rows of one table."""

from collections.abc import Iterator, Mapping
from typing import Any

from services.survey.surveys.fault import Fault, Path

ALIKE = ("type", "points", "labels", "minimumLabel", "maximumLabel")


def faults(section: Mapping[str, Any], path: Path) -> Iterator[Fault]:
    """Rows of one table stand next to each other and have the same columns."""
    first: dict[str, Mapping[str, Any]] = {}
    before: str | None = None
    for number, question in enumerate(section["questions"]):
        name = question.get("matrix")
        if name is not None:
            row = first.setdefault(name, question)
            if row is not question and before != name:
                detail = "must stand next to the other rows of this table"
                yield Fault((*path, "questions", number, "matrix"), "notNeighbours", detail)
            if columns(row) != columns(question):
                detail = f"has other columns than {row['key']}: rows have the same type, points, labels and options"
                yield Fault((*path, "questions", number, "matrix"), "rowsDiffer", detail)
        before = name


def columns(question: Mapping[str, Any]) -> Any:
    options = [(option["key"], option["text"]) for option in question.get("options") or ()]
    return [question.get(name) for name in ALIKE], options
