"""Names of a survey that a document would have twice: its own are changed, for whoever shows the document knows ours, and
the library its own."""

from collections.abc import Mapping
from typing import Any

from services.survey.interchange.surveyjs.names import (
    ATTRIBUTE,
    BUILT_IN,
    EXTRAS,
    NOT_APPLICABLE,
    OF_LIBRARY,
    OF_SERVICE,
    SERVICES,
)
from services.survey.interchange.surveyjs.pieces import unlike
from services.survey.interchange.surveyjs.source import nodes

RESERVED = frozenset({*OF_SERVICE, EXTRAS, "organisation", *SERVICES, *BUILT_IN, *OF_LIBRARY})
Definition = Mapping[str, Any]


def without_clashes(definition: Definition) -> Definition:
    questions = [question for section in definition["sections"] for question in section["questions"]]
    keys = [question["key"] for question in questions]
    boxes = {f"{question['key']}-{NOT_APPLICABLE}" for question in questions if question.get("notApplicable")}
    names: dict[str, str] = {}
    attributes = {ATTRIBUTE + str(node["attribute"]) for node in nodes(definition) if "attribute" in node}
    taken = {each.lower() for each in RESERVED | boxes | attributes}
    for key in keys:
        if key.lower() in taken:
            names[key] = unlike(key, {*taken, *keys, *names.values()})
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
