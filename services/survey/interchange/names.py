"""Names that other tools' conditions use, and what these are here: an answer, one option of an answer, an attribute, the
service that is rated."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from services.survey.interchange.expressions import (
    Every,
    Expression,
    Fixed,
    Lost,
    Opposite,
    Some,
    Test,
    Unclear,
)

Condition = dict[str, Any]
SCALES = ("rating", "effort", "importance", "nps")
NUMBERS = (*SCALES, "lostTime", "number")
SEVERAL = ("multipleChoice", "ranking")
YES = frozenset({"y", "yes", "1", "true"})


@dataclass(frozen=True)
class Target:
    """`values`: what the source calls an answer, as text, and what it is here. `option`: the name stands for whether
    this option was chosen. `service`: how this service takes part in the measurement."""

    subject: Mapping[str, str]
    type: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    option: Any = None


@dataclass
class Names:
    """`others`: finds what is no question. `spelled`: a name or an answer as a tool reads it that knows several as one, where
    the source has none that is written so: of names neither among the `known` nor among the `taken`, which may stand for
    nothing here."""

    known: dict[str, Target] = field(default_factory=dict)
    alike: dict[str, Target] = field(default_factory=dict)
    taken: frozenset[str] = frozenset()
    others: Callable[[str], Target | None] = lambda _name: None
    spelled: Callable[[str], str] = str

    def add(self, name: str, target: Target) -> None:
        """The first of two with one name is meant: names of whole questions are added before those of their parts."""
        self.known.setdefault(name, target)
        self.alike.setdefault(self.spelled(name), target)

    def of(self, name: str) -> Target | None:
        return self.known.get(name) or (None if name in self.taken else self.alike.get(self.spelled(name)))

    def condition(self, expression: Expression) -> Condition:
        """Raises Unclear for what cannot be said here."""
        if isinstance(expression, Test):
            return self._test(expression)
        if isinstance(expression, Opposite):
            return negated(self.condition(expression.of))
        if isinstance(expression, Every):
            return _together([self.condition(part) for part in expression.parts])
        if isinstance(expression, Some):
            return _any([self.condition(part) for part in expression.parts])
        if isinstance(expression, Lost):
            raise Unclear(expression.why)
        assert isinstance(expression, Fixed)
        raise Unclear("it holds always" if expression.holds else "it never holds")

    def _test(self, test: Test) -> Condition:
        target = self.of(test.name) or self.others(test.name)
        if target is None:
            raise Unclear(f"it looks at {test.name}, which is no question of the draft")
        if "service" in target.subject:
            return _of_service(target, test)
        test = test._replace(value=self._as_written(target, test.value))
        if target.option is not None:
            return _of_option(target, test)
        if test.operator == "answered":
            return {**target.subject, "operator": "answered"}
        if test.operator == "isTrue":
            return _of_yes(target, test)
        if target.type in SEVERAL:
            return _of_several(target, test)
        if test.operator in ("contains", "allOf") and target.values:
            return _of_text_in_values(target, test, self.spelled)
        if test.operator == "anyOf":
            return {**target.subject, "operator": "in", "value": [_value(target, each) for each in test.value]}
        return {**target.subject, "operator": test.operator, "value": _value(target, test.value)}

    def _as_written(self, target: Target, value: Any) -> Any:
        """As the source has the answer, where it reads several spellings as one."""
        if isinstance(value, tuple):
            return tuple(self._as_written(target, each) for each in value)
        if not isinstance(value, str) or value in target.values:
            return value
        return next((each for each in target.values if self.spelled(each) == self.spelled(value)), value)


def negated(condition: Condition) -> Condition:
    """In the shortest way to say it that means the same for what was not answered."""
    if condition.get("operator") == "answered":
        return {**condition, "operator": "notAnswered"}
    if condition.get("operator") == "notAnswered":
        return {**condition, "operator": "answered"}
    return dict(condition["not"]) if "not" in condition else {"not": condition}


# "It was answered, and not with this" is an operator of its own.
_NOT = {"equals": "notEquals", "contains": "notContains"}


def _together(conditions: list[Condition]) -> Condition:
    made: list[Condition] = []
    for condition in conditions:
        last, inner = made[-1] if made else {}, condition.get("not") or {}
        answered = last.get("operator") == "answered" and all(
            last[name] == inner.get(name) for name in last.keys() - {"operator"}
        )
        if answered and inner.get("operator") in _NOT:
            made[-1] = {**inner, "operator": _NOT[inner["operator"]]}
        elif condition not in made:
            made.append(condition)
    return made[0] if len(made) == 1 else {"all": made}


def _any(conditions: list[Condition]) -> Condition:
    """Several values of one question are a list."""
    subjects = [
        {name: value for name, value in each.items() if name not in ("operator", "value")} for each in conditions
    ]
    listed = {"equals", "in"}
    if (
        len(conditions) > 1
        and all(each.get("operator") in listed for each in conditions)
        and all(subject == subjects[0] and "service" not in subject for subject in subjects)
    ):
        values: list[Any] = []
        for each in conditions:
            values += each["value"] if each["operator"] == "in" else [each["value"]]
        if not any(isinstance(value, bool) for value in values):
            return {**subjects[0], "operator": "in", "value": list(dict.fromkeys(values))}
    return conditions[0] if len(conditions) == 1 else {"any": conditions}


def _of_service(target: Target, test: Test) -> Condition:
    """One service, or one among several."""
    values = test.value if test.operator in ("anyOf", "allOf") else (test.value,)
    fits = test.operator == "equals" if target.subject["service"] == "is" else test.operator == "contains"
    if not all(isinstance(value, str) for value in values) or not (fits or test.operator == "anyOf"):
        raise Unclear(f"it compares {test.name} in a way that services are not compared")
    return _any([{"service": value, "operator": target.subject["service"]} for value in values])


def _of_yes(target: Target, test: Test) -> Condition:
    """For what answers other than true and false count hangs on where SurveyJS meets them."""
    if target.type != "yesNo" or not {*target.values} <= {"true", "false"}:
        raise Unclear(f"it takes {test.name} for true or false, which its answers are not")
    return {**target.subject, "operator": "equals", "value": True}


def _of_option(target: Target, test: Test) -> Condition:
    operator = "contains" if target.type in SEVERAL else "equals"
    chosen = {**target.subject, "operator": operator, "value": target.option}
    if test.operator == "answered":
        return chosen
    if test.operator != "equals" or isinstance(test.value, tuple | float):
        raise Unclear("it compares whether something was chosen with a number")
    return chosen if str(test.value).lower() in YES else negated(chosen)


def _of_several(target: Target, test: Test) -> Condition:
    if test.operator not in ("contains", "anyOf", "allOf"):
        raise Unclear("it compares a choice of several with a single value")
    values = test.value if isinstance(test.value, tuple) else (test.value,)
    parts = [{**target.subject, "operator": "contains", "value": _value(target, value)} for value in values]
    return _any(parts) if test.operator == "anyOf" else _together(parts)


def _of_text_in_values(target: Target, test: Test, spelled: Callable[[str], str]) -> Condition:
    """`contains` of a single answer looks for a part of its value."""
    parts = [str(part) for part in (test.value if isinstance(test.value, tuple) else (test.value,))]
    found = [value for name, value in target.values.items() if all(spelled(part) in spelled(name) for part in parts)]
    if not found:
        raise Unclear(f"it looks for {', '.join(parts)}, which no answer has")
    return _any([{**target.subject, "operator": "equals", "value": value} for value in found])


def _value(target: Target, value: Any) -> Any:
    if isinstance(value, tuple):
        raise Unclear("it compares a single answer with a list")
    spelled = str(value).lower() if isinstance(value, bool) else str(value)
    if spelled in target.values:
        return target.values[spelled]
    if target.values:
        raise Unclear(f"it compares with {spelled!r}, which is no answer to {next(iter(target.subject.values()))}")
    if target.type in NUMBERS and not isinstance(value, bool):
        try:
            number = float(value)
        except (TypeError, ValueError):
            raise Unclear(f"it compares a number with {spelled!r}") from None
        return int(number) if number.is_integer() else number
    return value
