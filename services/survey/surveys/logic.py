"""Who is asked what, read from a definition once for all that need to know it: the check of answers, the page, the proof
before publishing, and what falls apart."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from services.survey.surveys.conditions import Circumstances, Condition, both, compiled, leaves, shown_if, simplified
from services.survey.surveys.conditions import unanswered as holds_unanswered
from services.survey.surveys.fault import Definition, Path

ASKED = "asked:"  # before a question's key: whether, and with which options, it was asked; no key has a colon


@dataclass(frozen=True)
class Logic:
    """Of a question, its section's included. None: always shown, or required only if it says so itself. `options` has
    those with a condition."""

    key: str
    kind: str
    repeated: bool
    shown: Condition | None
    required: Condition | None
    options: Mapping[str, Condition]

    @property
    def conditions(self) -> Iterator[Condition]:
        yield from (each for each in (self.shown, self.required, *self.options.values()) if each is not None)

    @property
    def names(self) -> set[str]:
        """The questions that it looks at."""
        return {leaf["question"] for each in self.conditions for leaf in leaves(each) if "question" in leaf}

    @property
    def sorts_people(self) -> bool:
        """Whether it looks at who the respondent is, or at which services they chose: at more than answers."""
        return any(
            "attribute" in leaf or ("service" in leaf and leaf["operator"] != "is")
            for each in self.conditions for leaf in leaves(each)
        )  # fmt: skip


def logic_of(definition: Definition) -> dict[str, Logic]:
    """By key, in order."""
    return {
        question["key"]: Logic(
            key=question["key"],
            kind=question["type"],
            repeated=bool(section.get("repeatFor")),
            shown=both(shown_if(section), shown_if(question)),
            required=question.get("requireIf"),
            options={
                option["key"]: condition
                for option in question.get("options") or ()
                if (condition := shown_if(option)) is not None
            },
        )
        for section in definition["sections"]
        for question in section["questions"]
    }


def asked_if(question: Mapping[str, Any], logic: Logic) -> Condition | None:
    """When it is shown, and some option of it; None: always."""
    options = question.get("options") or ()
    some = {"any": list(logic.options.values())} if options and len(logic.options) == len(options) else None
    return both(logic.shown, some)


def apart(logic: Mapping[str, Logic]) -> frozenset[str]:
    """The questions whose answers must not stay with the others of the same part: that they were asked says who somebody
    is, or that they commented, or ties what was asked once to a service. Analytics works out the same."""
    found: set[str] = set()
    for key, one in logic.items():
        looked_at = [logic[name] for name in one.names if name in logic]
        if one.sorts_people or any(
            other.key in found or other.kind == "text" or other.repeated != one.repeated for other in looked_at
        ):
            found.add(key)
    return frozenset(found)


class Certain:
    """What is certain of a respondent before any answer is known: from their attributes, and from the services that they
    use, rate, and are being asked about."""

    def __init__(self, logic: Mapping[str, Logic], here: Circumstances) -> None:
        self.logic, self.here = logic, here
        self._left: dict[str, bool | Condition] = {}

    def left(self, condition: Condition) -> bool | Condition:
        return simplified(condition, self._known)

    def shown(self, key: str) -> bool | Condition:
        if key not in self._left:
            condition = self.logic[key].shown
            self._left[key] = True if condition is None else self.left(condition)
        return self._left[key]

    def _known(self, leaf: Condition) -> bool | None:
        if "question" not in leaf:
            return compiled(leaf)(self.here)
        return holds_unanswered(leaf) if self.shown(leaf["question"]) is False else None

    def is_open(self, key: str) -> bool:
        """Whether it hangs on answers how the question is asked of this respondent."""
        one = self.logic[key]
        if self.shown(key) is False:
            return False
        left = [self.shown(key), *(self.left(each) for each in (one.required, *one.options.values()) if each)]
        return not all(isinstance(each, bool) for each in left)


def naming(node: Any, path: Path = ()) -> Iterator[tuple[Path, Condition]]:
    """The conditions of a definition that name a service or an attribute, with where they stand."""
    if isinstance(node, list):
        for place, each in enumerate(node):
            yield from naming(each, (*path, place))
    elif isinstance(node, Mapping):
        if "operator" in node and ("service" in node or "attribute" in node):
            yield path, node
        for name, each in node.items():
            yield from naming(each, (*path, name))


def with_services(node: Any, ids: Mapping[str, str]) -> Any:
    """With these in place of what conditions call services."""
    if not ids:
        return node
    if isinstance(node, list):
        return [with_services(each, ids) for each in node]
    if not isinstance(node, Mapping):
        return node
    if "operator" in node and "service" in node:
        return {**node, "service": ids[node["service"]]}
    return {name: with_services(each, ids) for name, each in node.items()}
