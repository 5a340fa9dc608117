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
    """The question with that role; without one, the first rating without a topic in the first section. One that is asked
    once is about no service, and so none: a questionnaire may do without."""
    named = [each for each in _questions(definition) if each[1].get("role") == "overall"]
    first = [
        (section, question) for section, question in _questions({"sections": definition["sections"][:1]})
        if question["type"] == "rating" and not question.get("topic")
    ]  # fmt: skip
    section, question = next(iter([*named, *first]), ({}, None))
    return question if _about_services(section) else None


def question(definition: Mapping[str, Any], key: str) -> Mapping[str, Any] | None:
    return next((question for _, question in _questions(definition) if question["key"] == key), None)


def asked_once(definition: Mapping[str, Any], key: str) -> bool:
    return not any(_about_services(section) for section, question in _questions(definition) if question["key"] == key)


def comparable(one: Mapping[str, Any], other: Mapping[str, Any], key: str) -> bool:
    """Has the question the same scale in both versions?"""
    scales = [
        (found["type"], found.get("points")) for each in (one, other) if (found := question(each, key)) is not None
    ]
    return len(scales) == 2 and scales[0] == scales[1]


def topics(definition: Mapping[str, Any]) -> list[Topic]:
    """A line for each rating that is about a topic and asked of each rated service."""
    names = {topic["key"]: topic["name"] for topic in definition.get("topics", ())}
    return [
        Topic(question["topic"], names[question["topic"]], question["key"], question["points"])
        for section, question in _questions(definition)
        if _about_services(section) and question["type"] == "rating" and question.get("topic")
    ]


def _about_services(section: Mapping[str, Any]) -> bool:
    return section.get("repeatFor") == "ratedService"


def _questions(definition: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    for section in definition["sections"]:
        for asked in section["questions"]:
            yield section, asked
