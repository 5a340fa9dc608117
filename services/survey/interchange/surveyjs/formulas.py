"""Our conditions as SurveyJS's expressions. What was not answered meets none there either, but for `<>` and
`notcontains`, and “not applicable” is a value there: both are said apart."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from services.survey.interchange.surveyjs.names import ATTRIBUTE, NOT_APPLICABLE

Condition = Mapping[str, Any]
SIGNS = {
    "equals": "=", "lessThan": "<", "lessOrEqual": "<=", "atMost": "<=", "greaterThan": ">", "greaterOrEqual": ">=",
    "atLeast": ">=", "contains": "contains",
}  # fmt: skip
SERVICES = {
    "uses": "{{usedServices}} contains {}",
    "rates": "{{ratedServices}} contains {}",
    "is": "{{panel.serviceId}} = {}",
}
_QUOTES = re.compile(r"([\"'])")


class Formulas:
    """`named`: what a question is called in the document, seen from where the condition stands; `special`: the questions
    of which “not applicable” is a value."""

    def __init__(self, named: Callable[[str], str], special: frozenset[str]) -> None:
        self.named, self.special = named, special

    def formula(self, condition: Condition) -> str:
        if "not" in condition:
            return f"!({self.formula(condition['not'])})"
        for name, word in (("all", " and "), ("any", " or ")):
            if name in condition:
                return word.join(self._inner(part) for part in condition[name])
        if "service" in condition:
            return SERVICES[condition["operator"]].format(constant(condition["service"]))
        key = condition.get("question")
        subject = "{" + (self.named(key) if key is not None else ATTRIBUTE + condition["attribute"]) + "}"
        return self._leaf(subject, condition["operator"], condition.get("value"), key in self.special)

    def _inner(self, condition: Condition) -> str:
        made = self.formula(condition)
        return f"({made})" if " and " in made or " or " in made else made

    def _leaf(self, subject: str, name: str, value: Any, special: bool) -> str:
        apart = f" and {subject} <> '{NOT_APPLICABLE}'" if special else ""
        if name == "answered":
            return f"{subject} notempty{apart}"
        if name == "notAnswered":
            return f"{subject} empty" + (f" or {subject} = '{NOT_APPLICABLE}'" if special else "")
        if name == "in":
            return f"{subject} anyof [{', '.join(constant(each) for each in value)}]"
        if name in ("notEquals", "notContains"):
            sign = "<>" if name == "notEquals" else "notcontains"
            return f"{subject} notempty{apart} and {subject} {sign} {constant(value)}"
        return f"{subject} {SIGNS[name]} {constant(value)}"


def constant(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "'" + _QUOTES.sub(r"\\\1", value) + "'" if isinstance(value, str) else repr(value)
