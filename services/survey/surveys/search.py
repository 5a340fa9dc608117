"""Whether a condition can ever be met: a search over everything that a respondent can be and answer.

Exact over the domains of `domains.py`: questions are answered in their order, one that is not asked has no answer, one
that is required has one ("not applicable" where that is allowed), a choice is among the options shown, and a service is
rated by an answer to something that is asked about it. Of respondents it assumes that any combination of attribute values
may occur, those that are named, others and none; that a service that is named may be used or not, whatever else is used;
and that a wave may have services that are not named. So it never calls impossible what can happen, and calls possible what
only the organisation's own people or waves rule out.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from services.survey.surveys import domains
from services.survey.surveys.conditions import Condition, holds, leaves, simplified, unanswered
from services.survey.surveys.fault import Definition
from services.survey.surveys.logic import Logic, asked_if

Variable = tuple[str, ...]  # its kind (service, uses, rates, attribute, question, option) and name
SERVICE: Variable = ("service",)  # the one that is asked about
OTHER = "\0other"  # an attribute's value, or a service, that no condition names
NO_MORE = object()
MOST_LOOKS = 250_000  # at conditions, each with each value, for one questionnaire: a second or two
CONTAINS = ("contains", "notContains")
SEVERAL = ("multipleChoice", "ranking")  # of which conditions see whether an option is among those chosen


class TooComplex(Exception):
    """The search was given up."""


class Search:
    """Of one questionnaire."""

    def __init__(self, definition: Definition, logic: Mapping[str, Logic]) -> None:
        self.logic = logic
        self.questions = {
            question["key"]: question for section in definition["sections"] for question in section["questions"]
        }
        repeated = [section for section in definition["sections"] if section.get("repeatFor")]
        self.most_rated = repeated[0]["maximumServices"] if repeated else 0
        self._looks = 0
        self._ratable: dict[str, bool | Condition] = {}

    def possible(self, goal: Condition, *, repeated: bool) -> bool:
        """`repeated`: for somebody who is asked about a service, and has rated none yet. Raises `TooComplex`."""
        if "any" in goal:
            return any(self.possible(part, repeated=repeated) for part in goal["any"])
        return _Attempt(self, goal, repeated=repeated).succeeds()

    def look(self, times: int = 1) -> None:
        self._looks += times
        if self._looks > MOST_LOOKS:
            raise TooComplex

    def ratable(self, service: str) -> bool | Condition:
        """When something is asked about it. What is asked first is asked before anything about it was answered."""
        if service not in self._ratable:
            asked = [asked_if(self.questions[key], one) for key, one in self.logic.items() if one.repeated]
            self._ratable[service] = None in asked or simplified(
                {"any": asked}, lambda leaf: self._nothing_answered(leaf, service)
            )
        return self._ratable[service]

    def _nothing_answered(self, leaf: Condition, service: str) -> bool | None:
        self.look()
        if "question" in leaf:
            return unanswered(leaf) if self.logic[leaf["question"]].repeated else None
        same = leaf.get("service") == service
        return same if leaf["operator"] == "is" else True if same else None


class _Attempt:
    def __init__(self, search: Search, goal: Condition, *, repeated: bool) -> None:
        self.search, self.goal, self.repeated = search, goal, repeated
        self.about: dict[Variable, dict[str, Condition]] = {}
        self.services: set[str] = set()
        self.variables = self._variables()
        self.now: dict[Variable, Any] = {}
        self.ways: dict[tuple[str, ...], list[Any]] = {}

    def _variables(self) -> list[Variable]:
        """What is decided first stands first: what another hangs on right before it, so that little is decided in vain.
        Without recursion, for there may be thousands of questions."""
        found: dict[Variable, None] = {}
        waiting = [(each, False) for each in reversed(list(self._looked_at(self.goal)))]
        begun: set[Variable] = set()
        while waiting:
            variable, ready = waiting.pop()
            if ready:
                found[variable] = None
            elif variable not in begun:
                begun.add(variable)
                waiting.append((variable, True))
                waiting += [(each, False) for each in reversed(list(self._hangs_on(variable)))]
        return list(found)

    def _looked_at(self, condition: bool | Condition | None) -> Iterator[Variable]:
        for leaf in leaves(None if isinstance(condition, bool) else condition):
            self.search.look()
            if "service" in leaf:
                self.services.add(leaf["service"])
                yield SERVICE if leaf["operator"] == "is" else (leaf["operator"], leaf["service"])
                continue
            name = ("attribute", leaf["attribute"]) if "attribute" in leaf else ("question", leaf["question"])
            self.about.setdefault(name, {})[f"{leaf['operator']} {leaf.get('value')!r}"] = leaf
            yield ("option", leaf["question"], leaf["value"]) if leaf["operator"] in CONTAINS else name

    def _hangs_on(self, variable: Variable) -> Iterator[Variable]:
        kind, *names = variable
        if kind == "uses" and self.repeated:
            yield SERVICE
        elif kind == "rates":
            yield ("uses", *names)
            yield from self._looked_at(self.search.ratable(names[0]))
        elif kind == "question":
            for condition in self.search.logic[names[0]].conditions:
                yield from self._looked_at(condition)
        elif kind == "option":
            yield ("question", names[0])

    def succeeds(self) -> bool:
        """Whatever is decided so far can always be gone on from, so the goal is reached as soon as it is met. Without
        recursion, as above."""
        tried: list[Iterator[Any]] = []
        while (left := simplified(self.goal, self._known)) is not True:
            if left is not False:
                tried.append(iter(list(self._domain(self.variables[len(tried)]))))
            while tried and (value := next(tried[-1], NO_MORE)) is NO_MORE:
                tried.pop()
                self.now.pop(self.variables[len(tried)], None)
            if not tried:
                return False
            self.now[self.variables[len(tried) - 1]] = value
        return True

    def _known(self, leaf: Condition) -> bool | None:
        self.search.look()
        if "service" in leaf:
            if leaf["operator"] == "is":
                return self.now[SERVICE] == leaf["service"] if SERVICE in self.now else None
            state: bool | None = self.now.get((leaf["operator"], leaf["service"]))
            return state
        variable = ("attribute", leaf["attribute"]) if "attribute" in leaf else ("question", leaf["question"])
        if variable not in self.now:
            return None
        value = self.now[variable]
        if value is None:
            return unanswered(leaf)
        if leaf["operator"] not in CONTAINS:
            return holds(leaf, value)
        chosen = self.now.get(("option", leaf["question"], leaf["value"]))
        return None if chosen is None else chosen is (leaf["operator"] == "contains")

    def _met(self, condition: bool | Condition | None) -> bool:
        if condition is None or isinstance(condition, bool):
            return condition is not False
        return simplified(condition, self._known) is True

    def _domain(self, variable: Variable) -> Iterable[Any]:
        kind, *names = variable
        if kind == "service":
            return [*sorted(self.services), OTHER]
        if kind == "uses":
            return [True] if self.now.get(SERVICE) == names[0] else [False, True]
        if kind == "rates":
            return [True, False] if self._may_be_rated(names[0]) else [False]
        if kind == "attribute":
            return [*dict.fromkeys(domains.constants(self.about[variable].values())), OTHER, None]
        return self._answers(names[0]) if kind == "question" else self._choice(*names)

    def _may_be_rated(self, service: str) -> bool:
        """Somebody who has rated none yet is asked about it before they can."""
        self.search.look(len(self.now))
        rated = sum(state for (kind, *_), state in self.now.items() if kind == "rates")
        room = rated < self.search.most_rated and not self.repeated
        return room and self.now["uses", service] and self._met(self.search.ratable(service))

    def _answers(self, key: str) -> Iterator[Any]:
        """One for each way in which conditions can see it; what meets most of them first, for chains are long."""
        logic, question = self.search.logic[key], self.search.questions[key]
        options = self.options(key)
        if not self._met(logic.shown) or (question.get("options") and not options):
            yield None
            return
        if question["type"] in SEVERAL:
            yield True
        else:
            if (key, *options) not in self.ways:
                self.ways[key, *options] = self._ways(key, options)
            yield from self.ways[key, *options]
        required = question.get("required") or (logic.required is not None and self._met(logic.required))
        if not required or question.get("notApplicable"):
            yield None

    def _ways(self, key: str, options: list[str]) -> list[Any]:
        about = self.about["question", key].values()
        seen: dict[tuple[bool, ...], Any] = {}
        for value in domains.answers(self.search.questions[key], domains.constants(about), options):
            self.search.look(len(about))
            seen.setdefault(tuple(holds(leaf, value) for leaf in about), value)
        return [seen[signature] for signature in sorted(seen, key=sum, reverse=True)]

    def _choice(self, key: str, option: str) -> Iterator[bool]:
        """Whether it is among those chosen: as long as neither too many are nor too few can be."""
        question, options = self.search.questions[key], self.options(key)
        if self.now["question", key] is None or option not in options:
            yield False
            return
        decided = [state for each in options if (state := self.now.get(("option", key, each))) is not None]
        if sum(decided) < min(question.get("maximumChoices") or len(options), len(options)):
            yield True
        if len(options) - 1 - decided.count(False) >= min(question.get("minimumChoices") or 1, len(options)):
            yield False

    def options(self, key: str) -> list[str]:
        conditions = self.search.logic[key].options
        return [
            option["key"] for option in self.search.questions[key].get("options") or ()
            if self._met(conditions.get(option["key"]))
        ]  # fmt: skip
