"""What the conditions of a questionnaire name, and whether that fits: each by itself, before `proof.py` looks at what
they come to together."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from services.survey.surveys import domains
from services.survey.surveys.conditions import GIVEN, OPERATORS_OF, Condition, holds, leaves
from services.survey.surveys.fault import Definition, Fault, Path
from services.survey.surveys.values import Accept, Refusal, acceptor

Question = Mapping[str, Any]
CONDITIONS = ("showIf", "skipIf", "requireIf")


class _Decides(NamedTuple):
    """A question at whose answers conditions may look. `late`: it is asked once, after the first section about services."""

    question: Question
    repeated: bool
    late: bool
    accept: Accept


def faults(definition: Definition) -> Iterator[Fault]:
    """Looking back only, at answers that are there once (or about the same service), no cycle can arise. All sections
    about services are asked at the place of the first, service by service: they do not look at what is asked once after
    it, nor at which services are rated. That is known after the last of them: who is not asked the first is asked them at
    the place of another."""
    asked: dict[str, _Decides] = {}
    hanging = _Hanging(definition)
    about_services = [place for place, each in enumerate(definition["sections"]) if each.get("repeatFor")]
    for place, section in enumerate(definition["sections"]):
        late = not section.get("repeatFor") and any(place > each for each in about_services)
        look = _Look(hanging, asked, section, rated=all(place > each for each in about_services))
        yield from look.at(section, ("sections", place))
        for number, question in enumerate(section["questions"]):
            path: Path = ("sections", place, "questions", number)
            yield from look.at(question, path)
            for option_place, option in enumerate(question.get("options") or ()):
                yield from look.at(option, (*path, "options", option_place))
            accept = acceptor({**question, "minimumChoices": 1})
            asked[question["key"]] = _Decides(question, bool(section.get("repeatFor")), late, accept)


class _Look:
    """At the conditions of one section. `asked` grows as its questions are passed; `rated`: it is known by then which
    services were rated."""

    def __init__(
        self, hanging: "_Hanging", asked: Mapping[str, _Decides], section: Mapping[str, Any], *, rated: bool
    ) -> None:
        self.hanging, self.asked, self.section, self.rated = hanging, asked, section, rated

    def at(self, element: Mapping[str, Any], path: Path) -> Iterator[Fault]:
        if element.get("showIf") and element.get("skipIf"):
            detail = "says with showIf when this is shown already: put both into one condition"
            yield Fault((*path, "skipIf"), "showAndSkip", detail)
        if element.get("requireIf") and element.get("required"):
            detail = "is of no use: the question is always required. Leave one of the two out"
            yield Fault((*path, "requireIf"), "alwaysRequired", detail)
        for name in CONDITIONS:
            if element.get(name):
                yield from self._condition(element[name], (*path, name), element.get("key"))

    def _condition(self, condition: Condition, path: Path, of: str | None) -> Iterator[Fault]:
        if "not" in condition:
            yield from self._condition(condition["not"], (*path, "not"), of)
        for name in ("all", "any"):
            for place, part in enumerate(condition.get(name) or ()):
                yield from self._condition(part, (*path, name, place), of)
        if "question" in condition:
            yield from self._answer(condition, path, of)
        elif "attribute" in condition:
            yield from _attribute(condition, path)
        elif condition.get("operator") == "is" and not self.section.get("repeatFor"):
            detail = "is for sections that are repeated for services (repeatFor)"
            yield Fault((*path, "operator"), "notRepeated", detail)
        elif condition.get("operator") == "rates" and not self.rated:
            detail = (
                "which services are rated is known after all sections about services: ask this once, after the last"
            )
            yield Fault((*path, "operator"), "notEarlier", detail)

    def _answer(self, condition: Condition, path: Path, of: str | None) -> Iterator[Fault]:
        key = condition["question"]
        if key not in self.asked:
            yield self._unasked(key, (*path, "question"), of)
            return
        decides = self.asked[key]
        if decides.repeated and not self.section.get("repeatFor"):
            detail = "is asked about each service: for what is asked once it is not clear which of them is meant"
            yield Fault((*path, "question"), "notEarlier", detail)
        elif decides.late and self.section.get("repeatFor"):
            detail = "must be asked earlier: all sections about services are asked at the place of the first of them"
            yield Fault((*path, "question"), "notEarlier", detail)
        elif condition["operator"] not in OPERATORS_OF[decides.question["type"]]:
            kind = decides.question["type"]
            yield Fault((*path, "operator"), "unfitOperator", f"operators for {kind}: {', '.join(OPERATORS_OF[kind])}")
        else:
            yield from _expected(decides, condition, (*path, "value"))

    def _unasked(self, key: str, path: Path, of: str | None) -> Fault:
        if key not in self.hanging.section_of:
            return Fault(path, "unknownQuestion", "is no question of this survey")
        if of is not None and of != key and of in self.hanging.on(key):
            return Fault(path, "cycle", f"hangs on '{of}' itself: neither could ever be asked first")
        return Fault(path, "notEarlier", "must be asked earlier, in a section before or above in this one")


class _Hanging:
    """Which questions hang on which: each is walked to once, however many conditions there are."""

    def __init__(self, definition: Definition) -> None:
        self.section_of: dict[str, int] = {}
        self._names: dict[str | int, set[str]] = {}
        self._on: dict[str, set[str]] = {}
        for place, section in enumerate(definition["sections"]):
            self._names[place] = _names_in(section)
            for question in section["questions"]:
                self.section_of[question["key"]] = place
                self._names[question["key"]] = _names_in(question, *(question.get("options") or ()))

    def on(self, key: str) -> set[str]:
        """What decides on it, and on what decides on it."""
        if key not in self._on:
            found: set[str | int] = set()
            waiting: list[str | int] = [key]
            while waiting:
                node = waiting.pop()
                near: set[str | int] = {name for name in self._names[node] if name in self.section_of}
                near |= {self.section_of[node]} if isinstance(node, str) else set()
                waiting += near - found
                found |= near
            self._on[key] = {name for name in found if isinstance(name, str)}
        return self._on[key]


def _names_in(*elements: Mapping[str, Any]) -> set[str]:
    conditions = (element.get(name) for element in elements for name in CONDITIONS)
    return {leaf["question"] for condition in conditions for leaf in leaves(condition) if "question" in leaf}


def _options(question: Question) -> list[str]:
    return [option["key"] for option in question.get("options") or ()]


def _attribute(condition: Condition, path: Path) -> Iterator[Fault]:
    value, name = condition.get("value"), condition["operator"]
    yield from _shape(value, name, (*path, "value"))


def _shape(value: Any, name: str, path: Path) -> Iterator[Fault]:
    if name in GIVEN:
        if value is not None:
            yield Fault(path, "notAllowed", f"{name} takes no value: leave it out")
    elif value is None:
        yield Fault(path, "missing", f"{name} needs a value to compare with")
    elif (name == "in") != isinstance(value, list):
        yield Fault(path, "wrongType", "must be a list" if name == "in" else "must be a single value")


def _expected(decides: _Decides, condition: Condition, path: Path) -> Iterator[Fault]:
    """The value must be one that the question can have, and some answer must meet the condition."""
    value, name = condition.get("value"), condition["operator"]
    wrong = list(_shape(value, name, path))
    if wrong or name in GIVEN:
        yield from wrong
        return
    several = isinstance(value, list)
    unfit = False
    for place, each in enumerate(value if several else [value]):  # type: ignore[arg-type]  # a list, as just seen
        answer = decides.accept([each] if name in ("contains", "notContains") else each)
        if isinstance(answer, Refusal):
            unfit = True
            yield Fault((*path, place) if several else path, answer.code, f"no answer can be this: it {answer.detail}")
    candidates = domains.answers(decides.question, domains.constants([condition]), _options(decides.question))
    if not unfit and not any(holds(condition, each) for each in candidates):
        yield Fault(path, "neverMet", "no answer meets this condition")
