"""A published version, made ready to check answers."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from services.survey.surveys.conditions import Circumstances, Met, compiled, leaves
from services.survey.surveys.logic import Logic, apart, logic_of
from services.survey.surveys.rules import service_bounds
from services.survey.surveys.values import Accept, acceptor


@dataclass(frozen=True, slots=True)
class Asked:
    """A question. `options` has all in order, each with what it is shown if; empty unless one has a condition."""

    key: str
    accept: Accept
    required: bool
    not_applicable: bool
    shown: Met | None = None
    required_if: Met | None = None
    options: Mapping[str, Met | None] = field(default_factory=dict)
    minimum_choices: int = 1

    def visible(self, here: Circumstances) -> list[str]:
        return [option for option, met in self.options.items() if met is None or met(here)]

    def is_shown(self, here: Circumstances) -> bool:
        """A question without any option left is not asked."""
        return (self.shown is None or self.shown(here)) and (not self.options or bool(self.visible(here)))

    def must(self, here: Circumstances) -> bool:
        return self.required or (self.required_if is not None and self.required_if(here))


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """`repeated` is asked for each rated service, `once` once; both in the order of the questionnaire. `apart` has the
    questions whose answers go on their own, `looks_at_use` whether a condition asks who uses a service."""

    languages: frozenset[str]
    repeated: Mapping[str, Asked]
    once: Mapping[str, Asked]
    minimum_services: int
    maximum_services: int
    logic: Mapping[str, Logic] = field(default_factory=dict)
    apart: frozenset[str] = frozenset()
    looks_at_use: bool = False

    def least(self, offered: Iterable[str], here: Callable[[str], Circumstances]) -> int:
        """How many services must be rated: of those about which nothing is shown, none."""
        askable = sum(any(each.is_shown(here(service)) for each in self.repeated.values()) for service in offered)
        return min(self.minimum_services, askable)


def compile_definition(definition: Mapping[str, Any]) -> Questionnaire:
    repeated: dict[str, Asked] = {}
    once: dict[str, Asked] = {}
    logic = logic_of(definition)
    for section in definition["sections"]:
        target = repeated if section.get("repeatFor") else once
        for question in section["questions"]:
            target[question["key"]] = _asked(question, logic[question["key"]])
    everything = (leaf for one in logic.values() for condition in one.conditions for leaf in leaves(condition))
    return Questionnaire(
        frozenset(definition["languages"]), repeated, once, *service_bounds(definition), logic=logic, apart=apart(logic),
        looks_at_use=any(leaf.get("operator") == "uses" for leaf in everything),
    )  # fmt: skip


def _asked(question: Mapping[str, Any], logic: Logic) -> Asked:
    options = {option["key"]: logic.options.get(option["key"]) for option in question.get("options") or ()}
    return Asked(
        key=question["key"],
        accept=acceptor(question),
        required=bool(question.get("required")),
        not_applicable=bool(question.get("notApplicable")),
        shown=compiled(logic.shown) if logic.shown else None,
        required_if=compiled(logic.required) if logic.required else None,
        options={key: compiled(met) if met else None for key, met in options.items()} if logic.options else {},
        minimum_choices=question.get("minimumChoices") or 1,
    )
