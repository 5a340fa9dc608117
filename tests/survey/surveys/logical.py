"""Random small questionnaires full of logic, and everything that can happen in them, tried one by one."""

from collections.abc import Iterator
from itertools import combinations, permutations, product
from typing import Any, NamedTuple

from hypothesis import strategies as st

from services.survey.surveys.rules import completed
from tests.survey.surveys.definitions import question, text

SERVICES = ["00000000-0000-4000-8000-00000000000a", "00000000-0000-4000-8000-00000000000b"]
OTHER = "other"
LAYOUTS = [
    ["once"], ["service"], ["once", "service"], ["service", "once"], ["once", "service", "once"],
    ["service", "once", "service"],
]  # fmt: skip
POSSIBLE: dict[str, list[Any]] = {
    "yesNo": [True, False], "number": [0, 1, 2, 3], "importance": [1, 2, 3, 4, 5],
    "date": ["2026-01-01", "2026-01-02", "2026-01-03"],
}  # fmt: skip
BOUNDS: dict[str, dict[str, Any]] = {
    "number": {"minimum": 0, "maximum": 3},
    "date": {"earliestDate": "2026-01-01", "latestDate": "2026-01-03"},
}
KINDS = ("yesNo", "number", "importance", "date", "singleChoice", "multipleChoice", "ranking")
Definition = dict[str, Any]
Question = dict[str, Any]


@st.composite
def leaf(draw: st.DrawFn, earlier: list[Question], about: list[str]) -> dict[str, Any]:
    """`about`: what a condition may look at of a service here."""
    kind = draw(st.sampled_from(["question"] * 3 * bool(earlier) + ["attribute", "service", "service"]))
    if kind == "attribute":
        operator = draw(st.sampled_from(["equals", "notEquals", "in", "answered", "notAnswered"]))
        value = draw(st.sampled_from(["x", "y"]))
        given = {} if "nswered" in operator else {"value": [value] if operator == "in" else value}
        return {"attribute": "location", "operator": operator, **given}
    if kind == "service":
        return {"service": draw(st.sampled_from(SERVICES)), "operator": draw(st.sampled_from(about))}
    other = draw(st.sampled_from(earlier))
    named = {"question": other["key"]}
    if draw(st.integers(0, 3)) == 0:
        return {**named, "operator": draw(st.sampled_from(["answered", "notAnswered"]))}
    if "options" in other and other["type"] != "singleChoice":
        chosen = draw(st.sampled_from([option["key"] for option in other["options"]]))
        return {**named, "operator": draw(st.sampled_from(["contains", "notContains"])), "value": chosen}
    values = [option["key"] for option in other["options"]] if "options" in other else POSSIBLE[other["type"]]
    ordered = other["type"] not in ("yesNo", "singleChoice")
    operator = draw(
        st.sampled_from(["equals", "notEquals", *(["lessThan", "atLeast", "greaterThan"] if ordered else [])])
    )
    edges = {"lessThan": values[1:], "greaterThan": values[:-1]}  # or no answer would meet it
    return {**named, "operator": operator, "value": draw(st.sampled_from(edges.get(operator, values)))}


@st.composite
def condition(draw: st.DrawFn, earlier: list[Question], about: list[str], depth: int = 2) -> dict[str, Any]:
    kind = draw(st.sampled_from(["leaf", "leaf", *(["all", "any", "not"] if depth else [])]))
    if kind == "leaf":
        return draw(leaf(earlier, about))
    if kind == "not":
        return {"not": draw(condition(earlier, about, depth - 1))}
    return {kind: [draw(condition(earlier, about, depth - 1)) for _ in range(draw(st.integers(1, 3)))]}


