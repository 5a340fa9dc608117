"""Random small organisations whose answers are made to be hard to protect: few people, skewed answers, several services,
optional questions and questions that only some are asked."""

import random
from typing import Any
from uuid import UUID

from services.survey.responses.ballot import Answer, Ballot, Part, Value
from services.survey.surveys.conditions import holds
from tests.analytics.worlds import World, an_id, upwards


def organisation(seed: int) -> World:
    chance = random.Random(seed)
    tree = _tree(chance)
    staff = {unit: chance.choice((0, 1, 2, 4, 5, 6, 7, 9, 12)) for unit in tree}
    providers = _providers(chance, list(tree))
    audience = {service: _audience(chance, tree) for service in providers}
    definition = {**_definition(chance), "key": f"audit{seed}"}
    people = [unit for unit, size in staff.items() for _ in range(size) if chance.random() < 0.85]
    leaning = {question["key"]: _leaning(chance, question) for question in _questions(definition)}
    ballots = [_ballot(chance, unit, audience, definition, leaning) for unit in people]
    return World(
        tree=tree, staff=staff, providers=providers, audience=audience, definition=definition,
        ballots=[ballot for ballot in ballots if ballot.parts], wave_id=an_id(f"audit {seed}"), comment_minimum=10,
        minimum=chance.choice((5, 5, 5, 6)),
    )  # fmt: skip


def _tree(chance: random.Random) -> dict[UUID, UUID | None]:
    units = [an_id(f"unit {place}") for place in range(chance.randint(2, 7))]
    return {unit: chance.choice(units[:place]) if place else None for place, unit in enumerate(units)}


def _providers(chance: random.Random, units: list[UUID]) -> dict[UUID, UUID]:
    offering = [chance.choice(units) for _ in range(2)]
    return {an_id(f"service {place}"): chance.choice(offering) for place in range(chance.randint(1, 3))}


def _audience(chance: random.Random, tree: dict[UUID, UUID | None]) -> frozenset[UUID]:
    named = {unit for unit in tree if chance.random() < 0.35} or {chance.choice(list(tree))}
    return frozenset(unit for unit in tree if named & set(upwards(tree, unit)))


def _definition(chance: random.Random) -> dict[str, Any]:
    overall = {"key": "overall", "type": "rating", "points": 3, "required": True}
    topic = {"key": "topic", "type": "rating", "points": 3, "notApplicable": True}
    reason = _asked_of_some("reason", "overall", "lessThan", 3, required=chance.random() < 0.7)
    again = {"key": "again", "type": "yesNo"}
    detail = {"key": "detail", "type": "yesNo", "required": chance.random() < 0.5,
              "showIf": {"question": "reason", "operator": "equals", "value": "slow"}}  # fmt: skip
    ways = {"key": "ways", "type": "multipleChoice", "options": [{"key": "desk"}, {"key": "web"}]}
    weight = {"key": "weight", "type": "importance", "points": 3}
    why = _asked_of_some("why", "weight", "greaterThan", 1, required=chance.random() < 0.5)
    rated = [overall, *(question for question in (topic, reason, again, ways) if chance.random() < 0.7)]
    if reason in rated and chance.random() < 0.5:
        rated.append(detail)
    once = [weight, why] if chance.random() < 0.5 else []
    service = {"key": "service", "repeatFor": "ratedService", "minimumServices": 1,
               "maximumServices": chance.randint(1, 3), "questions": rated}  # fmt: skip
    return {"key": "audit", "sections": [service, {"key": "once", "questions": once}]}


def _asked_of_some(key: str, other: str, operator: str, value: int, *, required: bool) -> dict[str, Any]:
    condition = {"question": other, "operator": operator, "value": value}
    options = [{"key": "slow"}, {"key": "dear"}]
    return {"key": key, "type": "singleChoice", "options": options, "required": required, "showIf": condition}


def _questions(definition: dict[str, Any]) -> list[dict[str, Any]]:
    return [question for section in definition["sections"] for question in section["questions"]]


def values_of(question: dict[str, Any]) -> list[int | bool | str]:
    if question["type"] == "yesNo":
        return [True, False]
    if "options" in question:
        return [option["key"] for option in question["options"]]
    return list(range(1, question["points"] + 1))


def _leaning(chance: random.Random, question: dict[str, Any]) -> list[float]:
    """Often nearly everybody answers alike."""
    return [chance.gammavariate(chance.choice((0.15, 0.5, 2)), 1) + 1e-3 for _ in values_of(question)]


def _ballot(
    chance: random.Random, unit: UUID, audience: dict[UUID, frozenset[UUID]], definition: dict[str, Any],
    leaning: dict[str, list[float]],
) -> Ballot:  # fmt: skip
    parts: list[Part] = []
    for section in definition["sections"]:
        if "repeatFor" in section:
            used = [service for service, units in audience.items() if unit in units]
            most = min(len(used), section["maximumServices"])
            rated: list[UUID | None] = list(chance.sample(used, chance.randint(1, most))) if used else []
        else:
            rated = [None]
        for service in rated:
            answers = _answers(chance, section["questions"], leaning)
            if answers:
                parts.append(Part(service, answers))
    return Ballot(unit=unit, language="nl", parts=parts)


def _answers(chance: random.Random, questions: list[dict[str, Any]], leaning: dict[str, list[float]]) -> list[Answer]:
    given: dict[str, Value | None] = {}
    for question in questions:
        condition = question.get("showIf")
        if condition and not (condition["question"] in given and holds(condition, given[condition["question"]])):
            continue
        if not question.get("required") and chance.random() < 0.15:
            continue
        weights, options = leaning[question["key"]], values_of(question)
        if question.get("notApplicable") and chance.random() < 0.1:
            given[question["key"]] = None
        elif question["type"] == "multipleChoice":
            most = max(weights)
            chosen = [str(o) for o, w in zip(options, weights, strict=True) if chance.random() < w / most * 0.95]
            given[question["key"]] = chosen or [str(options[0])]  # no choice is no answer
        else:
            given[question["key"]] = chance.choices(options, weights)[0]
    return [Answer(key, value) for key, value in given.items()]
