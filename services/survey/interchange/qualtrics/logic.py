"""Qualtrics's logic: groups of expressions that “and” and “or” join, of which “and” binds tighter.

https://www.qualtrics.com/support/survey-platform/survey-module/using-logic/
"""

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote

from services.survey.interchange.expressions import (
    ALWAYS,
    Expression,
    Lost,
    Test,
    every,
    opposite,
    some,
)
from services.survey.interchange.shape import Object, mapping, said

LOCATOR = re.compile(r"q://(QID[^/]+)/(\w+)((?:/[^/]+)*)")
COMPARISONS = {
    "EqualTo": "equals", "NotEqualTo": "equals", "GreaterThan": "greaterThan", "GreaterThanOrEqual": "greaterOrEqual",
    "LessThan": "lessThan", "LessThanOrEqual": "lessOrEqual",
}  # fmt: skip
ENTRIES = ("ChoiceTextEntryValue", "ChoiceNumericEntryValue", "SelectedChoicesRecode", "SelectedAnswerRecode")
SUBJECTS = {
    "EmbeddedField": "embedded data", "PanelData": "contact data", "GeoIP": "where somebody is", "DeviceType": "the device",
    "Quota": "a quota", "Loop": "the turn of a loop", "SurveyFlow": "the flow",
}  # fmt: skip
Shown = Callable[[str, list[str]], Expression]
Rows = Callable[[str], list[str]]
Recoded = Callable[[str, str], str | None]


class Reading:
    """`shown`: when a question (and an answer of it) is displayed; `rows`: of a table; `recoded`: the id of the answer
    that has been given this value."""

    def __init__(self, shown: Shown, rows: Rows, recoded: Recoded) -> None:
        self.shown, self.rows, self.recoded = shown, rows, recoded

    def logic(self, tree: Any) -> Expression:
        """Nothing says always."""
        node = mapping(tree)
        groups = [(said(mapping(group).get("Type")), self._group(mapping(group))) for group in _numbered(node)]
        return _joined([(kind.lower().startswith("or"), made) for kind, made in groups]) if groups else ALWAYS

    def _group(self, group: Object) -> Expression:
        parts = [mapping(part) for part in _numbered(group)]
        return _joined([(said(part.get("Conjuction")).lower() == "or", self.expression(part)) for part in parts])

    def expression(self, part: Mapping[str, Any]) -> Expression:
        kind = said(part.get("LogicType")) or "Question"
        if kind != "Question":
            what = SUBJECTS.get(kind, kind)
            return Lost(f"it looks at {what} ({said(part.get('LeftOperand'))[:80] or 'no name'})")
        return self.question(said(part.get("LeftOperand") or part.get("ChoiceLocator")), said(part.get("Operator")),
                             said(part.get("RightOperand")))  # fmt: skip

    def question(self, locator: str, operator: str, value: str) -> Expression:
        found = LOCATOR.match(unquote(locator))
        if found is None:
            return Lost(f"it looks at {locator[:80] or 'nothing that is named'}")
        name, asks, path = found[1], found[2], [step for step in found[3].split("/") if step]
        if operator in ("Displayed", "NotDisplayed"):
            shown = self.shown(name, path)
            return shown if operator == "Displayed" else opposite(shown)
        if operator in ("Selected", "NotSelected"):
            chosen = self._chosen(name, asks, path)
            return chosen if operator == "Selected" else opposite(chosen)
        if asks not in ENTRIES:
            return Lost(f"it looks at {asks} of {name}")
        return self._entered("_".join([name, *path]), asks, operator, value)

    def _chosen(self, name: str, asks: str, path: list[str]) -> Expression:
        if asks == "SelectableAnswer" and len(path) == 1 and self.rows(name):
            return some(*(Test("_".join([name, row, path[0]]), "equals", "1") for row in self.rows(name)))
        if asks not in ("SelectableChoice", "SelectableAnswer") or not path:
            return Lost(f"it looks at {asks} of {name}")
        return Test("_".join([name, *path]), "equals", "1")

    def _entered(self, name: str, asks: str, operator: str, value: str) -> Expression:
        answered = Test(name, "answered")
        if operator in ("Empty", "NotEmpty"):
            return answered if operator == "NotEmpty" else opposite(answered)
        if operator not in COMPARISONS:
            return Lost(f"it compares {name} in a way ({operator[:40] or 'none'}) that cannot be said")
        given: str | None = value
        if asks.endswith("Recode") and COMPARISONS[operator] == "equals":
            given = self.recoded(name.partition("_")[0], value)
        if given is None:
            return Lost(f"it compares {name} with {value[:40]!r}, which no answer stands for")
        test = Test(name, COMPARISONS[operator], given)  # type: ignore[arg-type]  # of the table above
        return opposite(test) if operator == "NotEqualTo" else test


def _numbered(node: Mapping[str, Any]) -> list[Any]:
    return [
        node[name] for name in sorted((name for name in node if name.isdecimal()), key=lambda name: (len(name), name))
    ]


def _joined(parts: list[tuple[bool, Expression]]) -> Expression:
    """`True`: joined to the one before with “or”."""
    sets: list[list[Expression]] = [[]]
    for alternative, part in parts:
        if alternative and sets[-1]:
            sets.append([])
        sets[-1].append(part)
    return some(*(every(*each) for each in sets)) if any(sets) else ALWAYS