@st.composite
def definitions(draw: st.DrawFn) -> Definition:
    """Some look at what is asked once too late to be looked at: `references.py` finds them."""
    layout = draw(st.sampled_from(LAYOUTS))
    least = draw(st.integers(1, 2))
    most = draw(st.integers(least, 2))
    bounds = {"repeatFor": "ratedService", "minimumServices": least, "maximumServices": most}
    asked: dict[str, list[Question]] = {"once": [], "service": []}
    sections: list[dict[str, Any]] = []
    left = 4
    for place, kind in enumerate(layout):
        about = ["uses", "is"] if kind == "service" else ["uses"]
        if kind == "once" and "service" not in layout[place:]:
            about = ["uses", "rates", "rates"]
        questions: list[Question] = []
        for _ in range(draw(st.integers(1, left - len(layout) + place + 1))):
            left -= 1
            earlier = [*asked["once"], *(asked["service"] if kind == "service" else [])]
            questions.append(draw(a_question(f"q{left}", earlier, about)))
            asked[kind].append(questions[-1])
        section = {"key": f"s{place}", "title": text(), **(bounds if kind == "service" else {}), "questions": questions}
        sections.append(section)
    return completed({"key": "k", "title": text(), "languages": ["nl", "en"], "topics": [], "labels": {},
                      "sections": sections})  # fmt: skip


@st.composite
def a_question(draw: st.DrawFn, key: str, earlier: list[Question], about: list[str]) -> Question:
    kind = draw(st.sampled_from(KINDS))
    made = question(key, kind, required=draw(st.booleans()), **BOUNDS.get(kind, {}))
    if draw(st.integers(0, 3)) == 0:
        made["notApplicable"] = True
    if kind in ("singleChoice", "multipleChoice", "ranking"):
        made["options"] = [{"key": key, "text": text()} for key in "abc"[: draw(st.integers(2, 3))]]
        for option in made["options"]:
            if draw(st.integers(0, 2)) == 0 and earlier:
                option[draw(st.sampled_from(["showIf", "skipIf"]))] = draw(condition(earlier, about, 1))
    if kind in ("multipleChoice", "ranking") and draw(st.booleans()):
        made["maximumChoices"] = draw(st.integers(1, 2))
    if kind == "multipleChoice":
        made["minimumChoices"] = draw(st.integers(1, made.get("maximumChoices", 2)))
    if draw(st.booleans()):
        made[draw(st.sampled_from(["showIf", "skipIf"]))] = draw(condition(earlier, about))
    if not made["required"] and draw(st.integers(0, 3)) == 0:
        made["requireIf"] = draw(condition(earlier, about, 1))
    return made


# All that can happen, the slow way.


class Who(NamedTuple):
    """`service`: the one that is asked about."""

    location: str | None
    uses: tuple[str, ...]
    rates: tuple[str, ...] = ()
    service: str | None = None


Given = dict[str, Any]


def everybody() -> Iterator[Who]:
    for location, (first, second) in product(["x", "y", OTHER, None], product([True, False], repeat=2)):
        yield Who(location, tuple(each for each, used in zip(SERVICES, (first, second), strict=True) if used))


def met(condition: dict[str, Any], who: Who, given: Given) -> bool:
    return bool(_met(condition, who, given))


def _met(condition: dict[str, Any], who: Who, given: Given) -> Any:
    if "not" in condition:
        return not met(condition["not"], who, given)
    for name, each in (("all", all), ("any", any)):
        if name in condition:
            return each([met(part, who, given) for part in condition[name]])
    if "service" in condition:
        named = condition["service"]
        return {"is": named == who.service, "rates": named in who.rates, "uses": named in who.uses}[
            condition["operator"]
        ]
    value: Any = who.location if "attribute" in condition else given.get(condition["question"])
    wanted: Any = condition.get("value")
    match condition["operator"]:
        case "answered" | "notAnswered" as operator:
            return (value is None) == (operator == "notAnswered")
        case _ if value is None:
            return False
        case "equals" | "notEquals" as operator:
            return (value == wanted) == (operator == "equals")
        case "lessThan" | "atLeast" as operator:
            return (value < wanted) == (operator == "lessThan")
        case "greaterThan":
            return value > wanted
        case "in":
            return value in (wanted or ())
    return (wanted in value) == (condition["operator"] == "contains")


