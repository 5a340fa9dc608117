"""What a survey says and SurveyJS has no word for (topics, that a scale is effort, names of wordings), in a calculated
value of the document: a constant that SurveyJS keeps and nobody looks at."""

import json
import re
from collections.abc import Mapping
from typing import Any

from services.survey.interchange.shape import Object, listing, mapping, said
from services.survey.interchange.surveyjs.names import EXTRAS
from services.survey.interchange.surveyjs.pieces import some_hidden

_QUOTES, _ESCAPED = re.compile(r"([\"'])"), re.compile(r"\\([\"'])")
OF_QUESTION = ("type", "topic", "role", "labels", "unit", "matrix")
IMPLIED = ("rating", "yesNo", "singleChoice", "multipleChoice", "ranking", "number", "date", "text")


def written(definition: Mapping[str, Any]) -> Object:
    made: Object = {name: definition[name] for name in ("key", "topics") if definition.get(name)}
    made["sections"] = {
        section["key"]: {"randomOrder": section["randomOrder"]}
        for section in definition["sections"] if section.get("randomOrder") == "topics"
    }  # fmt: skip
    made["questions"] = {
        question["key"]: extra
        for section in definition["sections"] for question in section["questions"] if (extra := _of(question))
    }  # fmt: skip
    said_ = json.dumps(
        {name: value for name, value in made.items() if value}, ensure_ascii=False, separators=(",", ":")
    )
    return {"name": EXTRAS, "expression": "'" + _QUOTES.sub(r"\\\1", said_) + "'"}


def _of(question: Mapping[str, Any]) -> Object:
    made = {name: question[name] for name in OF_QUESTION if question.get(name)}
    if question["type"] in IMPLIED:
        del made["type"]
    if question["type"] == "lostTime":
        made.pop("unit", None)
    if question.get("minimumChoices") and some_hidden(question):
        made["minimumChoices"] = question["minimumChoices"]
    options = {option["key"]: option["topic"] for option in question.get("options") or () if option.get("topic")}
    return made | ({"options": options} if options else {})


def read(document: Object) -> Object:
    """Nothing, if it is not there or was changed into something else."""
    for value in listing(document.get("calculatedValues")):
        value = mapping(value)
        expression = said(value.get("expression")).strip()
        if said(value.get("name")) == EXTRAS and expression[:1] == expression[-1:] == "'":
            try:
                return mapping(json.loads(_ESCAPED.sub(r"\1", expression[1:-1])))
            except (ValueError, RecursionError):
                return {}
    return {}


def topics(extras: Object) -> list[Object]:
    """Those that are topics as far as their shape goes."""
    found = []
    for topic in listing(extras.get("topics"))[:50]:
        name = mapping(mapping(topic).get("name"))
        if isinstance(mapping(topic).get("key"), str) and name and all(isinstance(each, str) for each in name.values()):
            found.append({"key": topic["key"], "name": name})
    return found


def about(extras: Object, kind: str, key: str) -> Object:
    return mapping(mapping(extras.get(kind)).get(key))
