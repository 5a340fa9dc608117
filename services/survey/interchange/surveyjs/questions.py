"""SurveyJS's question types in ours.

https://surveyjs.io/form-library/documentation/api-reference/question
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from services.survey.interchange.draft import LONGEST_ANSWER, POINTS, Asked, Choice, Row, points_of, spelled
from services.survey.interchange.expressions import every
from services.survey.interchange.report import Place
from services.survey.interchange.shape import Object, decimal, listing, mapping, said, whole
from services.survey.interchange.surveyjs.element import NOT_APPLICABLE, Element, applicable, split_not_applicable
from services.survey.interchange.surveyjs.source import raw
from services.survey.interchange.words import words

DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
OMITTED = {
    "html": "It is a text to read, not a question.", "image": "It is an image.", "expression": "It is worked out from answers.",
    "file": "It asks for a file.", "signaturepad": "It asks for a signature.", "empty": "It is an empty place.",
    "imagemap": "It asks for a place in a picture.", "matrixdynamic": "It is a table to which rows can be added.",
}  # fmt: skip
KINDS_OF_TEXT = {
    "email": "an e-mail address", "tel": "a phone number", "url": "an address of a page", "time": "a time", "month": "a month",
    "week": "a week", "datetime-local": "a date with a time", "color": "a colour",
}  # fmt: skip
LOST = {
    "defaultValue": ("settingLost", "An answer is filled in beforehand"),
    "defaultValueExpression": ("settingLost", "An answer is worked out beforehand"),
    "setValueExpression": ("settingLost", "Its answer is worked out"), "setValueIf": ("settingLost", "Its answer is set under a condition"),
    "choicesByUrl": ("settingLost", "Its answers come from another system"),
    "choicesFromQuestion": ("settingLost", "Its answers are those of another question"),
    "choicesVisibleIf": ("conditionLost", "Its answers are shown under one condition for all"),
    "rowsVisibleIf": ("conditionLost", "Its rows are shown under one condition for all"),
    "columnsVisibleIf": ("conditionLost", "Its columns are shown under one condition for all"),
    "minValueExpression": ("validationLost", "Its least value is worked out"),
    "maxValueExpression": ("validationLost", "Its greatest value is worked out"),
    "maskType": ("validationLost", "Its answer is written in a pattern"), "imageLink": ("textChanged", "It has an image"),
    "help": ("textChanged", "It has a help text that SurveyJS itself does not know"),
}  # fmt: skip


def ask(element: Element) -> Asked | None:
    """The question, if it became one alone."""
    node, kind = element.node, element.kind
    if kind in OMITTED or kind not in TYPES:
        element.draft.omit(element.place, OMITTED.get(kind, f"Its type ({kind[:40]}) is not known here."))
        return None
    if (node.get("visible") is False and not said(node.get("visibleIf"))) or node.get("readOnly") is True:
        element.draft.omit(element.place, "It is hidden, or cannot be filled in.")
        return None
    for name, (code, what) in LOST.items():
        if node.get(name) not in (None, "", [], {}, "none"):
            element.lose(code, f"{what} ({name}).", "It is not in the draft.")
    asked = TYPES[kind](element)
    if node.get("showCommentArea") is True or node.get("hasComment") is True:
        _comment(element)
    return asked


def _comment(element: Element) -> None:
    text = element.said_as("commentText") or words("comment", element.draft.languages)
    element.draft.ask(element.place.within(f"{element.name}, comment"), element.scope.names(f"{element.name}-Comment"), "text",
                      element.draft.joined(element.text, text), show=element.show, key=f"{element.name}-comment")  # fmt: skip


def _validators(element: Element) -> dict[str, Any]:
    """Bounds that validators set; what else they check is told."""
    found: dict[str, Any] = {}
    for validator in listing(element.node.get("validators")):
        validator = mapping(validator)
        kind = said(validator.get("type"))
        known = {"numeric": ("minValue", "maxValue"), "text": ("maxLength",), "answercount": ("minCount", "maxCount")}.get(kind, ())
        found |= {name: validator[name] for name in known if name in validator}
        if not known or validator.get("minLength") or validator.get("allowDigits") is False:
            element.lose("validationLost", f"Its answer is checked ({kind or 'no type'}).", "It is not checked.")
    return found


def _text(element: Element) -> Asked:
    node, kind = element.node, said(element.node.get("inputType")) or "text"
    if kind in ("number", "range"):
        return _number(element, node.get("min"), node.get("max"), node.get("step"))
    if kind == "date":
        bounds = {"earliestDate": _date(node.get("min")), "latestDate": _date(node.get("max"))}
        _validators(element)
        return element.draft.ask(element.place, element.names, "date", element.text, **bounds, **element.common)
    if kind == "password":
        element.lose("questionChanged", "It asks for a password.", "It is asked as a text.")
    elif kind in KINDS_OF_TEXT:
        element.lose("questionChanged", f"It asks for {KINDS_OF_TEXT[kind]}.", "It is asked as a text.")
    longest = whole(_validators(element).get("maxLength", node.get("maxLength")), 1, LONGEST_ANSWER)
    return element.draft.ask(element.place, element.names, "text", element.text, maximumLength=longest, **element.common)


def _date(value: Any) -> str | None:
    return said(value) if DATE.fullmatch(said(value)) else None


def _number(element: Element, least: Any, most: Any, step: Any) -> Asked:
    rules = _validators(element)
    minimum, maximum = decimal(rules.get("minValue", least)), decimal(rules.get("maxValue", most))
    places = said(step).partition(".")[2]
    decimals = (6 if decimal(step) is None else min(len(places), 6)) or None
    if said(element.extra.get("type")) == "lostTime":
        return element.draft.ask(element.place, element.names, "lostTime", element.text, **element.common)
    unit = mapping(element.extra.get("unit")) or None
    return element.draft.ask(element.place, element.names, "number", element.text, minimum=minimum, maximum=maximum,
                             decimals=decimals, unit=unit, **element.common)  # fmt: skip


def _slider(element: Element) -> Asked:
    node = element.node
    element.lose("layoutLost", "It is a slider.", "It is asked as a number.")
    return _number(element, node.get("min", 0), node.get("max", 100), node.get("step", 1))


def _single(element: Element) -> Asked | None:
    given = element.choices()
    if {type(choice.value) for choice in given if choice.value != NOT_APPLICABLE} == {bool} and not any(c.wants for c in given):
        choices, not_applicable = split_not_applicable(given)
        return element.draft.ask(element.place, element.names, "yesNo", element.text, values={"true": True, "false": False},
                                 **applicable(not_applicable), **element.common)  # fmt: skip
    choices, not_applicable = split_not_applicable(given)
    if element.kind == "imagepicker" and element.node.get("multiSelect") is True:
        return _several(element)
    return element.draft.ask_choice(element.place, element.names, choices, element.text, randomOptions=_random(element),
                                    **applicable(not_applicable), **element.common)  # fmt: skip


def _several(element: Element) -> Asked | None:
    node, rules, choices = element.node, _validators(element), element.choices()
    least, most = rules.get("minCount", node.get("minSelectedChoices")), rules.get("maxCount", node.get("maxSelectedChoices"))
    if node.get("showNoneItem") is True or node.get("hasNone") is True:
        element.lose("validationLost", "“None” excludes the other answers.", "It is an answer like the others.")
    return element.draft.ask_choice(
        element.place, element.names, choices, element.text, kind="multipleChoice", randomOptions=_random(element),
        minimumChoices=whole(least, 1, len(choices)), maximumChoices=whole(most, 1, len(choices)), **element.common,
    )  # fmt: skip


def _random(element: Element) -> bool | None:
    order = said(element.node.get("choicesOrder"))
    if order in ("asc", "desc"):
        element.lose("orderLost", f"Its answers are sorted ({order}).", "They come as they are written.")
    return True if order == "random" else None


def _ranking(element: Element) -> Asked | None:
    choices = element.choices()
    most = whole(element.node.get("maxSelectedChoices"), 1, len(choices))
    _validators(element)
    return element.draft.ask_choice(element.place, element.names, choices, element.text, kind="ranking",
                                    randomOptions=_random(element), maximumChoices=most, **element.common)  # fmt: skip


def _boolean(element: Element) -> Asked:
    node = element.node
    if node.get("labelTrue") or node.get("labelFalse"):
        element.lose("textChanged", "Its answers have wordings of their own.", "They are yes and no.")
    values = {spelled(node.get("valueTrue", True)): True, spelled(node.get("valueFalse", False)): False, "true": True, "false": False}
    return element.draft.ask(element.place, element.names, "yesNo", element.text, values=values, **element.common)


def _rating(element: Element) -> Asked | None:
    node = element.node
    given, not_applicable = split_not_applicable(element.choices("rateValues"))
    named = bool(given)
    if not given:
        least, most, step = (decimal(node.get(name)) for name in ("rateMin", "rateMax", "rateStep"))
        count, start = whole(node.get("rateCount"), 2, 20), 1 if least is None else least
        top = most if most is not None else start + (count - 1 if count else 4)
        points = [start + number * (step or 1) for number in range(51) if start + number * (step or 1) <= top]
        given = [Choice(point, {element.scope.base: str(point)}, element.place) for point in points]
    scale = points_of(given)
    ends = {"minimumLabel": element.said_as("minRateDescription") or None, "maximumLabel": element.said_as("maxRateDescription") or None}
    more: dict[str, Any] = {**applicable(not_applicable), **element.common}
    if scale:
        kind = said(element.extra.get("type")) if element.extra.get("type") in ("effort", "importance") else "rating"
        role = "overall" if kind == "rating" and element.extra.get("role") == "overall" else None
        labels = element.draft.labelled(element.place, scale, said(element.extra.get("labels")) or None) if named else None
        return element.draft.ask(element.place, element.names, kind, element.text, points=len(scale), labels=labels, role=role, **ends, **more)
    if [choice.value for choice in given] == list(range(11)):
        labels = element.draft.labelled(element.place, given, said(element.extra.get("labels")) or None) if named else None
        return element.draft.ask(element.place, element.names, "nps", element.text, labels=labels, **ends, **more)
    detail = f"It is a scale of {len(given)} points from {spelled(given[0].value)}" if given else "It is a scale without points"
    element.lose("questionChanged", f"{detail}; a rating has 1 to {', '.join(map(str, POINTS))} points.", "It is asked as a choice.")
    return element.draft.ask_choice(element.place, element.names, given, element.text, **more)


def _matrix(element: Element) -> None:
    node = element.node
    columns, not_applicable = split_not_applicable(element.choices("columns"))
    if node.get("cells") or node.get("hasCellText") is True:
        element.lose("textChanged", "Its cells have texts of their own.", "They are the columns' texts.")
    common = element.common
    if node.get("eachRowRequired") is True or node.get("isAllRowRequired") is True:
        common["required"] = True
    elif common["required"]:
        common["required"] = False
        element.lose("validationLost", "At least one of its rows must be answered.", "None must be.")
    several = said(node.get("cellType")) == "checkbox"
    stem = {} if said(node.get("titleLocation")) == "hidden" else _stem(element)
    made = element.draft.ask_rows(element.place, stem, _rows(element), columns, kind="multipleChoice" if several else "singleChoice",
                                  **{name: value for name, value in common.items() if name != "key"}, **applicable(not_applicable))  # fmt: skip
    for asked in made:
        extra = mapping(mapping(element.scope.extras.get("questions")).get(asked.question["key"]))
        asked.question |= {name: said(extra[name]) for name in ("type", "topic", "labels") if said(extra.get(name)) and name != "labels"}


def _stem(element: Element) -> dict[str, str]:
    return raw(element.node.get("title"), element.scope.base) or {element.scope.base: element.name}


def _rows(element: Element) -> list[Row]:
    rows, ours = [], bool(element.scope.extras)
    for row in element.choices("rows"):
        value = spelled(row.value)
        rows.append(Row([f"{name}.{value}" for name in element.names], row.text, row.place, row.show,
                        value if ours else f"{element.name}-{value}"))  # fmt: skip
    if said(element.node.get("rowOrder") or element.node.get("rowsOrder")) == "random":
        element.lose("orderLost", "Its rows come in random order.", "They come as they are written.")
    if not rows:
        element.draft.omit(element.place, "It has no rows.")
    return rows


def _cells(element: Element) -> None:
    """A table whose columns are questions."""
    for row in _rows(element):
        for number, column in enumerate(listing(element.node.get("columns"))):
            column = column if isinstance(column, dict) else {"name": column}
            kind = said(column.get("cellType"))
            kind = said(element.node.get("cellType")) or "dropdown" if kind in ("", "default") else kind
            name = said(column.get("name")) or f"column{number + 1}"
            node: Object = {"choices": element.node.get("choices"), **column, "type": kind, "name": f"{element.name}-{spelled(row.key)}-{name}"}
            node["choices"] = column.get("choices") or element.node.get("choices")
            _cell(element, row, node, name, f"{element.place.pointer}/columns/{number}")
    element.lose("layoutLost", "It is a table with a question in each cell.", "Each cell is a question of its own.")


def _cell(element: Element, row: Row, node: Object, name: str, pointer: str) -> None:
    cell = Element(replace(element.scope, show=every(element.show, row.show)), node, pointer, 0)
    cell.place = Place(f"{row.place.name}, {name}"[:200], pointer=pointer)
    title = raw(node.get("title"), element.scope.base) or {element.scope.base: name}
    stem = element.draft.joined(element.draft.text(element.place, _stem(element)), element.draft.text(row.place, row.text))
    node["title"] = element.draft.joined(stem, element.draft.text(cell.place, title))
    before = set(element.draft.keys)
    asked = ask(cell) if cell.kind in CELLS else element.draft.omit(cell.place, f"Its cells ({cell.kind[:40]}) cannot be asked.")
    if asked is not None and asked.question["key"] not in before:
        target = element.draft.names.known.get(cell.names[0])
        for each in row.names:
            if target is not None:
                element.draft.names.add(f"{each}.{name}", target)


def _several_texts(element: Element) -> None:
    for number, item in enumerate(listing(element.node.get("items"))):
        item = item if isinstance(item, dict) else {"name": item}
        name = said(item.get("name")) or f"item{number + 1}"
        place = element.place.within(f"{element.name}, {name}", f"/items/{number}")
        field = Element(replace(element.scope, show=element.show), {**item, "type": "text", "name": f"{element.name}-{name}"}, str(place.pointer), number)
        title = raw(item.get("title"), element.scope.base) or {element.scope.base: name}
        field.node["title"] = element.draft.joined(element.draft.text(element.place, _stem(element)), element.draft.text(place, title))
        asked = _text(field)
        for each in element.names:
            element.draft.names.add(f"{each}.{name}", element.draft.names.known[field.names[0]])
        asked.place = place


CELLS = frozenset({"dropdown", "checkbox", "radiogroup", "tagbox", "text", "comment", "boolean", "rating"})
TYPES: Mapping[str, Callable[[Element], Asked | None]] = {
    "text": _text, "comment": _text, "radiogroup": _single, "dropdown": _single, "buttongroup": _single, "imagepicker": _single,
    "checkbox": _several, "tagbox": _several, "rating": _rating, "boolean": _boolean, "ranking": _ranking, "slider": _slider,
    "matrix": _matrix, "matrixdropdown": _cells, "multipletext": _several_texts,
}  # fmt: skip
