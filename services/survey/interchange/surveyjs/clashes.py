"""Names of a survey that a document would have twice: its own are changed, for whoever shows the document knows ours, and
the library its own."""

from collections.abc import Collection, Mapping
from typing import Any

from services.survey.interchange.surveyjs.names import (
    ATTRIBUTE,
    BUILT_IN,
    EXTRAS,
    NOT_APPLICABLE,
    OF_ITSELF,
    OF_LIBRARY,
    OF_OPTION,
    OF_PANEL,
    OF_SERVICE,
    SERVICES,
    UNWRAPPED,
)
from services.survey.interchange.surveyjs.pieces import unlike

OURS = (*OF_SERVICE, EXTRAS, "organisation", "panel", *SERVICES)
THEIRS = BUILT_IN | OF_ITSELF | OF_OPTION | OF_PANEL | OF_LIBRARY  # no condition that we write stands in a row
RESERVED = frozenset(map(str.lower, (*OURS, *THEIRS)))
Definition = Mapping[str, Any]


def free(name: str, taken: Collection[str]) -> str:
    """A name that is neither ours, nor the library's, nor taken. Of attributes all are ours: whoever shows the document
    may set those that it does not look at too. The library writes `equals` as `equal ` wherever it stands in a formula,
    but not in other capitals."""
    read = name.replace("equals", "Equals")
    return unlike(f"{read}-all" if read != name or _reserved(name.lower()) else name, taken)


def _reserved(name: str) -> bool:
    return name in RESERVED or name.startswith(ATTRIBUTE) or name.endswith(UNWRAPPED)


def without_clashes(definition: Definition) -> Definition:
    questions = [question for section in definition["sections"] for question in section["questions"]]
    keys = [question["key"] for question in questions]
    boxes = {f"{question['key']}-{NOT_APPLICABLE}" for question in questions if question.get("notApplicable")}
    names: dict[str, str] = {}
    taken = {each.lower() for each in boxes}
    for key in keys:
        if free(key, taken) != key:
            names[key] = free(key, {*taken, *keys, *names.values()})
        taken.add(key.lower())
    options = {
        question["key"]: unlike(NOT_APPLICABLE, {option["key"] for option in question["options"]})
        for question in questions
        if question.get("notApplicable")
        and any(each["key"] == NOT_APPLICABLE for each in question.get("options") or ())
    }
    made: Definition = _renamed(definition, names, options) if names or options else definition
    return made


def _renamed(node: Any, names: Mapping[str, str], options: Mapping[str, str]) -> Any:
    """`options`: by question, what is put in place of the answer that is called as “not applicable” is."""
    if isinstance(node, list):
        return [_renamed(each, names, options) for each in node]
    if not isinstance(node, Mapping):
        return node
    made = {name: _renamed(each, names, options) for name, each in node.items()}
    if "operator" in node and "question" in node:
        made |= {"question": names.get(node["question"], node["question"])}
        if node["question"] in options and "value" in node:
            made["value"] = _option(node["value"], options[node["question"]])
    elif "type" in node and "key" in node:
        made["key"] = names.get(node["key"], node["key"])
        for option in made["options"] if node["key"] in options else ():
            option["key"] = _option(option["key"], options[node["key"]])
    return made


def _option(value: Any, name: str) -> Any:
    if isinstance(value, list):
        return [_option(each, name) for each in value]
    return name if value == NOT_APPLICABLE else value
