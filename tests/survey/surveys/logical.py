"""Random small questionnaires full of logic, and everything that can happen in them, tried one by one."""

from collections.abc import Iterator
from itertools import combinations, permutations, product
from typing import Any

from hypothesis import strategies as st

from services.survey.surveys.rules import completed
from tests.survey.surveys.definitions import question, text

SERVICES = ["00000000-0000-4000-8000-00000000000a", "00000000-0000-4000-8000-00000000000b"]
OTHER = "other"
MOST_RATED = 2
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


@st.composite
def leaf(draw: st.DrawFn, earlier: list[dict[str, Any]], repeated: bool) -> dict[str, Any]:
    kind = draw(st.sampled_from(["question"] * 3 * bool(earlier) + ["attribute", "service"]))
    if kind == "attribute":
        operator = draw(st.sampled_from(["equals", "notEquals", "in", "answered", "notAnswered"]))
        value = draw(st.sampled_from(["x", "y"]))
        given = {} if "nswered" in operator else {"value": [value] if operator == "in" else value}
        return {"attribute": "location", "operator": operator, **given}
    if kind == "service":
        operator = draw(st.sampled_from(["uses", "rates", *(["is"] if repeated else [])]))
        return {"service": draw(st.sampled_from(SERVICES)), "operator": operator}
    other = draw(st.sampled_from(earlier))
    about = {"question": other["key"]}
    if draw(st.integers(0, 3)) == 0:
        return {**about, "operator": draw(st.sampled_from(["answered", "notAnswered"]))}
    if "options" in other and other["type"] != "singleChoice":
        named = draw(st.sampled_from([option["key"] for option in other["options"]]))
        return {**about, "operator": draw(st.sampled_from(["contains", "notContains"])), "value": named}
    values = [option["key"] for option in other["options"]] if "options" in other else POSSIBLE[other["type"]]
    ordered = other["type"] not in ("yesNo", "singleChoice")
    operator = draw(
        st.sampled_from(["equals", "notEquals", *(["lessThan", "atLeast", "greaterThan"] if ordered else [])])
    )
    edges = {"lessThan": values[1:], "greaterThan": values[:-1]}  # or no answer would meet it
    return {**about, "operator": operator, "value": draw(st.sampled_from(edges.get(operator, values)))}


@st.composite
def condition(draw: st.DrawFn, earlier: list[dict[str, Any]], repeated: bool, depth: int = 2) -> dict[str, Any]:
    kind = draw(st.sampled_from(["leaf", "leaf", *(["all", "any", "not"] if depth else [])]))
    if kind == "leaf":
        return draw(leaf(earlier, repeated))
    if kind == "not":
        return {"not": draw(condition(earlier, repeated, depth - 1))}
    return {kind: [draw(condition(earlier, repeated, depth - 1)) for _ in range(draw(st.integers(1, 3)))]}


@st.composite
def definitions(draw: st.DrawFn) -> Definition:
    repeated = draw(st.booleans())
    section: dict[str, Any] = {"key": "only", "title": text()}
    if repeated:
        section |= {"repeatFor": "ratedService", "minimumServices": 1, "maximumServices": MOST_RATED}
    asked: list[dict[str, Any]] = []
    for place in range(draw(st.integers(1, 4))):
        kind = draw(st.sampled_from(KINDS))
        made = question(f"q{place}", kind, required=draw(st.booleans()), **BOUNDS.get(kind, {}))
        if kind in ("singleChoice", "multipleChoice", "ranking"):
            made["options"] = [{"key": key, "text": text()} for key in "abc"[: draw(st.integers(2, 3))]]
            for option in made["options"]:
                if draw(st.integers(0, 2)) == 0 and asked:
                    option[draw(st.sampled_from(["showIf", "skipIf"]))] = draw(condition(asked, repeated, 1))
        if kind == "multipleChoice":
            made["minimumChoices"] = draw(st.integers(1, 2))
        if draw(st.booleans()):
            made[draw(st.sampled_from(["showIf", "skipIf"]))] = draw(condition(asked, repeated))
        if not made["required"] and draw(st.integers(0, 3)) == 0:
            made["requireIf"] = draw(condition(asked, repeated, 1))
        asked.append(made)
    section["questions"] = asked
    return completed({"key": "k", "title": text(), "languages": ["nl", "en"], "topics": [], "labels": {},
                      "sections": [section]})  # fmt: skip


# All that can happen, the slow way. `who`: attribute, state of each service, and the service being rated.

Who = tuple[str | None, tuple[str, ...], str | None]
Given = dict[str, Any]


def everybody(definition: Definition) -> Iterator[Who]:
    repeated = bool(definition["sections"][0].get("repeatFor"))
    for location, states in product(["x", "y", OTHER, None], product(["none", "uses", "rates"], repeat=2)):
        rated = [service for service, state in zip(SERVICES, states, strict=True) if state == "rates"]
        if not repeated:
            if not rated:
                yield location, states, None
            continue
        for service in [*rated, *([OTHER] if len(rated) < MOST_RATED else [])]:
            yield location, states, service


def met(condition: dict[str, Any], who: Who, given: Given) -> bool:
    return bool(_met(condition, who, given))


def _met(condition: dict[str, Any], who: Who, given: Given) -> Any:
    location, states, service = who
    if "not" in condition:
        return not met(condition["not"], who, given)
    for name, each in (("all", all), ("any", any)):
        if name in condition:
            return each([met(part, who, given) for part in condition[name]])
    if "service" in condition:
        state = states[SERVICES.index(condition["service"])]
        return {"is": service == condition["service"], "rates": state == "rates", "uses": state != "none"}[
            condition["operator"]
        ]
    value: Any = location if "attribute" in condition else given.get(condition["question"])
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


def answers(asked: dict[str, Any], options: list[str]) -> list[Any]:
    if asked["type"] == "multipleChoice":
        least = min(asked.get("minimumChoices") or 1, len(options))
        return [list(chosen) for size in range(least, len(options) + 1) for chosen in combinations(options, size)]
    if asked["type"] == "ranking":
        return [list(chosen) for size in range(1, len(options) + 1) for chosen in permutations(options, size)]
    return list(options) if "options" in asked else POSSIBLE[asked["type"]]


def happening(definition: Definition) -> tuple[set[tuple[Any, ...]], set[tuple[Any, ...]]]:
    """What is seen by somebody (questions, options, and that a question is required), and where somebody is stuck."""
    seen: set[tuple[Any, ...]] = set()
    stuck: set[tuple[Any, ...]] = set()
    asked = definition["sections"][0]["questions"]

    def go_on(place: int, who: Who, given: Given) -> None:
        if place == len(asked):
            return
        each = asked[place]
        shown = visible(each, who, given)
        options = [option["key"] for option in each.get("options", ()) if visible(option, who, given)]
        required = each["required"] or ("requireIf" in each and met(each["requireIf"], who, given))
        if shown:
            seen.add((place,))
            seen.update((place, option) for option in options)
            if required:
                seen.add((place, True))
            if "options" in each and not options and required:
                stuck.add((place,))
        if not shown or ("options" in each and not options):
            go_on(place + 1, who, {**given, each["key"]: None})
            return
        for value in [*answers(each, options), *([] if required else [None])]:
            go_on(place + 1, who, {**given, each["key"]: value})

    for who in everybody(definition):
        go_on(0, who, {})
        nothing: Given = {other["key"]: None for other in asked}
        if not any(visible(each, who, nothing) and _has_option(each, who, nothing) for each in asked):
            stuck.add(())
    return seen, stuck
