"""What a survey says of its questions: what has figures, and on what it hangs who is asked. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

FIGURED: Final = frozenset({
    "rating", "nps", "effort", "importance", "lostTime", "number", "yesNo", "singleChoice", "multipleChoice", "ranking",
    "date",
})  # fmt: skip
ASKED: Final = "asked:"  # before a question's key, in responses: how it was asked
CONDITIONS: Final = ("showIf", "skipIf", "requireIf")
Leaf = Mapping[str, Any]


@dataclass(frozen=True)
class Question:
    """`depends_on`: the questions whose answers decide who is asked this one, how, and who must answer. `needs`: those
    of them that whoever is asked has answered. `alone`: the question in whose responses it is, when that goes on its own;
    `told` is false of what only helps to decide."""

    key: str
    kind: str
    points: int | None
    topic: str | None
    rated: bool
    depends_on: frozenset[str]
    needs: frozenset[str] = frozenset()
    alone: str | None = None
    told: bool = True


@dataclass(frozen=True)
class _Asking:
    """The conditions of a question and its section: when it is shown, as (condition, whether it must hold), and all."""

    kind: str
    rated: bool
    shown: tuple[tuple[Any, bool], ...]
    leaves: tuple[Leaf, ...]

    @property
    def names(self) -> frozenset[str]:
        return frozenset(leaf["question"] for leaf in self.leaves if "question" in leaf)

    @property
    def sorts_people(self) -> bool:
        return any("attribute" in leaf or leaf.get("operator") in ("uses", "rates") for leaf in self.leaves)


def questions_of(definition: Mapping[str, Any]) -> list[Question]:
    """Those with figures, in the survey's order; texts are released as comments, not here."""
    asking = {
        question["key"]: _asking(section, question)
        for section in definition.get("sections", ())
        for question in section.get("questions", ())
    }
    alone = _alone(asking)
    return [
        made
        for section in definition.get("sections", ())
        for question in section.get("questions", ())
        if question["type"] in FIGURED
        for made in _made(question, asking[question["key"]], question["key"] in alone)
    ]


def _made(question: Mapping[str, Any], asking: _Asking, alone: bool) -> Iterator[Question]:
    """One that goes on its own and hangs on answers comes with how it was asked."""
    key, decided = question["key"], asking.names
    needs = frozenset().union(*(needed(condition, met=met) for condition, met in asking.shown))
    how = Question(ASKED + key, "singleChoice", None, None, asking.rated, frozenset(), alone=key, told=False)
    if alone:
        decided, needs = frozenset({how.key} if asking.names else ()), frozenset()
        yield from [how] if asking.names else []
    yield Question(
        key=key, kind=question["type"], points=question.get("points"), topic=question.get("topic"), rated=asking.rated,
        depends_on=decided, needs=needs, alone=key if alone else None,
    )  # fmt: skip


def _asking(section: Mapping[str, Any], question: Mapping[str, Any]) -> _Asking:
    elements = [section, question, *(question.get("options") or ())]
    shown = [(each["showIf"], True) for each in elements[:2] if each.get("showIf")]
    shown += [(each["skipIf"], False) for each in elements[:2] if each.get("skipIf")]
    everything = (leaf for each in elements for name in CONDITIONS for leaf in _leaves(each.get(name)))
    return _Asking(question["type"], section.get("repeatFor") == "ratedService", tuple(shown), tuple(everything))


def _leaves(condition: Any) -> Iterator[Leaf]:
    """However deep they are nested."""
    if isinstance(condition, list):
        for part in condition:
            yield from _leaves(part)
    elif isinstance(condition, dict):
        if "operator" in condition:
            yield condition
        for part in condition.values():
            yield from _leaves(part)


def _alone(asking: Mapping[str, _Asking]) -> frozenset[str]:
    """The same as survey works out: questions of which it says who somebody is that they are asked."""
    found: set[str] = set()
    for key, one in asking.items():
        looked_at = {name: asking[name] for name in one.names if name in asking}
        if one.sorts_people or any(
            name in found or other.kind == "text" or other.rated != one.rated for name, other in looked_at.items()
        ):
            found.add(key)
    return frozenset(found)


def needed(condition: Any, *, met: bool) -> frozenset[str]:
    """The questions that are surely answered when the condition is met (or, `met` false, is not)."""
    if "not" in condition:
        return needed(condition["not"], met=not met)
    for name in ("all", "any"):
        if name in condition:
            parts = [needed(part, met=met) for part in condition[name]]
            together = (name == "all") is met
            return frozenset().union(*parts) if together else frozenset.intersection(*parts)
    if "question" not in condition:
        return frozenset()
    return frozenset({condition["question"]}) if (condition["operator"] == "notAnswered") is not met else frozenset()
