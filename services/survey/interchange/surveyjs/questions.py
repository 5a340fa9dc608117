"""SurveyJS's question types in ours.

https://surveyjs.io/form-library/documentation/api-reference/question
"""

import re
from typing import Any

from services.survey.interchange.expressions import ALWAYS
from services.survey.interchange.parts import LONGEST_ANSWER, POINTS, Asked, Choice, points_of, spelled
from services.survey.interchange.shape import Object, decimal, listing, mapping, places, said, whole
from services.survey.interchange.surveyjs.element import Element, applicable, built_in, split_not_applicable
from services.survey.interchange.surveyjs.lost import as_date, validators
from services.survey.interchange.surveyjs.names import NOT_APPLICABLE
from services.survey.surveys.values import FIRST_DATE, LARGEST, LAST_DATE

KINDS_OF_TEXT = {
    "email": "an e-mail address", "tel": "a phone number", "url": "an address of a page", "time": "a time", "month": "a month",
    "week": "a week", "datetime-local": "a date with a time", "color": "a colour",
}  # fmt: skip
NPS = re.compile(r"(?<![a-z])nps(?![a-z])", re.IGNORECASE)  # a name that says what the scale is for


def text(element: Element) -> Asked:
    node, kind = element.node, said(element.node.get("inputType")) or "text"
    if kind == "range":
        _tell_steps(element, node.get("min", 0), node.get("step"))
    if kind in ("number", "range"):
        return _number(element, node.get("min"), node.get("max"), node.get("step"))
    if kind == "date":
        least, most = as_date(node.get("min")), as_date(node.get("max"))
        bounds = {"earliestDate": _unless(least, FIRST_DATE), "latestDate": _unless(most, LAST_DATE)}
        return element.draft.ask(element.place, element.names, "date", element.text, **bounds, **element.common)
    if kind == "password":
        element.lose("questionChanged", "It asks for a password.", "It is asked as a text.")
    elif kind in KINDS_OF_TEXT:
        element.lose("questionChanged", f"It asks for {KINDS_OF_TEXT[kind]}.", "It is asked as a text.")
    longest = whole(validators(element).get("maxLength", node.get("maxLength")), 1, 10**9)
    if longest is not None and longest > LONGEST_ANSWER:
        element.lose(
            "validationLost", f"Its answer may have {longest:,} characters.", f"It may have {LONGEST_ANSWER:,}."
        )
        longest = LONGEST_ANSWER
    return element.draft.ask(
        element.place, element.names, "text", element.text, maximumLength=longest, **element.common
    )


def _number(element: Element, least: Any, most: Any, step: Any) -> Asked:
    rules = validators(element)
    minimum, maximum = decimal(rules.get("minValue", least)), decimal(rules.get("maxValue", most))
    decimals = _places(step) or None
    if said(element.extra.get("type")) == "lostTime":
        return element.draft.ask(element.place, element.names, "lostTime", element.text, **element.common)
    unit = mapping(element.extra.get("unit")) or None
    return element.draft.ask(element.place, element.names, "number", element.text,
                             minimum=_unless(minimum, -LARGEST), maximum=_unless(maximum, LARGEST),
                             decimals=decimals, unit=unit, **element.common)  # fmt: skip


def _unless(bound: Any, default: Any) -> Any:
    """A bound that every question has need not be said."""
    return None if bound == default else bound


def _places(step: Any) -> int:
    return min(places(step), 6) if decimal(step) else 6


def slider(element: Element) -> Asked:
    node = element.node
    least, step = node.get("min", 0), node.get("step", 1)
    element.lose("layoutLost", "It is a slider.", "It is asked as a number.")
    if said(node.get("sliderType")) == "range":
        element.lose("questionChanged", "It asks for a range: two numbers (sliderType).", "One number is asked.")
    _tell_steps(element, least, step)
    return _number(element, least, node.get("max", 100), step)


def _tell_steps(element: Element, least: Any, step: Any) -> None:
    if decimal(step) and decimal(step) != float(f"1e-{_places(step)}"):
        detail = f"Its numbers go up by {said(step)[:40]} from {said(least)[:40]} (step)."
        element.lose("validationLost", detail, "Any between them will do.")


def single(element: Element) -> Asked | None:
    given = element.choices()
    if {type(choice.value) for choice in given if choice.value != NOT_APPLICABLE} == {bool} and not any(
        c.wants for c in given
    ):
        choices, not_applicable = split_not_applicable(given)
        return element.draft.ask(element.place, element.names, "yesNo", element.text, values={"true": True, "false": False},
                                 **applicable(not_applicable), **element.common)  # fmt: skip
    choices, not_applicable = split_not_applicable(given)
    if element.kind == "imagepicker" and element.node.get("multiSelect") is True:
        return several(element)
    return element.draft.ask_choice(element.place, element.names, choices, element.text, randomOptions=_random(element),
                                    **applicable(not_applicable), **element.common)  # fmt: skip


