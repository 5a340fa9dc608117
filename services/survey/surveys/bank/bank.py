"""Ready-made questions, read from the files beside this one. Each asks one thing, in few words."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from services.survey.surveys.bank.schemas import BankItem

HERE = Path(__file__).parent
CATEGORIES = ("facilities", "it", "hr", "finance", "quality")
LANGUAGES = ("nl", "en")
STATEMENT = {"type": "rating", "points": 5, "labels": "agreement", "notApplicable": True}
IMPORTANCE = {"points": 5, "labels": "importance"}
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the first reads ten times as fast, where it was built


@cache
def items() -> Sequence[BankItem]:
    """In the order of the files, the general ones first."""
    return [
        *_items("general", CATEGORIES),
        *(item for category in CATEGORIES for item in _items(category, (category,))),
    ]


def chosen(category: str | None, topic: str | None, language: str | None) -> list[BankItem]:
    """With a language, the texts are in that language only."""
    found = [
        item for item in items()
        if (category is None or category in item.categories) and (topic is None or item.question.topic == topic)
    ]  # fmt: skip
    return [_in(language, item) for item in found] if language else found


def _items(file: str, categories: Sequence[str]) -> Iterator[BankItem]:
    topics, labels, sources = _read("topics"), _read("labels"), _read("sources")
    for entry in _read(file):
        question = _question(entry)
        named = [question.get("topic"), *(option.get("topic") for option in question.get("options", ()))]
        yield BankItem.model_validate({
            "key": entry["key"],
            "categories": categories,
            "question": question,
            "topics": [{"key": topic, "name": topics[topic]} for topic in dict.fromkeys(named) if topic],
            "labels": {name: labels[name] for name in [question.get("labels")] if name},
            "source": sources[entry["source"]],
        })  # fmt: skip


def _question(entry: Mapping[str, Any]) -> dict[str, Any]:
    kind = entry.get("type", "rating")
    question: dict[str, Any] = {"key": entry["key"], "type": kind, "text": _text(entry), "required": False,
                                "notApplicable": False}  # fmt: skip
    question |= STATEMENT if "type" not in entry else IMPORTANCE if kind == "importance" else {}
    question |= {name: entry[name] for name in ("topic", "points", "required") if name in entry}
    question |= {f"{name}Label": entry[name] for name in ("minimum", "maximum") if name in entry}
    if "options" in entry:
        question["options"] = [
            {"key": option["key"], "text": _text(option), **({"topic": option["topic"]} if "topic" in option else {})}
            for option in entry["options"]
        ]
    return question


def _text(entry: Mapping[str, Any]) -> dict[str, str]:
    return {language: entry[language] for language in LANGUAGES}


@cache
def _read(name: str) -> Any:
    return yaml.load((HERE / f"{name}.yaml").read_text("utf-8"), LOADER)  # noqa: S506  # a safe loader, and our own file


def _in(language: str, item: BankItem) -> BankItem:
    return BankItem.model_validate(_only(language, item.model_dump(exclude_unset=True)))


def _only(language: str, node: Any) -> Any:
    if isinstance(node, list):
        return [_only(language, each) for each in node]
    if not isinstance(node, dict):
        return node
    if node.keys() == set(LANGUAGES):
        return {language: node[language]}
    return {name: _only(language, each) for name, each in node.items()}
