"""When something is shown, or must be answered. No answer, or "not applicable", meets no condition but `notAnswered`.

A condition is a leaf, about one earlier answer, one attribute or one service, or `all`, `any` or `not` of conditions.
"""

import operator
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Operator = Literal[
    "equals", "notEquals", "lessThan", "lessOrEqual", "atMost", "greaterThan", "greaterOrEqual", "atLeast", "in",
    "contains", "notContains", "answered", "notAnswered",
]  # fmt: skip
COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "equals": operator.eq,
    "notEquals": operator.ne,
    "lessThan": operator.lt,
    "lessOrEqual": operator.le,
    "atMost": operator.le,
    "greaterThan": operator.gt,
    "greaterOrEqual": operator.ge,
    "atLeast": operator.ge,
}
GIVEN = ("answered", "notAnswered")
_NUMBERS = (*COMPARISONS, "in", *GIVEN)
_SEVERAL = ("contains", "notContains", *GIVEN)
OPERATORS_OF: Mapping[str, tuple[str, ...]] = {
    "rating": _NUMBERS,
    "nps": _NUMBERS,
    "effort": _NUMBERS,
    "importance": _NUMBERS,
    "lostTime": _NUMBERS,
    "number": _NUMBERS,
    "date": _NUMBERS,
    "yesNo": ("equals", "notEquals", *GIVEN),
    "singleChoice": ("equals", "notEquals", "in", *GIVEN),
    "multipleChoice": _SEVERAL,
    "ranking": _SEVERAL,
    "text": GIVEN,
}
DEEPEST = 5

Condition = Mapping[str, Any]
Met = Callable[["Circumstances"], bool]


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What conditions look at. `values` of the questions that were answered; None is "not applicable". Services are
    ids as text; `service` is the one being rated."""

    values: Mapping[str, Any] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)
    uses: Collection[str] = ()
    rates: Collection[str] = ()
    service: str | None = None


def predicate(condition: Condition) -> Callable[[Any], bool]:
    """Of values that fit the question that the condition looks at; what was not answered is the caller's to exclude."""
    name, value = condition["operator"], condition.get("value")
    if name in GIVEN:
        return lambda _given: name == "answered"
    if name == "in":
        return frozenset(value or ()).__contains__
    if name == "contains":
        return lambda given: value in given
    if name == "notContains":
        return lambda given: value not in given
    compare = COMPARISONS[name]
    return lambda given: compare(given, value)


def holds(condition: Condition, value: Any) -> bool:
    """As `predicate`, of a value that may be anything: what does not fit the question meets no condition."""
    name = condition["operator"]
    if name in GIVEN:
        return (value is not None) is (name == "answered")
    expected = condition["value"][0] if name == "in" else condition["value"]
    if name in ("contains", "notContains"):
        return isinstance(value, list) and (name == "contains") is bool(expected in value)
    numbers = _is_number(value) and _is_number(expected)
    fits = numbers or type(value) is type(expected)
    return fits and bool(predicate(condition)(value))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def compiled(condition: Condition) -> Met:
    """Made once for a published version. Values must fit their questions."""
    if "not" in condition:
        inner = compiled(condition["not"])
        return lambda here: not inner(here)
    if "all" in condition or "any" in condition:
        parts = [compiled(part) for part in condition.get("all") or condition["any"]]
        each = all if "all" in condition else any
        return lambda here: each(part(here) for part in parts)
    if "service" in condition:
        return _of_service(condition["service"], condition["operator"])
    test, name = predicate(condition), condition["operator"]
    if "attribute" in condition:
        attribute = condition["attribute"]
        return lambda here: _given(here.attributes.get(attribute) or None, test, name)
    key = condition["question"]
    return lambda here: _given(here.values.get(key), test, name)


def _given(value: Any, test: Callable[[Any], bool], name: str) -> bool:
    return name == "notAnswered" if value is None else test(value)


def _of_service(service: str, name: str) -> Met:
    if name == "is":
        return lambda here: here.service == service
    if name == "rates":
        return lambda here: service in here.rates
    return lambda here: service in here.uses


def unanswered(leaf: Condition) -> bool:
    """Whether a leaf about a question holds when it has no answer."""
    return bool(leaf["operator"] == "notAnswered")


def leaves(condition: Condition | None) -> Iterator[Condition]:
    if condition is None:
        return
    if "not" in condition:
        yield from leaves(condition["not"])
    elif "all" in condition or "any" in condition:
        for part in condition.get("all") or condition["any"]:
            yield from leaves(part)
    else:
        yield condition


def simplified(condition: Condition, known: Callable[[Condition], bool | None]) -> bool | Condition:
    """What is left of it once some leaves are known; a bool when nothing is."""
    if "not" in condition:
        inner = simplified(condition["not"], known)
        return not inner if isinstance(inner, bool) else {"not": inner}
    if "all" in condition or "any" in condition:
        name = "all" if "all" in condition else "any"
        left = [simplified(part, known) for part in condition[name]]
        decides = name == "any"
        if any(part is decides for part in left):
            return decides
        open_ = [part for part in left if not isinstance(part, bool)]
        return (open_[0] if len(open_) == 1 else {name: open_}) if open_ else not decides
    value = known(condition)
    return condition if value is None else value


def both(*conditions: Condition | None) -> Condition | None:
    there = [condition for condition in conditions if condition is not None]
    return (there[0] if len(there) == 1 else {"all": there}) if there else None


def shown_if(element: Mapping[str, Any]) -> Condition | None:
    """Of a section, question or option: when it is shown; None: always."""
    skip = element.get("skipIf")
    return both(element.get("showIf"), {"not": skip} if skip else None)