def several(element: Element) -> Asked | None:
    node, rules, choices = element.node, validators(element), element.choices()
    least, most = (
        rules.get("minCount", node.get("minSelectedChoices", element.extra.get("minimumChoices"))),
        rules.get("maxCount", node.get("maxSelectedChoices")),
    )
    for name in built_in(node):
        element.lose("validationLost", f"“{name}” excludes the other answers.", "It is an answer like the others.")
    if "minCount" not in rules and _alone(node) and (decimal(least) or 0) > 1:
        detail = f"At least {said(least)[:40]} must be chosen (minSelectedChoices), or one that excludes the others."
        element.lose("validationLost", detail, "One will do.")
        least = None
    minimum = whole(least, 1, len(choices))
    if minimum is None and (decimal(least) or 0) > 0:
        element.lose("validationLost", f"At least {said(least)[:40]} of its {len(choices)} answers must be chosen.",
                     "It is not checked.")  # fmt: skip
    return element.draft.ask_choice(
        element.place, element.names, choices, element.text, kind="multipleChoice", randomOptions=_random(element),
        minimumChoices=minimum, maximumChoices=whole(most, 1, len(choices)), **element.common,
    )  # fmt: skip


def _alone(node: Object) -> bool:
    """Whether it has an answer that is enough alone, however many must be chosen."""
    return bool(built_in(node)) or any(
        mapping(choice).get("isExclusive") is True for choice in listing(node.get("choices"))
    )


def _random(element: Element) -> bool | None:
    order = said(element.node.get("choicesOrder"))
    if order in ("asc", "desc"):
        element.lose("orderLost", f"Its answers are sorted ({order}).", "They come as they are written.")
    return True if order == "random" else None


def ranking(element: Element) -> Asked | None:
    choices = element.choices()
    most = whole(element.node.get("maxSelectedChoices"), 1, len(choices))
    return element.draft.ask_choice(element.place, element.names, choices, element.text, kind="ranking",
                                    randomOptions=_random(element), maximumChoices=most, **element.common)  # fmt: skip


def boolean(element: Element) -> Asked:
    node = element.node
    if node.get("labelTrue") or node.get("labelFalse"):
        element.lose("textChanged", "Its answers have wordings of their own.", "They are yes and no.")
    yes, no = node.get("valueTrue", True), node.get("valueFalse", False)
    values = {spelled(yes): True, spelled(no): False}
    values |= ({"true": True} if yes == 1 else {}) | (
        {"false": False} if no == 0 else {}
    )  # which are equal to SurveyJS
    return element.draft.ask(element.place, element.names, "yesNo", element.text, values=values, **element.common)


def rating(element: Element) -> Asked | None:
    draft, place, names = element.draft, element.place, element.names
    given, not_applicable = split_not_applicable(element.choices("rateValues"))
    named, given = bool(given), given or _points(element)
    ends: dict[str, Any] = {
        "minimumLabel": element.said_as("minRateDescription") or None,
        "maximumLabel": element.said_as("maxRateDescription") or None,
    }
    more: dict[str, Any] = {**applicable(not_applicable), **element.common}
    scale, nps = points_of(given), [choice.value for choice in given] == list(range(11))
    if scale or nps:
        wordings = said(element.extra.get("labels")) or None
        ends["labels"] = draft.labelled(place, scale or given, wordings) if named else None
    draft.tell_order(place, given, scale)
    if scale:
        kind = said(element.extra.get("type")) if element.extra.get("type") in ("effort", "importance") else "rating"
        role = "overall" if kind == "rating" and element.extra.get("role") == "overall" else None
        return draft.ask(place, names, kind, element.text, points=len(scale), role=role, **ends, **more)
    if nps:
        if said(element.extra.get("type")) != "nps" and not NPS.search(element.name):
            element.lose("questionChanged", "It is a scale from 0 to 10.",
                         "It is asked as how likely somebody is to recommend (nps): that has these points.")  # fmt: skip
        return draft.ask(place, names, "nps", element.text, **ends, **more)
    if any(choice.show != ALWAYS for choice in given):
        detail = "Some points of its scale are shown under a condition; a rating has all of its points, always."
    else:
        detail = f"It is a scale of {len(given)} points; a rating has 1 to {', '.join(map(str, POINTS))} points."
    element.lose("questionChanged", detail, "It is asked as a choice.")
    if ends["minimumLabel"] or ends["maximumLabel"]:
        element.lose("textChanged", "The ends of its scale have wordings.", "They are not in the draft.")
    return draft.ask_choice(place, names, given, element.text, **more)


def _points(element: Element) -> list[Choice]:
    """Where they are given by their ends and step."""
    least, most, step = (decimal(element.node.get(name)) for name in ("rateMin", "rateMax", "rateStep"))
    count, start = whole(element.node.get("rateCount"), 2, 20), 1 if least is None else least
    top = most if most is not None else start + (count - 1 if count else 4)
    points = [start + number * (step or 1) for number in range(51) if start + number * (step or 1) <= top]
    return [Choice(point, {element.scope.base: str(point)}, element.place) for point in points]