def visible(element: dict[str, Any], who: Who, given: Given) -> bool:
    if "showIf" in element:
        return met(element["showIf"], who, given)
    return "skipIf" not in element or not met(element["skipIf"], who, given)


def _has_option(element: dict[str, Any], who: Who, given: Given) -> bool:
    return "options" not in element or any(visible(option, who, given) for option in element["options"])


def answers(asked: Question, options: list[str]) -> list[Any]:
    most = min(asked.get("maximumChoices") or len(options), len(options))
    if asked["type"] == "multipleChoice":
        least = min(asked.get("minimumChoices") or 1, len(options))
        return [list(chosen) for size in range(least, most + 1) for chosen in combinations(options, size)]
    if asked["type"] == "ranking":
        return [list(chosen) for size in range(1, most + 1) for chosen in permutations(options, size)]
    return list(options) if "options" in asked else POSSIBLE[asked["type"]]


class Happening:
    """What is seen by somebody (questions, options, and that a question is required), and where somebody is stuck."""

    def __init__(self, definition: Definition) -> None:
        self.seen: set[tuple[Any, ...]] = set()
        self.stuck: set[tuple[Any, ...]] = set()
        parts: list[list[Question]] = [[], [], []]
        self.most = 0
        for section in definition["sections"]:
            self.most = section.get("maximumServices", self.most)
            parts[1 if section.get("repeatFor") else 2 if self.most else 0] += section["questions"]
        self.before, self.about, self.after = parts
        for who in everybody():
            for given in self.ways(self.before, who, {}):
                for service in [*who.uses, OTHER] if self.about else ():
                    for _ in self.ways(self.about, who._replace(service=service), given):
                        pass
                for rates in self.ratings(who, given) if self.after else ():
                    for _ in self.ways(self.after, who._replace(rates=rates), given):
                        pass
            if any(self.asks_nothing(who, service) for service in ([*who.uses, OTHER] if self.about else [None])):
                self.stuck.add(())

    def ways(self, asked: list[Question], who: Who, given: Given) -> Iterator[Given]:
        """In which these questions can be answered, one after the other."""
        if not asked:
            yield given
            return
        each, *rest = asked
        shown, options, required = self.look(each, who, given)
        values = answers(each, options) if shown and ("options" not in each or options) else []
        if not values or not required or each["notApplicable"]:
            values = [*values, None]
        for value in values:
            yield from self.ways(rest, who, {**given, each["key"]: value})

    def look(self, each: Question, who: Who, given: Given) -> tuple[bool, list[str], bool]:
        key, shown = each["key"], visible(each, who, given)
        options = [option["key"] for option in each.get("options", ()) if visible(option, who, given)]
        required = each["required"] or ("requireIf" in each and met(each["requireIf"], who, given))
        if shown:
            self.seen |= {(key,), *((key, option) for option in options)} | ({(key, True)} if required else set())
            if "options" in each and not options and required:
                self.stuck.add((key,))
        return shown, options, required

    def ratings(self, who: Who, given: Given) -> Iterator[tuple[str, ...]]:
        """The services that somebody may have said something about."""
        possible = [
            service for service in who.uses
            if any(way[each["key"]] is not None for way in self.ways(self.about, who._replace(service=service), given)
                   for each in self.about)
        ]  # fmt: skip
        for size in range(self.most + 1):
            yield from combinations(possible, size)

    def asks_nothing(self, who: Who, service: str | None) -> bool:
        everything = [*self.before, *self.about, *self.after]
        nothing: Given = {each["key"]: None for each in everything}
        who = who._replace(service=service)
        return not any(visible(each, who, nothing) and _has_option(each, who, nothing) for each in everything)
