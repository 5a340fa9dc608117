"""Whether a condition can ever be met: a search over everything that a respondent can be and answer.

Exact over the domains of `domains.py`: questions are answered in their order, one that is not asked has no answer, one
that is required has one ("not applicable" where that is allowed), a choice is among the options shown. Of respondents it
assumes that any combination of attribute values may occur, those that are named, others and none; that a service that is
named may be used or not, whatever else is used; and that a wave may have services that are not named. So it never calls
impossible what can happen, and calls possible what only the organisation's own people or waves rule out.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from services.survey.surveys import domains
from services.survey.surveys.conditions import Condition, holds, leaves, simplified, unanswered
from services.survey.surveys.fault import Definition
from services.survey.surveys.logic import Logic

Variable = tuple[str, str]  # its kind (service, rated, attribute, question) and name
OTHER = "\0other"  # an attribute's value, or a service, that no condition names
NOT_USED, USED, RATED = range(3)
NO_MORE = object()
MOST_LOOKS = 250_000  # at conditions, each with each value, for one questionnaire: a second or two
MOST_NAMED = 10  # options of one question that matter together: 2^10 sets
SEVERAL = ("multipleChoice", "ranking")


class TooComplex(Exception):
    """The search was given up."""


class Search:
    """Of one questionnaire."""

    def __init__(self, definition: Definition, logic: Mapping[str, Logic]) -> None:
        self.logic = logic
        self.questions = {
            question["key"]: question for section in definition["sections"] for question in section["questions"]
        }
        self.order = {key: place for place, key in enumerate(self.questions)}
        repeated = [section for section in definition["sections"] if section.get("repeatFor")]
        self._looks = 0
        self.most_rated = repeated[0]["maximumServices"] if repeated else 0

    def possible(self, goal: Condition, *, repeated: bool) -> bool:
        """`repeated`: for somebody who is asked about a service they rate. Raises `TooComplex`."""
        return _Attempt(self, goal, repeated=repeated).succeeds()

    def look(self, times: int = 1) -> None:
        self._looks += times
        if self._looks > MOST_LOOKS:
            raise TooComplex


class _Attempt:
    def __init__(self, search: Search, goal: Condition, *, repeated: bool) -> None:
        self.search, self.goal, self.repeated = search, goal, repeated
        self.relevant = list(self._relevant(goal))
        self.variables = self._variables()
        self.now: dict[Variable, Any] = {}
        about: dict[str, dict[str, Condition]] = {}
        for leaf in self.relevant:
            if "question" in leaf or "attribute" in leaf:
                name = leaf.get("question") or f"\0{leaf['attribute']}"
                about.setdefault(name, {})[f"{leaf['operator']} {leaf.get('value')!r}"] = leaf
        self.about = {name: list(each.values()) for name, each in about.items()}
        self.ways: dict[tuple[str, ...], list[Any]] = {}

    def _relevant(self, goal: Condition) -> Iterator[Condition]:
        """The leaves of the goal, and of all that decides what the questions it looks at can be answered with."""
        seen: set[str] = set()
        waiting = [goal]
        while waiting:
            for leaf in leaves(waiting.pop()):
                self.search.look()
                yield leaf
                key = leaf.get("question")
                if key is not None and key not in seen:
                    seen.add(key)
                    waiting += self.search.logic[key].conditions

    def _variables(self) -> list[Variable]:
        """What is decided first stands first: who somebody is before answers, and answers in their order."""
        services = sorted({leaf["service"] for leaf in self.relevant if "service" in leaf})
        attributes = sorted({leaf["attribute"] for leaf in self.relevant if "attribute" in leaf})
        named = {leaf["question"] for leaf in self.relevant if "question" in leaf}
        rated = [("rated", "")] if self.repeated and services else []
        return [
            *rated, *(("service", each) for each in services), *(("attribute", each) for each in attributes),
            *(("question", key) for key in sorted(named, key=self.search.order.__getitem__)),
        ]  # fmt: skip

    def succeeds(self) -> bool:
        """Whatever is decided so far can always be gone on from, so the goal is reached as soon as it is met. Without
        recursion, for there may be thousands of questions."""
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
                return self.now.get(("rated", "")) == leaf["service"] if ("rated", "") in self.now else None
            state = self.now.get(("service", leaf["service"]))
            return None if state is None else state == RATED or (leaf["operator"] == "uses" and state == USED)
        variable = ("attribute", leaf["attribute"]) if "attribute" in leaf else ("question", leaf["question"])
        if variable not in self.now:
            return None
        value = self.now[variable]
        return unanswered(leaf) if value is None else holds(leaf, value)

    def _met(self, condition: Condition | None) -> bool:
        return condition is None or simplified(condition, self._known) is True

    def _domain(self, variable: Variable) -> Iterable[Any]:
        kind, name = variable
        if kind == "rated":
            return [*(name for kind, name in self.variables if kind == "service"), OTHER]
        if kind == "service":
            return self._service(name)
        if kind == "attribute":
            return [*dict.fromkeys(domains.constants(self.about[f"\0{name}"])), OTHER, None]
        return self._answers(name)

    def _service(self, name: str) -> list[int]:
        rated = self.now.get(("rated", ""))
        if rated == name:
            return [RATED]
        self.search.look(len(self.now))
        others = sum(state == RATED for (kind, _), state in self.now.items() if kind == "service")
        room = self.search.most_rated - others - (rated is not None and ("service", rated) not in self.now)
        return [NOT_USED, USED, RATED] if room > 0 else [NOT_USED, USED]

    def _answers(self, key: str) -> Iterator[Any]:
        """One for each way in which conditions can see it; what meets most of them first, for chains are long."""
        logic, question = self.search.logic[key], self.search.questions[key]
        options = self.options(key)
        if not self._met(logic.shown) or (question.get("options") and not options):
            yield None
            return
        if (key, *options) not in self.ways:
            self.ways[key, *options] = self._ways(key, options)
        yield from self.ways[key, *options]
        required = question.get("required") or (logic.required is not None and self._met(logic.required))
        if not required or question.get("notApplicable"):
            yield None

    def _ways(self, key: str, options: list[str]) -> list[Any]:
        question, about = self.search.questions[key], self.about[key]
        named = domains.constants(about)
        if question["type"] in SEVERAL and len(set(options).intersection(named)) > MOST_NAMED:
            raise TooComplex
        seen: dict[tuple[bool, ...], Any] = {}
        for value in domains.answers(question, named, options):
            self.search.look(len(about))
            seen.setdefault(tuple(holds(leaf, value) for leaf in about), value)
        return [seen[signature] for signature in sorted(seen, key=sum, reverse=True)]

    def options(self, key: str) -> list[str]:
        conditions = self.search.logic[key].options
        return [
            option["key"] for option in self.search.questions[key].get("options") or ()
            if self._met(conditions.get(option["key"]))
        ]  # fmt: skip
