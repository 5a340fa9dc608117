"""`.qsf` files, made here."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

Node = dict[str, Any]


def question(name: str, kind: str = "MC", selector: str = "SAVR", **more: Any) -> Node:
    return {"QuestionID": name, "DataExportTag": name.replace("QID", "Q"), "QuestionType": kind, "Selector": selector,
            "QuestionText": f"Question {name}?", **more}  # fmt: skip


def displays(*texts: str, **more: Node) -> Node:
    return {str(place): {"Display": text, **more.get(f"c{place}", {})} for place, text in enumerate(texts, 1)}


def chosen(locator: str, operator: str = "Selected", conjunction: str = "", **more: Any) -> Node:
    return {"LogicType": "Question", "LeftOperand": f"q://{locator}", "Operator": operator, "Type": "Expression",
            **({"Conjuction": conjunction} if conjunction else {}), **more}  # fmt: skip


def logic(*groups: Sequence[Node], joined: str = "AndIf") -> Node:
    made: Node = {"Type": "BooleanExpression"}
    for place, group in enumerate(groups):
        kind = "If" if place == 0 else joined
        made[str(place)] = {**{str(number): each for number, each in enumerate(group)}, "Type": kind}
    return made


def block(name: str, *questions: str | tuple[str, Sequence[Node]], **more: Any) -> Node:
    elements = []
    for each in questions:
        key, skips = (each, ()) if isinstance(each, str) else each
        elements.append({"Type": "Question", "QuestionID": key, **({"SkipLogic": list(skips)} if skips else {})})
    return {"ID": name, "Type": "Standard", "Description": name, "BlockElements": elements, **more}


def qsf(
    questions: Sequence[Node], blocks: Sequence[Node] = (), flow: Sequence[Node] = (), *elements: Node, **entry: Any
) -> bytes:
    blocks = blocks or [block("Main", *(each["QuestionID"] for each in questions))]
    flow = flow or [{"Type": "Block", "ID": each["ID"]} for each in blocks]
    document = {
        "SurveyEntry": {"SurveyName": "Our services", "SurveyLanguage": "EN", **entry},
        "SurveyElements": [
            {"Element": "BL", "Payload": list(blocks)}, {"Element": "FL", "Payload": {"Type": "Root", "Flow": list(flow)}},
            *({"Element": "SQ", "PrimaryAttribute": each["QuestionID"], "Payload": each} for each in questions), *elements,
        ],
    }  # fmt: skip
    return json.dumps(document).encode()


def validated(**settings: Any) -> Mapping[str, Any]:
    return {"Validation": {"Settings": settings}}
