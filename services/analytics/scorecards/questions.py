"""What a survey's definition says that a scorecard needs. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Topic:
    key: str
    name: dict[str, str]
    question: str
    points: int


def overall(definition: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The question with that role; without one, the first rating without a topic in the first section. A questionnaire
    may do without."""
    named = [question for _, question in _questions(definition) if question.get("role") == "overall"]
    first = [
        question for question in definition["sections"][0]["questions"]
        if question["type"] == "rating" and not question.get("topic")
    ]  # fmt: skip
    return next(iter([*named, *first]), None)


def question(definition: Mapping[str, Any], key: str) -> Mapping[str, Any] | None:
    return next((question for _, question in _questions(definition) if question["key"] == key), None)


def topics(definition: Mapping[str, Any]) -> list[Topic]:
    """A line for each rating that is about a topic and asked of each rated service."""
    names = {topic["key"]: topic["name"] for topic in definition.get("topics", ())}
    return [
        Topic(question["topic"], names[question["topic"]], question["key"], question["points"])
        for section, question in _questions(definition)
        if section.get("repeatFor") == "ratedService" and question["type"] == "rating" and question.get("topic")
    ]


def _questions(definition: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    for section in definition["sections"]:
        for asked in section["questions"]:
            yield section, asked
