"""When a question is shown. A condition looks at one earlier answer; no answer, or "not applicable", meets none."""

import operator
from collections.abc import Callable, Mapping
from typing import Any, Literal

Operator = Literal["equals", "notEquals", "lessThan", "lessOrEqual", "greaterThan", "greaterOrEqual", "in", "contains"]
COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "equals": operator.eq,
    "notEquals": operator.ne,
    "lessThan": operator.lt,
    "lessOrEqual": operator.le,
    "greaterThan": operator.gt,
    "greaterOrEqual": operator.ge,
}
_NUMBERS = (*COMPARISONS, "in")
OPERATORS_OF: Mapping[str, tuple[str, ...]] = {
    "rating": _NUMBERS,
    "nps": _NUMBERS,
    "effort": _NUMBERS,
    "importance": _NUMBERS,
    "lostTime": _NUMBERS,
    "yesNo": ("equals",),
    "singleChoice": ("equals", "notEquals", "in"),
    "multipleChoice": ("contains",),
    "text": (),
}


def predicate(condition: Mapping[str, Any]) -> Callable[[Any], bool]:
    """Of values that fit the question that the condition looks at; what was not answered is the caller's to exclude."""
    name, value = condition["operator"], condition["value"]
    if name == "in":
        return frozenset(value).__contains__
    if name == "contains":
        return lambda given: value in given
    compare = COMPARISONS[name]
    return lambda given: compare(given, value)


def holds(condition: Mapping[str, Any], value: Any) -> bool:
    """As `predicate`, of a value that may be anything: what does not fit the question meets no condition."""
    expected = condition["value"][0] if condition["operator"] == "in" else condition["value"]
    if condition["operator"] == "contains":
        return isinstance(value, list) and expected in value
    numbers = _is_number(value) and _is_number(expected)
    return (numbers or type(value) is type(expected)) and predicate(condition)(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
