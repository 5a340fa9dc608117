"""What SurveyJS's questions have beside their type that is not carried."""

import re
from collections.abc import Mapping
from typing import Any

from services.survey.interchange.report import Code
from services.survey.interchange.shape import decimal, listing, mapping, said
from services.survey.interchange.surveyjs.element import Element

DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
LOST: Mapping[str, tuple[Code, str]] = {
    "defaultValue": ("settingLost", "An answer is filled in beforehand"),
    "defaultValueExpression": ("settingLost", "An answer is worked out beforehand"),
    "setValueExpression": ("settingLost", "Its answer is worked out"), "setValueIf": ("settingLost", "Its answer is set under a condition"),
    "choicesByUrl": ("settingLost", "Its answers come from another system"),
    "choicesFromQuestion": ("settingLost", "Its answers are those of another question"),
    "choicesVisibleIf": ("conditionLost", "Its answers are shown under one condition for all"),
    "choicesEnableIf": ("conditionLost", "Its answers can be chosen under one condition for all"),
    "resetValueIf": ("settingLost", "Its answer is taken back under a condition"),
    "rowsVisibleIf": ("conditionLost", "Its rows are shown under one condition for all"),
    "columnsVisibleIf": ("conditionLost", "Its columns are shown under one condition for all"),
    "minValueExpression": ("validationLost", "Its least value is worked out"),
    "maxValueExpression": ("validationLost", "Its greatest value is worked out"),
    "maskType": ("validationLost", "Its answer is written in a pattern"), "imageLink": ("textChanged", "It has an image"),
    "showSelectAllItem": ("settingLost", "It has an answer that chooses all"),
    "hasSelectAll": ("settingLost", "It has an answer that chooses all"),
    "eachRowUnique": ("validationLost", "No two of its rows may have the same answer"),
    "isUnique": ("validationLost", "No two of its rows may have the same answer"),
    "totalType": ("settingLost", "Its rows are summed up"), "totalExpression": ("settingLost", "Its rows are summed up"),
    "help": ("textChanged", "It has a help text that SurveyJS itself does not know"),
}  # fmt: skip
SEVERAL = ("checkbox", "tagbox")
# What validators set that becomes a bound here, by the types for which it does.
BOUNDS = {"numeric": ("minValue", "maxValue"), "text": ("maxLength",), "answercount": ("minCount", "maxCount")}


def tell_lost(element: Element) -> None:
    for name, (code, what) in LOST.items():
        if name == "resetValueIf" and element.scope.extras:  # our own, of an answer that does not apply
            continue
        value = element.node.get(name)
        answer = name == "defaultValue"  # no, 0 and none of these are answers, too
        if value not in (None, "", [], {}) and (answer or value not in ("none", False)):
            element.lose(code, f"{what} ({name}).", "It is not in the draft.")
    _choices(element)
    for validator in listing(element.node.get("validators")):
        kind = said(mapping(validator).get("type"))
        if not _carried(element, mapping(validator), kind):
            element.lose("validationLost", f"Its answer is checked ({kind or 'no type'}).", "It is not checked.")
    for name in _unread(element):
        element.lose("validationLost", f"Its bound ({name}) is {str(element.node[name])[:100]}.", "It is not checked.")


def _choices(element: Element) -> None:
    for number, choice in enumerate(map(mapping, listing(element.node.get("choices")))):
        value = said(choice.get("value"))[:100]
        if choice.get("isExclusive") is True:
            element.lose("validationLost", f"The answer {value} excludes the others (isExclusive).",
                         "It is an answer like the others.")  # fmt: skip
        if element.kind == "imagepicker" and choice.get("imageLink"):
            place = element.place.within(f"{element.name}, {value}", f"/choices/{number}")
            element.draft.report.add(place, "textChanged", "It is an image (imageLink).", "Only its words are kept.")


def _input(element: Element) -> str:
    """The kind of its bounds."""
    kind = said(element.node.get("inputType")) or "text"
    if element.kind == "slider" or (element.kind == "text" and kind in ("number", "range")):
        return "number"
    if element.kind in ("text", "comment"):
        return "date" if kind == "date" and element.kind == "text" else "text"
    several = element.kind in SEVERAL or (element.kind == "imagepicker" and element.node.get("multiSelect") is True)
    return "several" if several else element.kind


def _carried(element: Element, validator: dict[str, Any], kind: str) -> bool:
    fits = {"numeric": ("number",), "text": ("text",), "answercount": ("several", "ranking")}.get(kind, ())
    more = validator.get("minLength") or validator.get("allowDigits") is False
    least = element.kind == "ranking" and validator.get("minCount")
    if kind == "expression" and _ours(element, validator):
        return True
    unread = any(name in validator and decimal(validator[name]) is None for name in BOUNDS.get(kind, ()))
    return _input(element) in fits and not (more or least or unread)


def _ours(element: Element, validator: dict[str, Any]) -> bool:
    """What our own exports check of options with conditions."""
    least = element.extra.get("minimumChoices")
    answer = "{" + ("panel." if element.scope.panel else "") + element.name
    begins = f"{answer}}} empty or {answer}.length}} >= {least} or {answer}.length}} >= "
    return least is not None and said(validator.get("expression")).startswith(begins)


def _unread(element: Element) -> list[str]:
    """Bounds that are there and cannot be a bound here."""
    node, kind = element.node, _input(element)
    given = [name for name in ("min", "max") if node.get(name) not in (None, "")]
    counts = [name for name in ("minSelectedChoices", "maxSelectedChoices") if node.get(name) not in (None, "", 0)]
    if kind == "date":
        return [name for name in given if as_date(node[name]) is None]
    if kind == "number":
        return [name for name in given if decimal(node[name]) is None]
    if kind in ("several", "ranking"):
        return [
            name for name in counts
            if decimal(node[name]) is None or (kind == "ranking" and name == "minSelectedChoices")
        ]  # fmt: skip
    return [name for name in given if kind == "text"]


def as_date(value: Any) -> str | None:
    return said(value) if DATE.fullmatch(said(value)) else None


def validators(element: Element) -> dict[str, Any]:
    """Bounds that validators set."""
    found: dict[str, Any] = {}
    for validator in map(mapping, listing(element.node.get("validators"))):
        found |= {name: validator[name] for name in BOUNDS.get(said(validator.get("type")), ()) if name in validator}
    return found
